// tools/check_results on a folder that is as this program prints it, and on one that is not.

#include <cstdlib>

#include <catch2/catch.hpp>

#include "sweep.hpp"

namespace {

constexpr const char* kPython = "/usr/bin/python3";

process::Result check(const process::Sweep& sweep, const std::string& seconds) {
  return process::run_command({kPython, process::source() + "/tools/check_results", "--seconds",
                               seconds, "--rlrun", process::rlrun(), sweep.results().string()});
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("committed results are compared with what the program prints now") {
  if (process::run_command({kPython, "-c", "import h5py, numpy"}).code != 0) {
    WARN("SKIPPED: there is no h5py; apt-get install python3-h5py");
    return;
  }
  const process::Sweep sweep(R"({
    "format": 1, "title": "to check", "seeds": [3, 4], "budget": {"iterations": 2},
    "evaluation": {"every": 200, "episodes": 2},
    "envs": [{"name": "gym/Pendulum-v1", "params": {"horizon": 50}}],
    "algorithms": [{"name": "random", "params": {"batch_steps": 200}},
                   {"name": "trpo", "params": {"batch_steps": 200}, "grid": {"max_kl": [0.01, 0.02]}}]
  })");
  REQUIRE(sweep.run().code == 0);

  const process::Result current = check(sweep, "600");
  INFO(current.out << current.err);
  CHECK(current.code == 0);
  CHECK(contains(current.out, "| 2 | current |"));

  const process::Result left_alone = check(sweep, "0");
  CHECK(left_alone.code == 0);
  CHECK(contains(left_alone.out, "| 0 | "));
  CHECK(contains(left_alone.out, "trpo: not run again, its quickest trial took"));

  // As if it had been made by other code: another last bit in every trial of one algorithm.
  const std::string change =
      "import h5py, numpy, sys\n"
      "with h5py.File(sys.argv[1], 'r+') as f:\n"
      "  curves, trials = f['curves'], f['trials']\n"
      "  values = curves['mean_return'][()]\n"
      "  mine = trials['algorithm'][()][curves['trial'][()]] == b'trpo'\n"
      "  values[mine] = numpy.nextafter(values[mine], 0)\n"
      "  curves['mean_return'][()] = values\n";
  REQUIRE(process::run_command({kPython, "-c", change, (sweep.results() / "results.h5").string()})
              .code == 0);
  const process::Result stale = check(sweep, "600");
  INFO(stale.out << stale.err);
  CHECK(stale.code == 1);
  CHECK(contains(stale.out, "| 2 | stale |"));
  CHECK(contains(stale.out, "curves/mean_return row 0: was -"));

  process::write(sweep.results() / "results.h5", "no HDF5");
  CHECK(check(sweep, "600").code == 5);
}
