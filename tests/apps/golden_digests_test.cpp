// The numbers that a seed gives, to the last bit: a short trial of every algorithm on every engine,
// compared with what is written down in tests/data/golden. See the README there.

#include <iostream>
#include <map>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <gnu/libc-version.h>

#include "store/results_file.hpp"
#include "store/store.hpp"
#include "support/process.hpp"

namespace {

namespace fs = std::filesystem;

constexpr const char* kMeant = R"(
If this was meant, write the files anew and name the change in results/CHANGES.md, both in the commit
that makes it:

    RLRUN_GOLDEN=write ctest --preset release -R golden_digests

If not, the lines above say where to look.
)";

/// The word after `name` in what the program says of its build.
std::string build_fact(const std::string& name) {
  static const std::string facts = process::run({"--version"}).out;
  const std::size_t at = facts.find(name + " ");
  REQUIRE(at != std::string::npos);
  const std::size_t begin = at + name.size() + 1;
  return facts.substr(begin, facts.find_first_of(" \n", begin) - begin);
}

/// What the bits may depend on beside the code.
std::string made_with(const std::string& engine) {
  return fmt::format("{}, Eigen {}, glibc {}, {} {}", build_fact("architecture: x86_64"),
                     build_fact("eigen"), gnu_get_libc_version(), engine, build_fact(engine));
}

std::string mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? "none" : fmt::format("{:.6g}", sum / double(values.size()));
}

/// One line for people and, in its last word, for every bit of the learning curves, metrics,
/// episodes, evaluations and final parameters; nothing of names and settings, so that a new
/// parameter whose default keeps the numbers keeps the line.
std::string golden_line(rlrun::TrialRecord record) {
  record.config = {};
  return fmt::format("{}: {} iterations, {} steps, mean return {}, evaluated {}, digest {}",
                     record.label, record.curves.size(),
                     record.curves.steps.empty() ? 0 : record.curves.steps.back(),
                     mean(record.episodes.returns), mean(record.evaluations.returns),
                     rlrun::trial_digest(record).substr(0, 16));
}

std::vector<std::string> sweep(const fs::path& experiment, const std::vector<std::string>& more) {
  const process::Scratch scratch;
  const fs::path results = scratch.path / "results";
  std::vector<std::string> command = {"sweep", experiment.string(), "--results", results.string(),
                                      "--quiet"};
  command.insert(command.end(), more.begin(), more.end());
  const process::Result result = process::run(command);
  INFO(result.err);
  REQUIRE(result.code == 0);
  const rlrun::Store store(results);
  std::vector<std::string> lines;
  const auto plan = store.read_plan();
  REQUIRE(plan);
  for (const std::string& id : plan->ids)
    lines.push_back(golden_line(rlrun::read_trial(store.trial_path(id))));
  return lines;
}

std::string trial_of(const std::string& line) {
  return line.substr(0, line.find(": "));
}

/// What differs, a trial a line; empty if nothing does.
std::string differences(const std::vector<std::string>& expected,
                        const std::vector<std::string>& played) {
  std::map<std::string, std::string> before;
  for (const std::string& line : expected) before.emplace(trial_of(line), line);
  std::string text;
  for (const std::string& line : played) {
    const auto old = before.extract(trial_of(line));
    if (!old)
      text += "new:  " + line + "\n";
    else if (old.mapped() != line)
      text += "was:  " + old.mapped() + "\nnow:  " + line + "\n";
  }
  for (const auto& [trial, line] : before) text += "gone: " + line + "\n";
  return text;
}

void check_digests(const std::string& name, const std::string& engine, const fs::path& experiment,
                   const std::vector<std::string>& more = {}) {
  const fs::path path = fs::path(process::source()) / "tests/data/golden" / (name + ".txt");
  const std::string heading = "# " + made_with(engine);
  if (const char* mode = std::getenv("RLRUN_GOLDEN");
      mode != nullptr && mode == std::string("write")) {
    std::string text = heading + "\n";
    for (const std::string& line : sweep(experiment, more)) text += line + "\n";
    process::write(path, text);
    return;
  }
  std::istringstream file(process::read_file(path));
  std::string first;
  INFO(path.string());
  REQUIRE(std::getline(file, first));
  if (first != heading) {
    WARN("SKIPPED: " << name << ".txt was made with " << first.substr(2) << "; this is "
                     << heading.substr(2));
    return;
  }
  std::vector<std::string> expected;
  for (std::string line; std::getline(file, line);) expected.push_back(line);
  const std::string changed = differences(expected, sweep(experiment, more));
  if (changed.empty()) return;
  std::cerr << changed << kMeant;  // not through Catch, which breaks lines
  FAIL_CHECK("a seed gives other numbers; see above");
}

fs::path source(const std::string& path) {
  return fs::path(process::source()) / path;
}

}  // namespace

TEST_CASE("a seed gives the numbers that it gave before") {
  check_digests("smoke", "box2d", source("experiments/smoke.json"));
  check_digests("discrete", "box2d", source("tests/data/golden/discrete.json"));
  check_digests("continuous", "box2d", source("tests/data/golden/continuous.json"));
}

TEST_CASE("a seed gives the numbers that it gave before, on MuJoCo", "[.mujoco]") {
  check_digests("mujoco", "mujoco", source("tests/data/golden/continuous.json"),
                {"--set", R"(envs=[{"name": "hopper", "params": {"horizon": 60}},
                                   {"name": "gym/HalfCheetah-v5", "params": {"horizon": 60}}])"});
}
