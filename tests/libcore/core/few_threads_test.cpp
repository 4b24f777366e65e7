// Fewer threads to be had than were asked for.

#include <atomic>
#include <cerrno>
#include <vector>

#include <catch2/catch.hpp>
#include <dlfcn.h>
#include <pthread.h>

#include "rlrun/parallel.hpp"

using namespace rlrun;

namespace {

// How many more threads the system gives; negative: any number.
std::atomic<int> left{-1};

}  // namespace

// In the place of the C library's, for all libraries of the program.
extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*start)(void*), void* argument) {
  using Create = int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static auto* const real = reinterpret_cast<Create*>(dlsym(RTLD_NEXT, "pthread_create"));
  if (left == 0) return EAGAIN;
  if (left > 0) --left;
  return real(thread, attributes, start, argument);
}

TEST_CASE("where the system refuses threads, loops run on those that there are", "[parallel]") {
  for (const int to_be_had : {0, 2}) {
    left = to_be_had;
    set_thread_count(8);
    CHECK(thread_count() == to_be_had + 1);
    left = -1;
    for (int repetition = 0; repetition < 20; ++repetition) {
      std::vector<int> calls(1000, 0);
      parallel_for(1000, [&](Index i) { ++calls[std::size_t(i)]; });
      CHECK(calls == std::vector<int>(1000, 1));
    }
    set_thread_count(1);
  }
}
