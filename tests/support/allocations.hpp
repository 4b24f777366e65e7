#pragma once
// Counts what this program and its libraries take from the heap: operator new, Eigen and engines end
// here. Include it in one file of a program. Under a sanitizer, which has a malloc of its own,
// nothing is counted and RLRUN_COUNTS_ALLOCATIONS is 0.

#include <atomic>
#include <cerrno>
#include <cstddef>

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define RLRUN_COUNTS_ALLOCATIONS 1
#else
#define RLRUN_COUNTS_ALLOCATIONS 0
#endif

namespace support {

inline std::atomic<long> allocations{0};

template <class F>
long count_allocations(const F& f) {
  const long before = allocations;
  f();
  return allocations - before;
}

}  // namespace support

#if RLRUN_COUNTS_ALLOCATIONS
// In place of the C library's.
extern "C" {
void* __libc_malloc(std::size_t size);                           // NOLINT: names of glibc
void* __libc_calloc(std::size_t count, std::size_t size);        // NOLINT
void* __libc_realloc(void* p, std::size_t size);                 // NOLINT
void* __libc_memalign(std::size_t alignment, std::size_t size);  // NOLINT
void* malloc(std::size_t size) {
  ++support::allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++support::allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* p, std::size_t size) {
  ++support::allocations;
  return __libc_realloc(p, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++support::allocations;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** p, std::size_t alignment, std::size_t size) {
  ++support::allocations;
  *p = __libc_memalign(alignment, size);
  return *p == nullptr ? ENOMEM : 0;
}
}
#endif
