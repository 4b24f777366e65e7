// The program from outside: exit codes, messages, streams.

#include <algorithm>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "json/json.hpp"
#include "support/process.hpp"

namespace {

using rlrun::json::Value;
using Outcome = process::Result;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// An environment in which only the plugins of one bad folder are added to the installation's.
std::vector<std::string> with_zoo(std::vector<std::string> arguments, const std::string& folder) {
  arguments.emplace_back("--plugin-path");
  arguments.push_back((process::bad_plugins() / folder).string());
  return arguments;
}

bool is_one_line(const std::string& text) {
  return text.starts_with("rlrun: ") && text.find('\n') == text.size() - 1;
}

}  // namespace

TEST_CASE("every command has a help text that fits a terminal") {
  const Outcome overview = process::run({"--help"});
  REQUIRE(overview.code == 0);
  std::istringstream lines(overview.out.substr(overview.out.find("commands:")));
  std::string line;
  std::getline(lines, line);
  int commands = 0;
  while (std::getline(lines, line) && !line.empty()) {
    const std::string name = line.substr(2, line.find(' ', 2) - 2);
    INFO(name);
    const Outcome help = process::run({name, "--help"});
    CHECK(help.code == 0);
    CHECK(help.err.empty());
    CHECK(help.out.starts_with("usage: rlrun " + name));
    std::istringstream help_lines(help.out);
    for (std::string help_line; std::getline(help_lines, help_line);) {
      INFO(help_line);
      const auto width = std::count_if(help_line.begin(), help_line.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // characters, not bytes
      });
      CHECK(width < 80);
    }
    ++commands;
  }
  CHECK(commands >= 10);
}

TEST_CASE("--version tells how the program was built") {
  const Outcome text = process::run({"--version"});
  CHECK(text.code == 0);
  CHECK(text.out.starts_with("rlrun 0."));
  const Outcome json = process::run({"--version", "--json"});
  const Value facts = rlrun::json::parse(json.out, "stdout");
  for (const char* key : {"version", "commit", "compiler", "flags", "architecture", "interface"}) {
    INFO(key);
    REQUIRE(facts.find(key) != nullptr);
    CHECK(facts.find(key)->if_string() != nullptr);
  }
  CHECK(facts.find("dirty")->if_bool() != nullptr);
  for (const char* library : {"boost", "eigen", "tbb", "hdf5", "mujoco", "fmt"}) {
    INFO(library);
    const Value* version = facts.find("libraries")->find(library);
    REQUIRE(version != nullptr);
    CHECK_FALSE(version->if_string()->empty());
  }
}

TEST_CASE("mistakes have their exit codes and one line on stderr") {
  struct Mistake {
    std::vector<std::string> arguments;
    int code;
    std::string part;
  };
  const std::vector<Mistake> mistakes = {
      {{"lst"}, 2, "did you mean 'list'?"},
      {{"list", "--jsn"}, 2, "did you mean '--json'?"},
      {{"describe"}, 2, "NAME is missing"},
      {{"describe", "no_such_thing"}, 4, "nothing is called 'no_such_thing'"},
      {{"check", "/no/such/file.so"}, 4, "no such plugin file"},
      {{"sweep", "/no/such/file.json"}, 3, "/no/such/file.json"},
      {{"run", "random", "acrobot", "--steps", "9", "--results", ""}, 2, "--results is empty"},
      {{"run", "random", "acrobot", "--steps", "9", "--grace", "-1"}, 2, "--grace"},
      {{"bench", "stor"}, 2, "known: sampler inference"},
      {{"bench", "store", "--env", "hopper"}, 2, "it goes with sampler or training"},
      {{"bench", "sampler", "--algorithm", "ppo"}, 2, "it goes with training"},
      {{"new", "agent", "x"}, 2, "expected algorithm, env or wrapper"},
      {{"new", "env", "Bad-Name"}, 2, "cannot be a plugin's name"},
      {{"new", "env", "../x"}, 2, "cannot be a plugin's name"},
  };
  for (const Mistake& mistake : mistakes) {
    const Outcome outcome = process::run(mistake.arguments);
    INFO(outcome.err);
    CHECK(outcome.code == mistake.code);
    CHECK(outcome.out.empty());
    CHECK(is_one_line(outcome.err));
    CHECK(contains(outcome.err, mistake.part));
  }
}

TEST_CASE("parts that do not go together are refused before anything runs") {
  const process::Scratch folder;
  const std::string results = (folder.path / "results").string();
  const auto refused = [&](std::vector<std::string> arguments, const std::string& part) {
    arguments.insert(arguments.end(), {"--results", results});
    const Outcome outcome = process::run(arguments);
    INFO(outcome.err);
    CHECK(outcome.code == 3);
    CHECK(outcome.out.empty());
    CHECK(is_one_line(outcome.err));
    CHECK(contains(outcome.err, part));
    CHECK_FALSE(std::filesystem::exists(results));
  };
  refused({"run", "trpo", "gym/CartPole-v1", "--policy", "gaussian_mlp", "--steps", "100"},
          "trpo on gym/CartPole-v1: gaussian_mlp needs continuous actions (Box), but the task has "
          "one of 2 choices (Discrete); categorical_mlp fits");
  refused({"run", "ppo", "hopper", "--policy", "categorical_mlp", "--steps", "100"},
          "gaussian_mlp fits");
  refused({"run", "ppo", "hopper", "--set", "minibatch_size=5000", "--steps", "100"},
          "minibatch_size = 5000 does not fit");
  refused(with_zoo({"run", "tiny_search", "hopper", "--policy", "gaussian_mlp", "--set",
                    "policy.normalize_observations=true", "--steps", "100"},
                   "well_behaved"),
          "tiny_search does not keep the moments that the given policy normalises observations "
          "with; it fits policies that do not (\"normalize_observations\": false)");

  refused(
      {"run", "td3", "hopper", "--steps", "12000"},
      "td3 on hopper: the budget of 12000 steps ends before the first update, which comes after "
      "25000 steps or more");
  refused({"run", "ddpg", "hopper", "--iterations", "5"}, "the budget of 5000 steps ends before");

  const std::string file = (folder.path / "mixed.json").string();
  std::ofstream(file) << R"({"format": 1, "seeds": [1, 2], "budget": {"steps": 100000},
                             "envs": ["gym/CartPole-v1", "hopper"],
                             "algorithms": [{"name": "ppo", "policy": "gaussian_mlp"}, "sac"]})";
  refused({"sweep", file}, file + ": ppo on gym/CartPole-v1: ");
  refused({"sweep", file, "--dry-run"}, "(2 combinations in all do not fit)");
}

TEST_CASE("a task of choices needs no policy to be named") {
  const process::Scratch folder;
  const Outcome outcome =
      process::run({"run", "ppo", "gym/CartPole-v1", "--steps", "2e3", "--set", "policy.hidden=[8]",
                    "--quiet", "--results", folder.path.string()});
  INFO(outcome.err);
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.out, "ppo/gym/CartPole-v1"));
}

TEST_CASE("a dry run knows the steps of iterations, as the algorithms tell them") {
  const process::Scratch folder;
  const std::string file = (folder.path / "iterations.json").string();
  std::ofstream(file) << R"({"format": 1, "seeds": [1], "budget": {"iterations": 30},
    "envs": ["hopper"], "algorithms": [{"name": "ppo"}, {"name": "a2c"}, {"name": "cem"},
    {"name": "td3"}, {"name": "random", "budget": {"steps": 700}}]})";
  const Outcome outcome = process::run({"sweep", file, "--dry-run", "--json"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  const Value plan = rlrun::json::parse(outcome.out, "the answer");
  std::vector<std::int64_t> steps;
  for (const Value& trial : *plan.find("trials")->if_array()) {
    const std::int64_t* known = trial.find("steps")->if_int();
    steps.push_back(known == nullptr ? 0 : *known);
  }
  CHECK(steps == std::vector<std::int64_t>{30 * 2048, 30 * 16 * 5, 30 * 50'000, 30'000, 700});
}

TEST_CASE("an answer that nobody reads is no error, one that is lost is") {
  const std::string program = process::rlrun();
  const auto shell = [&](const std::string& rest) {
    return process::run_command({"bash", "-o", "pipefail", "-c", program + rest});
  };
  const Outcome closed = shell(" list --json | true");
  CHECK(closed.code == 0);
  CHECK(closed.err.empty());
  const Outcome full = shell(" list > /dev/full");
  CHECK(full.code == 7);
  CHECK(full.err == "rlrun: cannot write the answer to stdout: No space left on device\n");
  const Outcome none = shell(" list >&-");
  CHECK(none.code == 7);
  CHECK(is_one_line(none.err));
  const Outcome nothing_open = shell(" list <&- >&- 2>&-");
  CHECK(nothing_open.code == 7);
}

TEST_CASE("a stack that is too small is said, where it cannot be larger") {
  const Outcome small =
      process::run_command({"bash", "-c", "ulimit -s 64; exec " + process::rlrun() + " list"});
  CHECK(small.code == 7);
  CHECK(small.err ==
        "rlrun: the stack is limited to 64 KiB, and 1024 are needed; see `ulimit -s`\n");
  const Outcome raised =
      process::run_command({"bash", "-c", "ulimit -Ss 64; exec " + process::rlrun() + " list"});
  CHECK(raised.code == 0);
}

TEST_CASE("no control character of a name reaches the terminal") {
  const process::Scratch folder;
  const std::string name =
      "lib\x1b[2Jx\xc2\x9b"
      "31m.so";
  process::write(folder.path / name, "no library");
  for (const char* command : {"list", "describe"}) {
    std::vector<std::string> arguments = {command, "--plugin-path", folder.path.string()};
    if (arguments[0] != "list") arguments.emplace_back("no_such_entry");
    const Outcome outcome = process::run(arguments);
    INFO(outcome.out << outcome.err);
    for (const char* control : {"\x1b", "\xc2\x9b"}) {
      CHECK_FALSE(contains(outcome.out, control));
      CHECK_FALSE(contains(outcome.err, control));
    }
  }
}

TEST_CASE("list names what is refused, and why, without running any of it") {
  const process::Scratch folder;
  const std::string mark = (folder.path / "mark").string();
  const std::vector<std::string> environment = {"RLRUN_TEST_MARKER=" + mark};
  const Outcome refused = process::run(with_zoo({"list"}, "wrong_abi"), environment);
  CHECK(refused.code == 0);
  CHECK(contains(refused.out, "wrong_abi.so is built for 'rlrun-0"));
  const Outcome fine = process::run(with_zoo({"list"}, "writes_file_in_constructor"), environment);
  CHECK(fine.code == 0);
  CHECK(contains(fine.out, "writes_file_in_constructor 1.0.0"));
  CHECK_FALSE(std::filesystem::exists(mark));
  const Outcome twins = process::run(with_zoo({"list"}, "duplicate_name"));
  CHECK(twins.code == 0);
  CHECK(contains(twins.out, "is offered by"));
}

TEST_CASE("machine-readable answers stay so whatever a plugin prints") {
  for (const char* command : {"list", "describe", "check"}) {
    std::vector<std::string> arguments = {command, "--json"};
    if (arguments[0] != "list") arguments.emplace_back("prints_at_load");
    const Outcome outcome = process::run(with_zoo(arguments, "prints_at_load"));
    CHECK(outcome.code == 0);
    CHECK_NOTHROW(rlrun::json::parse(outcome.out, command));
    CHECK(contains(outcome.out, "prints_at_load"));
  }
}

TEST_CASE("describe shows the parameters of a task that cannot be made here") {
  const std::vector<std::string> no_python = {"RLRUN_PYTHON=/no/python"};
  const Outcome text = process::run({"describe", "gymnasium"}, no_python);
  CHECK(text.code == 0);
  CHECK(contains(text.out, "kwargs = {}  (object)"));
  CHECK(contains(text.out, "not known    python: '/no/python' cannot be started"));
  const Outcome json = process::run({"describe", "gymnasium", "--json"}, no_python);
  CHECK(rlrun::json::parse(json.out, "stdout").find("facts")->find("problem") != nullptr);
}

TEST_CASE("describe shows parameters and facts, and survives plugins that do not") {
  const Outcome text = process::run(with_zoo({"describe", "tiny"}, "well_behaved"));
  CHECK(text.code == 0);
  CHECK(contains(text.out, "after = 30  (int, at least 0)"));
  CHECK(contains(text.out, "observation  2 numbers, unbounded"));
  const Outcome page =
      process::run(with_zoo({"describe", "tiny_search", "--markdown"}, "well_behaved"));
  CHECK(contains(page.out, "| `batch_steps` | int | `100` | at least 1 |"));
  const Outcome crash =
      process::run(with_zoo({"describe", "segfaults_in_register"}, "segfaults_in_register"));
  CHECK(crash.code == 4);
  CHECK(crash.out.empty());
  CHECK(is_one_line(crash.err));
  CHECK(contains(crash.err, "segfaults_in_register.so: crashed with SIGSEGV"));
}

TEST_CASE("check finds the promises that a plugin breaks, and only those") {
  CHECK(process::run(with_zoo({"check", "tiny"}, "well_behaved")).code == 0);
  CHECK(process::run(with_zoo({"check", "tiny_search"}, "well_behaved")).code == 0);
  const std::vector<std::pair<std::string, std::string>> envs = {
      {"nan_reward", "a reward is not finite"},
      {"forgets_observation", "not written"},
      {"remembers_across_episodes", "different episodes"},
      {"zero_horizon", "the horizon is 0"},
      {"throws_in_step", "the gears broke"},
      {"exits_in_step", "called exit(0)"},
      {"segfaults_in_step", "crashed with SIGSEGV"}};
  for (const auto& [name, part] : envs) {
    const Outcome outcome = process::run(with_zoo({"check", name}, "misbehaving_envs"));
    INFO(outcome.out);
    CHECK(outcome.code == 1);
    CHECK(contains(outcome.out, part));
  }
  const std::vector<std::pair<std::string, std::string>> algorithms = {
      {"forgets_state", "restored after iteration 0"},
      {"counts_threads", "1 and 4 threads"},
      {"remembers_across_trials", "equal seeds"},
      {"nan_parameters", "not finite"},
      {"takes_no_step", "does not use the environment"}};
  for (const auto& [name, part] : algorithms) {
    const Outcome outcome = process::run(with_zoo({"check", name}, "misbehaving_algorithms"));
    INFO(outcome.out);
    CHECK(outcome.code == 1);
    CHECK(contains(outcome.out, part));
  }
  const Outcome hangs = process::run(
      with_zoo({"check", "hangs_in_iterate", "--time-limit", "1"}, "misbehaving_algorithms"));
  CHECK(hangs.code == 1);
  CHECK(contains(hangs.out, "did not end within 1 s"));
}

TEST_CASE("check finds wrong mathematics, and shows what a constructor says") {
  const Outcome wrong =
      process::run(with_zoo({"check", "gradient_times_minus_two"}, "misbehaving_policies"));
  CHECK(wrong.code == 1);
  CHECK(contains(wrong.out, "  - bounded continuous actions (Box): grad_log_prob is "));
  CHECK(contains(wrong.out, "where finite differences of log_prob give "));

  const Outcome trained = process::run(
      with_zoo({"check", "tiny_search", "--policy", "gradient_times_minus_two", "--plugin-path",
                (process::bad_plugins() / "misbehaving_policies").string()},
               "well_behaved"));
  CHECK(trained.code == 1);
  CHECK(contains(trained.out, "  - policy, grad_log_prob is "));
  CHECK(process::run(
            with_zoo({"check", "tiny_search", "--policy", "categorical_mlp"}, "well_behaved"))
            .code == 0);
  CHECK(process::run(with_zoo({"check", "tiny", "--policy", "uniform"}, "well_behaved")).code == 2);

  const Outcome constructor =
      process::run(with_zoo({"check", "throws_in_make"}, "misbehaving_algorithms"));
  CHECK(constructor.code == 1);
  CHECK(contains(constructor.out, "threw no such optimiser while it was made"));
}
