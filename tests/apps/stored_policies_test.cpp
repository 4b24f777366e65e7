// `rlrun eval` and `rlrun render` on folders that are not as a sweep left them.

#include <algorithm>

#include <catch2/catch.hpp>

#include "json/json.hpp"
#include "store/store.hpp"
#include "sweep.hpp"

using namespace rlrun;
using process::operator+;
using Catch::Contains;

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kPlugins = process::zoo({"well_behaved"});

process::Result eval(const fs::path& folder, const std::vector<std::string>& more = {}) {
  return process::run(std::vector<std::string>{"eval", folder.string(), "--episodes", "2"} +
                      kPlugins + more);
}

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("one damaged trial file does not keep the others from being played", "[eval]") {
  const process::Sweep sweep(process::tiny_experiment(3, 2));
  REQUIRE(sweep.run(kPlugins).code == 0);
  const Store store(sweep.results());
  const std::vector<std::string> ids = store.read_plan()->ids;
  fs::resize_file(store.trial_path(ids[1]), 100);
  fs::remove(store.trial_path(ids[2]));
  fs::create_directory(store.trial_path(ids[2]));
  process::Result result = eval(sweep.results());
  INFO(result.err);
  CHECK(result.code == 5);
  CHECK(lines(result.out) == 1);
  CHECK_THAT(result.out, Contains("seed=1"));
  CHECK_THAT(result.err, Contains(ids[1]) && Contains(ids[2]) && Contains("Is a directory"));
  // What is not asked for is not read.
  CHECK(eval(sweep.results(), {"--trial", "seed=1"}).code == 0);
  result = eval(sweep.results(), {"--trial", "seed=2"});
  CHECK(result.code == 5);
  CHECK(result.out.empty());
  // `table` and `status` see the folder that is in the way too.
  CHECK_THAT(process::run({"status", sweep.results().string()}).err +
                 process::run({"status", sweep.results().string()}).out,
             Contains("Is a directory"));
}

TEST_CASE("eval plays the plan in its order, and what is outside it only by its id", "[eval]") {
  process::Sweep sweep(process::tiny_experiment(12, 2));
  REQUIRE(sweep.run(kPlugins).code == 0);
  const Store store(sweep.results());
  const std::string outside = store.read_plan()->ids[7];
  sweep.set_experiment(process::tiny_experiment(6, 2));
  REQUIRE(sweep.run(kPlugins).code == 0);
  process::Result result = eval(sweep.results(), {"--json"});
  CHECK(result.code == 0);
  CHECK_THAT(result.err, Contains("6 results belong to no trial of the plan"));
  const json::Value answer = json::parse(result.out, "answer");
  const json::Array& trials = *answer.find("trials")->if_array();
  REQUIRE(trials.size() == 6);
  for (std::size_t i = 0; i < trials.size(); ++i)
    CHECK(*trials[i].find("seed") == json::Value(static_cast<std::int64_t>(i + 1)));
  result = eval(sweep.results(), {"--trial", outside});
  CHECK(result.code == 0);
  CHECK_THAT(result.out, Contains("seed=8"));
  result = eval(sweep.results(), {"--trial", "seed=8"});
  CHECK(result.code == 2);
  CHECK_THAT(result.err, Contains("no trial is called 'seed=8'; there are "));
}

TEST_CASE("eval says what a folder without policies holds", "[eval]") {
  const process::Sweep sweep(process::tiny_experiment(1, 2));
  REQUIRE(sweep.run(kPlugins).code == 0);
  fs::remove_all(sweep.results() / "trials");
  process::Result result = eval(sweep.results());
  CHECK(result.code == 5);
  CHECK_THAT(result.err, Contains("merged results alone (results.h5)"));
  fs::remove(sweep.results() / "results.h5");
  result = eval(sweep.results());
  CHECK(result.code == 5);
  CHECK_THAT(result.err, Contains("holds no finished trial"));
  CHECK(eval(sweep.results() / "nowhere").code == 5);
}
