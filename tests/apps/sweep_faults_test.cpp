// A whole sweep that is killed, or finds the disk full, at one call after the other that changes a
// file, in whichever of its processes. RLRUN_FAULT_LAYER is a path that the build defines.

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "store/store.hpp"
#include "sweep.hpp"

using namespace rlrun;
using process::operator+;

namespace {

// Six trials, two at a time, a checkpoint after each iteration.
const std::string kExperiment = process::tiny_experiment(6, 4);
const std::vector<std::string> kOptions =
    std::vector<std::string>{"--jobs", "2", "--threads", "1", "--checkpoint", "0"} +
    process::zoo({"well_behaved"});

struct Struck {
  process::Result result;
  long calls = 0;  // of all processes
};

Struck run_with_fault(const process::Sweep& sweep, const std::string& mode, long at) {
  const std::filesystem::path shared = sweep.scratch() / "shared";
  process::write(shared, std::string(4096, '\0'));
  Struck struck;
  struck.result = sweep.run(
      kOptions, {"LD_PRELOAD=" RLRUN_FAULT_LAYER, "RLRUN_FAULT_MODE=" + mode,
                 "RLRUN_FAULT_AT=" + std::to_string(at), "RLRUN_FAULT_SHARED=" + shared.string(),
                 // The sanitizers want to be the first library, and the layer is.
                 "ASAN_OPTIONS=verify_asan_link_order=0"});
  const std::string page = process::read_file(shared);
  std::memcpy(&struck.calls, page.data(), sizeof struck.calls);
  return struck;
}

struct Reference {
  long calls = 0;
  std::string digest;
};

const Reference& reference() {
  static const Reference reference = [] {
    const process::Sweep sweep(kExperiment);
    const Struck whole = run_with_fault(sweep, "count", 0);
    INFO(whole.result.err);
    REQUIRE(whole.result.code == 0);
    REQUIRE(whole.calls > 100);
    return Reference{whole.calls, sweep.digest()};
  }();
  return reference;
}

// Whatever happened, the same command ends with the same bits and leaves nothing behind.
void check_goes_on(const process::Sweep& sweep) {
  const Store store(sweep.results());
  for (const std::string& id : store.committed()) REQUIRE(store.damage(id).empty());
  const process::Result again = sweep.run(kOptions);
  INFO(again.err);
  REQUIRE(again.code == 0);
  CHECK(again.err.empty());
  CHECK(sweep.digest() == reference().digest);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(sweep.results()))
    CHECK(entry.path().extension() != ".tmp");
  CHECK(std::filesystem::is_empty(sweep.results() / "checkpoints"));
  CHECK(std::filesystem::is_empty(sweep.results() / "logs"));
}

void kill_at(long first, long stride) {
  for (long at = first; at <= reference().calls; at += stride) {
    INFO("call " << at << " of " << reference().calls);
    const process::Sweep sweep(kExperiment);
    const Struck struck = run_with_fault(sweep, "kill", at);
    INFO(struck.result.err);
    // How often the parent notes progress depends on the time, so a run may have fewer calls.
    if (struck.calls >= at) REQUIRE(struck.result.code == 128 + SIGKILL);
    check_goes_on(sweep);
  }
}

void fill_disk_at(long first, long stride) {
  for (long at = first; at <= reference().calls; at += stride) {
    INFO("call " << at << " of " << reference().calls);
    const process::Sweep sweep(kExperiment);
    const Struck struck = run_with_fault(sweep, "full", at);
    INFO(struck.result.err);
    if (struck.calls >= at) {
      REQUIRE(struck.result.code == 7);
      CHECK(struck.result.out.empty());
      CHECK(struck.result.err.find("No space left on device") != std::string::npos);
      CHECK(std::count(struck.result.err.begin(), struck.result.err.end(), '\n') <= 2);
      CHECK(struck.result.err.find("FAILED") == std::string::npos);
    }
    check_goes_on(sweep);
  }
}

}  // namespace

TEST_CASE("a sweep that is killed at any write ends with the same bits", "[faults]") {
  kill_at(5, 10);
}

TEST_CASE("a sweep that finds the disk full says so, and goes on when there is space", "[faults]") {
  fill_disk_at(5, 10);
}

TEST_CASE("a kill of a sweep at every write", "[.slow]") {
  kill_at(1, 1);
}

TEST_CASE("a disk that is full from every write of a sweep on", "[.slow]") {
  fill_disk_at(1, 1);
}
