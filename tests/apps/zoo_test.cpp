// Sweeps over the zoo of bad plugins: each is the recorded outcome of its own trial and nobody
// else's.

#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "store/store.hpp"
#include "sweep.hpp"

using namespace rlrun;
using process::operator+;

namespace {

struct Bad {
  const char* name;
  const char* kind;
  const char* words;  // in the message
};

// Broken in a way that ends the trial.
const std::vector<Bad> kBadEnvs = {
    {"throws_in_make", "error", "no parts in the box"},
    {"throws_in_reset", "error", "the start line is gone"},
    {"throws_in_step", "error", "the gears broke"},
    {"throws_int_in_step", "error", "not a std::exception"},
    {"segfaults_in_step", "signal", "signal 11 (Segmentation fault) in iteration 1"},
    {"aborts_in_step", "signal", "signal 6 (Aborted) in iteration 1"},
    {"divides_by_zero_in_step", "signal", "signal 8 (Floating point exception) in iteration 1"},
    {"overflows_stack_in_step", "signal", "signal 11"},
    {"stops_itself_in_step", "signal", "signal 15 (Terminated)"},
    {"exits_in_step", "exit", "called exit with code 0 in iteration 1"},
    {"quits_in_step", "exit", "called exit with code 0 in iteration 1"},
    {"hangs_in_make", "timeout", "no environment step for 3 s"},
    {"hangs_in_step", "timeout", "no environment step for 3 s in iteration 1"},
    {"exhausts_memory_in_step", "memory", "out of memory (limit 2048 MiB)"},
    {"nan_reward", "error", "non-finite reward at step 11"},
    {"infinite_reward", "error", "non-finite reward"},
    {"nan_observation", "error", "non-finite observation at step 11"},
    {"infinite_observation", "error", "non-finite observation"},
    {"inconsistent_spec", "error", "2 lower and 3 upper bounds"},
    {"changing_spec", "error", "3 observation entries where the first one had 2"},
    {"zero_horizon", "error", "horizon is below 1"},
};
const std::vector<Bad> kBadAlgorithms = {
    {"throws_in_make", "error", "no such optimiser"},
    {"throws_in_iterate", "error", "the paper has a hole here"},
    {"throws_int_in_iterate", "error", "not a std::exception"},
    {"segfaults_in_iterate", "signal", "signal 11 (Segmentation fault) in iteration 2"},
    {"exits_in_iterate", "exit", "called exit with code 0 in iteration 2"},
    {"hangs_in_iterate", "timeout", "no environment step for 3 s in iteration 2"},
    {"nan_parameters", "error", "parameters are no longer finite"},
    {"nan_actions", "error", "the policy chose a non-finite action"},
};
const std::vector<Bad> kHostile = {
    {"stops_while_committing", "timeout", "while committing the result"},
    {"claims_result", "exit", "said that its result was stored"},
    {"claims_state", "exit", "said that its state was stored"},
    {"throws_disk_full", "error", "the disk is full, says the plugin"},
    {"throws_damage", "error", "the store is damaged, says the plugin"},
    {"leaks_descriptors", "error", "Too many open files"},
    {"forbids_files", "error", "File too large"},
    {"stops_itself", "signal", "signal 15 (Terminated)"},
};
const std::vector<std::string> kHarmlessHostile = {
    "tiny_search",   "scribbles_on_pages", "terminates_parent", "terminates_parent_by_child",
    "leaves_daemon", "holds_stdout"};
// Bad manners that must not matter.
const std::vector<std::string> kHarmlessEnvs = {"tiny", "prints_in_step", "changes_folder_in_step",
                                                "changes_locale_in_step"};

std::vector<std::string> names_of(const std::vector<Bad>& bad) {
  std::vector<std::string> names;
  for (const Bad& entry : bad) names.emplace_back(entry.name);
  return names;
}

std::string experiment(const std::vector<std::string>& envs,
                       const std::vector<std::string>& algorithms) {
  std::string text = R"({"format": 1, "title": "zoo", "seeds": [1, 2], "envs": [)";
  for (std::size_t i = 0; i < envs.size(); ++i) text += (i > 0 ? ", \"" : "\"") + envs[i] + "\"";
  text += R"(], "budget": {"iterations": 4}, "algorithms": [)";
  for (std::size_t i = 0; i < algorithms.size(); ++i)
    text += (i > 0 ? R"(, {"name": ")" : R"({"name": ")") + algorithms[i] + "\"}";
  return text + "]}";
}

const std::vector<std::string> kOptions =
    std::vector<std::string>{"--jobs", "4", "--timeout", "3", "--memory", "2048"} +
    process::zoo({"well_behaved", "misbehaving_envs", "misbehaving_algorithms"});

// The bad ones are recorded as what they are; `expected` maps the part of the label that is bad.
void check_outcomes(const process::Sweep& sweep, const process::Result& result,
                    const std::vector<Bad>& bad, std::size_t n_healthy) {
  INFO(result.err);
  CHECK(result.code == 1);
  CHECK(result.out.empty());
  const Results results = read_results(sweep.results());
  CHECK(results.problems.empty());
  REQUIRE(results.trials.size() == 2 * (bad.size() + n_healthy));
  std::map<std::string, int> failed;
  for (const TrialRecord& trial : results.trials) {
    INFO(trial.label << ": " << trial.cause.kind << ": " << trial.cause.message);
    const Bad* found = nullptr;
    for (const Bad& entry : bad)
      if (("/" + trial.label + "/").find("/" + std::string(entry.name) + "/") != std::string::npos)
        found = &entry;
    if (found == nullptr) {
      CHECK(trial.status == TrialStatus::kComplete);
      continue;
    }
    CHECK(trial.status == TrialStatus::kFailed);
    CHECK(trial.cause.kind == found->kind);
    CHECK(trial.cause.message.find(found->words) != std::string::npos);
    CHECK(trial.cause.message.find('\n') == std::string::npos);
    CHECK(result.err.find("FAILED " + trial.label) != std::string::npos);
    ++failed[found->name];
  }
  for (const Bad& entry : bad) {
    INFO(entry.name);
    CHECK(failed[entry.name] == 2);
  }
}

// The healthy trials of the folder have the bits that they have when nothing bad is near them.
void check_healthy(process::Sweep& sweep, const std::vector<std::string>& envs,
                   const std::vector<std::string>& algorithms) {
  const process::Sweep alone(experiment(envs, algorithms));
  REQUIRE(alone.run(kOptions).code == 0);
  // Nothing is left to do; from now on the folder's plan holds only them.
  const auto started = [&] {
    std::size_t n = 0;
    for (const JournalEvent& event : Journal::read(sweep.results() / "journal"))
      n += event.type == JournalEvent::Type::kStarted ? 1 : 0;
    return n;
  };
  const std::size_t before = started();
  sweep.set_experiment(experiment(envs, algorithms));
  REQUIRE(sweep.run(kOptions).code == 0);
  CHECK(started() == before);
  CHECK(sweep.digest() == alone.digest());
}

}  // namespace

TEST_CASE("environments that misbehave fail alone", "[zoo]") {
  process::Sweep sweep(experiment(kHarmlessEnvs + names_of(kBadEnvs), {"tiny_search"}));
  // A relative folder: what a plugin does to the working folder must not move the results.
  std::vector<std::string> command = {"env",
                                      "-C",
                                      sweep.scratch().string(),
                                      process::rlrun(),
                                      "sweep",
                                      "experiment.json",
                                      "--results",
                                      "results",
                                      "--quiet"};
  const process::Result result = process::Child(command + kOptions, sweep.scratch()).wait();
  check_outcomes(sweep, result, kBadEnvs, kHarmlessEnvs.size());
  // What is printed goes to the trial's log.
  std::string printed;
  for (const auto& log : std::filesystem::directory_iterator(sweep.results() / "logs")) {
    CHECK(log.file_size() > 0);
    printed += process::read_file(log.path());
  }
  CHECK(printed.find("this must not stand in an answer") != std::string::npos);
  check_healthy(sweep, kHarmlessEnvs, {"tiny_search"});
}

TEST_CASE("algorithms that misbehave fail alone", "[zoo]") {
  process::Sweep sweep(
      experiment({"tiny"}, std::vector<std::string>{"tiny_search"} + names_of(kBadAlgorithms)));
  check_outcomes(sweep, sweep.run(kOptions), kBadAlgorithms, 1);
  check_healthy(sweep, {"tiny"}, {"tiny_search"});
}

TEST_CASE("algorithms that turn against the sweep fail alone", "[zoo]") {
  // A worker that stands still while it stores its result has ten times as long.
  const std::vector<std::string> options =
      std::vector<std::string>{"--jobs", "4", "--timeout", "1"} +
      process::zoo({"well_behaved", "hostile"});
  process::Sweep sweep(experiment({"tiny"}, kHarmlessHostile + names_of(kHostile)));
  const process::Result result = sweep.run(options);
  check_outcomes(sweep, result, kHostile, kHarmlessHostile.size());
  for (const char* signal : {"SIGTERM (terminated)", "SIGINT (interrupt)"})
    CHECK(result.err.find(" sent " + std::string(signal) + " to the sweep, which goes on") !=
          std::string::npos);
  for (const auto& entry : std::filesystem::directory_iterator("/proc"))
    CHECK(process::read_file(entry.path() / "cmdline").find(sweep.results().string()) ==
          std::string::npos);
}

TEST_CASE("plugins that cannot be used refuse the sweep before anything is run", "[zoo]") {
  for (const auto& [folder, env] : std::vector<std::pair<std::string, std::string>>{
           {"wrong_abi", "wrong_abi"},
           {"duplicate_name", "twin"},
           {"throws_in_register", "throws_in_register"},
           {"throws_int_in_register", "throws_int_in_register"},
           {"segfaults_in_register", "segfaults_in_register"},
           {"exits_in_register", "exits_in_register"},
           {"missing_symbol", "missing_symbol"},
           {"changes_rounding_at_load", "changes_rounding_at_load"},
           {"lists_unregistered", "lists_unregistered"}}) {
    const process::Sweep sweep(experiment({"tiny", env}, {"tiny_search"}));
    const process::Result result = sweep.run(process::zoo({"well_behaved", folder}));
    INFO(folder << ": " << result.err);
    CHECK(result.code == 4);
    CHECK(result.out.empty());
    CHECK(result.err.find(folder) != std::string::npos);
    CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
    CHECK_FALSE(std::filesystem::exists(sweep.results()));
  }
}

TEST_CASE("failed trials are tried again, unless they are to be kept", "[zoo]") {
  const process::Sweep sweep(experiment({"tiny", "throws_in_step"}, {"tiny_search"}));
  const auto failures = [&] {
    int n = 0;
    for (const JournalEvent& event : Journal::read(sweep.results() / "journal"))
      n += event.type == JournalEvent::Type::kFailed ? 1 : 0;
    return n;
  };
  REQUIRE(sweep.run(kOptions).code == 1);
  CHECK(failures() == 2);
  const std::string digest = sweep.digest();
  CHECK(sweep.run(kOptions + std::vector<std::string>{"--keep-failed"}).code == 1);
  CHECK(failures() == 2);
  CHECK(sweep.run(kOptions).code == 1);
  CHECK(failures() == 4);
  CHECK(sweep.digest() == digest);
}

TEST_CASE("a limit of memory that the program itself exceeds is a wrong command line", "[zoo]") {
  const process::Sweep sweep(process::tiny_experiment(1, 2));
  const process::Result result =
      sweep.run(std::vector<std::string>{"--memory", "1"} + process::zoo({"well_behaved"}));
  INFO(result.err);
  CHECK(result.code == 2);
  CHECK_THAT(result.err, Catch::Contains("--memory 1: the program alone takes "));
}
