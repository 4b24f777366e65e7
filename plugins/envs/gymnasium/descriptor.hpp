#pragma once
// File descriptors that close themselves.

#include <string>
#include <utility>

#include <unistd.h>

namespace rlrun::gymnasium {

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    close();
    number_ = std::exchange(other.number_, -1);
    return *this;
  }
  [[nodiscard]] int get() const { return number_; }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

/// The number, unless it is negative: then a UserError (out of resources) with the system's reason.
Descriptor checked(int number, const char* what);
[[noreturn]] void refuse(const char* what);

}  // namespace rlrun::gymnasium
