// What becomes of results when the plan of a folder changes under them.

#include <catch2/catch.hpp>

#include "json/json.hpp"
#include "store/store.hpp"
#include "sweep.hpp"

using namespace rlrun;
using process::operator+;

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kPlugins = process::zoo({"well_behaved"});

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string answer(const std::string& command, const fs::path& folder) {
  const process::Result result = process::run({command, folder.string(), "--json"});
  INFO(result.err);
  CHECK(result.code == 0);
  return result.out;
}

std::int64_t seeds_in_table(const fs::path& folder) {
  const json::Value table = json::parse(answer("table", folder), "table");
  const json::Value* cells = table.find("cells");
  REQUIRE(cells->if_array()->size() == 1);
  return *cells->if_array()->front().find("n")->if_int();
}

}  // namespace

TEST_CASE("trials of the command line are added to those that a folder has", "[plan]") {
  const process::Scratch scratch;
  for (const char* seed : {"1", "2", "3", "3"}) {
    const process::Result result =
        process::run(std::vector<std::string>{"run", "tiny_search", "tiny", "--iterations", "2",
                                              "--seed", seed, "--quiet"} +
                         kPlugins,
                     {}, scratch.path);
    INFO(result.err);
    CHECK(result.code == 0);
  }
  const fs::path folder = scratch.path / "results" / "tiny_search-tiny";
  CHECK(seeds_in_table(folder) == 3);
  CHECK(contains(process::run({"status", folder.string()}).out, "3 trials, 3 complete"));
}

TEST_CASE("results that left the plan are said", "[plan]") {
  process::Sweep sweep(process::tiny_experiment(5, 2));
  REQUIRE(sweep.run(kPlugins).code == 0);
  sweep.set_experiment(process::tiny_experiment(2, 2));
  std::vector<std::string> command = sweep.command(kPlugins);
  std::erase(command, "--quiet");
  const process::Result result = process::Child(command, sweep.scratch()).wait();
  CHECK(result.code == 0);
  const std::string said = "3 results belong to no trial of the plan";
  CHECK(contains(result.err, said));
  CHECK(seeds_in_table(sweep.results()) == 2);
  for (const char* command_name : {"table", "status"})
    CHECK(contains(answer(command_name, sweep.results()), said));
  sweep.set_experiment(process::tiny_experiment(5, 2));
  CHECK(sweep.run(kPlugins).code == 0);
  CHECK(seeds_in_table(sweep.results()) == 5);
  CHECK_FALSE(contains(answer("table", sweep.results()), "no trial of the plan"));
}

TEST_CASE("another experiment does not take over a folder", "[plan]") {
  process::Sweep sweep(process::tiny_experiment(2, 2));
  REQUIRE(sweep.run(kPlugins).code == 0);
  const std::string plan = process::read_file(sweep.results() / "experiment.json");
  std::string other = process::tiny_experiment(2, 3);
  other.replace(other.find("\"tiny\""), 6, "\"other\"");
  sweep.set_experiment(other);
  const process::Result result = sweep.run(kPlugins);
  CHECK(result.code == 5);
  CHECK(contains(result.err, "holds results of another experiment, 'tiny'"));
  CHECK(contains(result.err, "--results DIR"));
  CHECK(process::read_file(sweep.results() / "experiment.json") == plan);
  // The same experiment with another budget is that experiment still.
  sweep.set_experiment(process::tiny_experiment(2, 3));
  CHECK(sweep.run(kPlugins).code == 0);
  CHECK(contains(answer("table", sweep.results()), "2 results belong to no trial of the plan"));
}

TEST_CASE("an experiment without a title does not take over the folder of another", "[plan]") {
  const auto untitled = [](const std::string& algorithm, const std::string& budget) {
    return R"({"format": 1, "seeds": [1], "envs": ["tiny"], "budget": {"iterations": )" + budget +
           R"(}, "algorithms": [)" + algorithm + "]}";
  };
  const std::vector<std::string> plugins = process::zoo({"well_behaved", "misbehaving_algorithms"});
  process::Sweep sweep(untitled(R"({"name": "tiny_search"})", "2"));
  REQUIRE(sweep.run(plugins).code == 0);
  const std::string plan = process::read_file(sweep.results() / "experiment.json");
  sweep.set_experiment(untitled(R"({"name": "throws_in_iterate"})", "3"));
  const process::Result result = sweep.run(plugins);
  CHECK(result.code == 5);
  CHECK(contains(result.err, "holds results of another experiment, which has no title"));
  CHECK(process::read_file(sweep.results() / "experiment.json") == plan);
  // What goes on with the same algorithm on the same task is the same experiment.
  sweep.set_experiment(untitled(R"({"name": "tiny_search"})", "3"));
  CHECK(sweep.run(plugins).code == 0);
}

TEST_CASE("a sweep claims only what can be read back", "[plan]") {
  const process::Sweep sweep(process::tiny_experiment(6, 200));
  const std::vector<std::string> options =
      std::vector<std::string>{"--jobs", "1", "--threads", "1"} + kPlugins;
  const Store store(sweep.results());
  for (const std::string damage : {"", "no trial file"}) {
    process::Child child(sweep.command(options), sweep.scratch());
    // One that the sweep has seen and counted.
    const auto counted = [&]() -> std::string {
      for (const JournalEvent& event : Journal::read(sweep.results() / "journal"))
        if (event.type == JournalEvent::Type::kFinished) return event.trial;
      return "";
    };
    while (counted().empty() && child.running()) process::sleep_ms(1);
    const fs::path victim = store.trial_path(counted());
    if (damage.empty()) {
      fs::remove(victim);
    } else {
      process::write(victim, damage);
    }
    const process::Result result = child.wait();
    INFO(result.err);
    CHECK(result.code == 5);
    CHECK(contains(result.err, "1 of 6 trials ended, but their results are gone or damaged"));
    CHECK(sweep.run(options).code == 0);
    CHECK(sweep.run(options).err.empty());
    fs::remove_all(sweep.results());
  }
}
