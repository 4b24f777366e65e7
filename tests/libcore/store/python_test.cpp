// The recipe of the store's README, run by Python.

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <sys/wait.h>

#include "example_trials.hpp"
#include "report/report.hpp"
#include "store/file.hpp"
#include "store/store.hpp"

using namespace rlrun;
using namespace rlrun::testing;

namespace {

constexpr const char* kPython = "/usr/bin/python3";

std::string output_of(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string text;
  char buffer[4096];
  while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) text += buffer;
  REQUIRE(::pclose(pipe) == 0);
  return text;
}

}  // namespace

TEST_CASE("the README's recipe reads results.h5 with h5py", "[store]") {
  if (std::system((std::string(kPython) + " -c 'import h5py, numpy' 2>/dev/null").c_str()) != 0) {
    WARN("h5py is not installed; nothing was tested");
    return;
  }
  const char* source = std::getenv("RLRUN_SOURCE");
  if (source == nullptr) {
    WARN("RLRUN_SOURCE is not set (run through ctest); nothing was tested");
    return;
  }
  const std::string readme =
      read_file(std::filesystem::path(source) / "libcore/src/store/README.md");
  const std::string fence = "```python\n";
  const std::size_t begin = readme.find(fence) + fence.size();
  const std::string recipe = readme.substr(begin, readme.find("```\n", begin) - begin);
  REQUIRE(recipe.size() > 300);

  const ScratchFolder folder;
  const Store store(folder / "results/mujoco");
  store.create();
  std::vector<json::Value> configs;
  std::map<std::string, std::vector<double>> expected;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    Trial trial = example_trial(seed);
    trial.env.label = seed % 2 == 0 ? "cartpole" : "swing-up \xC3\xA9";
    TrialRecord record = seed == 5 ? example_failure(seed) : example_record(seed);
    record.config = trial.config();
    record.label = trial.label();
    for (double& value : record.curves.mean_return)
      if (!std::isfinite(value)) value = 0.1;
    if (seed != 5) expected[trial.env.label].push_back(trial_score(record, kDefaultScore));
    configs.push_back(record.config);
    write_trial(store.trial_path(record.id), record);
  }
  store.write_plan(json::Object{}, configs);
  REQUIRE(store.merge().problems.empty());

  std::ofstream(folder / "recipe.py") << recipe;
  std::istringstream lines(output_of("cd " + folder.path().string() +
                                     " && LC_ALL=C.UTF-8 PYTHONIOENCODING=utf-8 " + kPython +
                                     " recipe.py"));
  std::size_t rows = 0;
  for (std::string line; std::getline(lines, line); ++rows) {
    INFO(line);
    const std::size_t algorithm = line.find(" TRPO ");
    REQUIRE(algorithm != std::string::npos);
    const std::vector<double>& scores = expected.at(line.substr(0, algorithm));
    std::istringstream numbers(line.substr(algorithm + 6));
    std::size_t n = 0;
    double mean_read = 0, std_read = 0;
    numbers >> n >> mean_read >> std_read;
    CHECK(n == scores.size());
    CHECK(mean_read == Approx(mean(scores)).epsilon(1e-13));
    CHECK(std_read == Approx(sample_std(scores)).epsilon(1e-12));
  }
  CHECK(rows == 2);
}
