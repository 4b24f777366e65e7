#pragma once
// An archive in memory, for tests of saving and restoring.

#include <cstring>
#include <string>
#include <vector>

#include "rlrun/archive.hpp"

class MemoryArchive final : public rlrun::Archive {
 public:
  MemoryArchive() = default;  // saves
  explicit MemoryArchive(std::vector<char> data) : data_(std::move(data)), restoring_(true) {}
  [[nodiscard]] bool restoring() const override { return restoring_; }
  [[nodiscard]] const std::vector<char>& data() const { return data_; }

 protected:
  void bytes(const char* /*name*/, void* data, std::size_t size) override {
    auto* bytes = static_cast<char*>(data);
    if (!restoring_) {
      data_.insert(data_.end(), bytes, bytes + size);
    } else {
      if (size > 0) std::memcpy(data, data_.data() + at_, size);
      at_ += size;
    }
  }

 private:
  std::vector<char> data_;
  std::size_t at_ = 0;
  bool restoring_ = false;
};
