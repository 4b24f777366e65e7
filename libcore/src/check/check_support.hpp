#pragma once
// What the checks of policies and algorithms share.

#include <cstring>

#include "rlrun/parallel.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

inline bool same_bits(MatrixFIn a, MatrixFIn b) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) return false;
  for (Index j = 0; j < a.cols() && a.rows() > 0; ++j)
    if (std::memcmp(a.col(j).data(), b.col(j).data(), sizeof(float) * std::size_t(a.rows())) != 0)
      return false;
  return true;
}

/// Puts the number of threads back.
class ThreadCount {
 public:
  ThreadCount() = default;
  ~ThreadCount() { set_thread_count(before_); }
  ThreadCount(const ThreadCount&) = delete;
  ThreadCount& operator=(const ThreadCount&) = delete;

 private:
  int before_ = thread_count();
};

}  // namespace rlrun
