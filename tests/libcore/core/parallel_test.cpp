#include "rlrun/parallel.hpp"

#include <stdexcept>
#include <string>
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
