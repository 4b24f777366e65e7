#include <catch2/catch.hpp>

#include "example_trials.hpp"
#include "store/store.hpp"

using namespace rlrun;
using namespace rlrun::testing;

TEST_CASE("a trial file gives back every bit", "[store]") {
  const ScratchFolder folder;
  for (const std::size_t iterations :
       {std::size_t{0}, std::size_t{1}, std::size_t{20}, std::size_t{3000}}) {
    const TrialRecord written = example_record(7, iterations, 10 * iterations);
    write_trial(folder / "t.h5", written);
    CHECK(written.evaluations.size() == (iterations > 0 ? 15 : 0));
    CHECK(same_record(written, read_trial(folder / "t.h5")));
  }
  const TrialRecord failure = example_failure(8);
  write_trial(folder / "t.h5", failure);
  CHECK(same_record(failure, read_trial(folder / "t.h5")));
}

TEST_CASE("equal trials are equal files", "[store]") {
  CHECK(encode_trial(example_record(1)) == encode_trial(example_record(1)));
}
