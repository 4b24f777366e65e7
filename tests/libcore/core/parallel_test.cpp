#include "rlrun/parallel.hpp"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

using namespace rlrun;

TEST_CASE("every index is called once, on any number of threads", "[parallel]") {
  for (const int threads : {1, 2, 3, 8}) {
    set_thread_count(threads);
    CHECK(thread_count() == threads);
    for (const Index n : {0, 1, 2, 7, 1000}) {
      std::vector<int> calls(std::size_t(n), 0);
      parallel_for(n, [&](Index i) { ++calls[std::size_t(i)]; });
      CHECK(calls == std::vector<int>(std::size_t(n), 1));
    }
  }
  set_thread_count(0);
  CHECK(thread_count() == 1);
}

TEST_CASE("of several exceptions that of the lowest index is thrown", "[parallel]") {
  for (const int threads : {1, 2, 8}) {
    set_thread_count(threads);
    for (int repetition = 0; repetition < 20; ++repetition)
      CHECK_THROWS_WITH(parallel_for(100,
                                     [](Index i) {
                                       if (i % 30 == 11)
                                         throw std::runtime_error(std::to_string(i));
                                     }),
                        "11");
  }
  set_thread_count(1);
}

TEST_CASE("a loop inside a loop runs, and so does one on another thread", "[parallel]") {
  set_thread_count(3);
  std::vector<int> calls(12, 0);
  parallel_for(
      3, [&](Index i) { parallel_for(4, [&](Index j) { ++calls[std::size_t(4 * i + j)]; }); });
  CHECK(calls == std::vector<int>(12, 1));

  std::vector<int> here(100, 0), there(100, 0);
  std::thread other([&] { parallel_for(100, [&](Index i) { ++there[std::size_t(i)]; }); });
  parallel_for(100, [&](Index i) { ++here[std::size_t(i)]; });
  other.join();
  CHECK(here == std::vector<int>(100, 1));
  CHECK(there == std::vector<int>(100, 1));
  set_thread_count(1);
}

TEST_CASE("helpers come back after a pause, however long", "[parallel]") {
  set_thread_count(2);
  for (const int microseconds : {0, 50, 190, 200, 210, 1000, 20000}) {
    for (int repetition = 0; repetition < 20; ++repetition) {
      // Each of the two waits for the other, which takes two threads.
      std::atomic<int> present{0};
      parallel_for(2, [&](Index) {
        ++present;
        while (present < 2) std::this_thread::yield();
      });
      CHECK(present == 2);
      std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
    }
  }
  set_thread_count(1);
}
