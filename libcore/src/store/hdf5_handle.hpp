#pragma once
// Shared by the two halves of hdf5.hpp: owning handles and what HDF5 said last.

#include <string>
#include <utility>

#include <hdf5.h>

namespace rlrun::hdf5 {

/// Owns an identifier of HDF5.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Handle(hid_t id, Close close) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  [[nodiscard]] hid_t get() const { return id_; }
  [[nodiscard]] bool valid() const { return id_ >= 0; }

 private:
  hid_t id_;
  Close close_;
};

/// A name that no other open file has and that no file on disk can have. HDF5 wants names also for
/// files in memory, refuses those that exist, and takes two open files of one name for the same.
std::string name_in_memory();

/// The innermost entry of HDF5's error stack, for the end of a message.
std::string last_error();

}  // namespace rlrun::hdf5
