#pragma once
// A state in memory.

#include <cstring>
#include <string>
#include <string_view>

#include "rlrun/archive.hpp"
#include "rlrun/error.hpp"

namespace rlrun {

/// Saves into a string, or restores from one that was saved before. Two states are equal if and
/// only if their strings are.
class MemoryArchive final : public Archive {
 public:
  MemoryArchive() = default;
  explicit MemoryArchive(std::string saved) : content_(std::move(saved)), restoring_(true) {}

  [[nodiscard]] bool restoring() const override { return restoring_; }
  [[nodiscard]] const std::string& content() const { return content_; }
  /// Everything that was saved has been asked for.
  [[nodiscard]] bool exhausted() const { return position_ == content_.size(); }

 protected:
  void bytes(const char* name, void* data, std::size_t size) override {
    const std::string head = std::string(name) + ' ' + std::to_string(size) + '\n';
    if (!restoring_) {
      content_ += head;
      if (size > 0) content_.append(static_cast<const char*>(data), size);
      return;
    }
    if (content_.compare(position_, head.size(), head) != 0 ||
        content_.size() - position_ - head.size() < size)
      throw UserError("the state holds no '" + std::string(name) + "' of " + std::to_string(size) +
                          " bytes at this place",
                      ExitCode::kStore);
    position_ += head.size();
    if (size > 0) std::memcpy(data, content_.data() + position_, size);
    position_ += size;
  }

 private:
  std::string content_;
  std::size_t position_ = 0;
  bool restoring_ = false;
};

}  // namespace rlrun
