// Results of a plugin that is built anew: nothing old and new is put together without a word.

#include <catch2/catch.hpp>

#include "json/json.hpp"
#include "store/code.hpp"
#include "store/store.hpp"
#include "sweep.hpp"

using namespace rlrun;
using process::operator+;

namespace {

namespace fs = std::filesystem;

const fs::path kOld = process::bad_plugins() / "well_behaved" / "well_behaved.so",
               kNew = process::bad_plugins() / "well_behaved_next" / "well_behaved_next.so";

// A sweep with one plugin of which another version can be installed.
class PluginSweep : public process::Sweep {
 public:
  explicit PluginSweep(int seeds, long long iterations = 3)
      : Sweep(process::tiny_experiment(seeds, iterations)) {
    fs::create_directories(plugins());
    install(kOld);
  }
  [[nodiscard]] fs::path plugins() const { return scratch() / "plugins"; }
  // As linkers do: a new file under the old name.
  void install(const fs::path& version, const std::string& more = "") const {
    process::write(plugins() / "new", process::read_file(version) + more);
    fs::rename(plugins() / "new", plugins() / "well_behaved.so");
  }
  [[nodiscard]] std::vector<std::string> options(const std::vector<std::string>& more = {}) const {
    return std::vector<std::string>{"--jobs",       "2", "--threads",     "1",
                                    "--checkpoint", "0", "--plugin-path", plugins().string()} +
           more;
  }
  [[nodiscard]] process::Result sweep(const std::vector<std::string>& more = {}) const {
    return run(options(more));
  }
  [[nodiscard]] std::string answer(const std::string& command,
                                   const std::vector<std::string>& more = {}) const {
    const process::Result result =
        process::run(std::vector<std::string>{command, results().string()} + more);
    CHECK(result.code == 0);
    return result.out + result.err;
  }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string digest_of_new(int seeds, long long iterations) {
  const PluginSweep sweep(seeds, iterations);
  sweep.install(kNew);
  REQUIRE(sweep.sweep().code == 0);
  return sweep.digest();
}

}  // namespace

TEST_CASE("a result says which files made it", "[other_code]") {
  const PluginSweep sweep(1);
  REQUIRE(sweep.sweep().code == 0);
  const Store store(sweep.results());
  const TrialRecord record = read_trial(store.trial_path(store.committed().at(0)));
  const Code code = code_in(record.provenance);
  REQUIRE(code.size() == 3);
  CHECK(code[0].name == "rlrun");
  CHECK(code[0].sha256 == sha256_hex(process::read_file(process::rlrun())));
  CHECK(code[1].name == "librlrun");
  CHECK(code[1].sha256.size() == 64);
  CHECK(code[2].name == "well_behaved");
  CHECK(code[2].version == "1.2.3");
  CHECK(code[2].sha256 == sha256_hex(process::read_file(kOld)));
}

TEST_CASE("old and new results are not put together without a word", "[other_code]") {
  PluginSweep sweep(2);
  REQUIRE(sweep.sweep().err.empty());
  CHECK_FALSE(contains(sweep.answer("table"), "other code"));
  sweep.install(kNew);
  sweep.set_experiment(process::tiny_experiment(4, 3));
  const process::Result grown = sweep.sweep();
  INFO(grown.err);
  CHECK(grown.code == 0);
  const std::string change = "made by other code (well_behaved 1.2.3 -> 1.3.0): ";
  const std::string seeds = "tiny_search on tiny (seeds 1, 2)";
  CHECK(contains(grown.err, "2 of 2 results were " + change + seeds));
  CHECK(contains(grown.err, "2 of 4 results were " + change + seeds));
  CHECK(contains(grown.err, "--rerun=changed"));
  for (const char* command : {"table", "status"})
    CHECK(contains(sweep.answer(command, {"--json"}), "2 of 4 results were " + change + seeds));
  CHECK(
      contains(sweep.answer("eval", {"--plugin-path", sweep.plugins().string(), "--episodes", "2"}),
               "2 of 4 results were " + change + seeds));

  const process::Result repeated = sweep.sweep({"--rerun", "changed"});
  INFO(repeated.err);
  CHECK(repeated.code == 0);
  CHECK_FALSE(contains(sweep.answer("table"), "other code"));
  CHECK(sweep.sweep().err.empty());
  CHECK(sweep.digest() == digest_of_new(4, 3));
}

TEST_CASE("the same version with other bytes is other code", "[other_code]") {
  const PluginSweep sweep(2);
  REQUIRE(sweep.sweep().code == 0);
  sweep.install(kOld, "a byte that no code reads");
  CHECK(contains(sweep.sweep().err,
                 "2 of 2 results were made by other code (well_behaved 1.2.3 "
                 "rebuilt): tiny_search on tiny (seeds 1, 2)"));
  const std::string before = sweep.digest();
  CHECK(sweep.sweep({"--rerun=changed"}).code == 0);
  CHECK(sweep.sweep().err.empty());
  CHECK(sweep.digest() == before);  // whose code it was is no part of the results proper
}

TEST_CASE("results that do not say who made them are of unknown code", "[other_code]") {
  const PluginSweep sweep(3);
  REQUIRE(sweep.sweep().code == 0);
  const Store store(sweep.results());
  const fs::path path = store.trial_path(store.committed().at(0));
  TrialRecord record = read_trial(path);
  record.provenance = json::Object{};
  write_trial(path, record);
  for (const std::string& said :
       {sweep.sweep().err, sweep.answer("table", {"--json"}), sweep.answer("status")})
    CHECK(contains(said, "1 of 3 results was made by unknown code: tiny_search on tiny (seed "));
}

TEST_CASE("a plugin that is built anew while a sweep runs is said at its end", "[other_code]") {
  const PluginSweep sweep(6, 400);
  process::Child child(sweep.command(sweep.options()), sweep.scratch());
  const Store store(sweep.results());
  const auto finished = [&] { return fs::exists(sweep.results()) ? store.committed().size() : 0; };
  while (finished() == 0 && child.running()) process::sleep_ms(1);
  sweep.install(kNew);
  const process::Result result = child.wait();
  INFO(result.err);
  CHECK(result.code == 0);
  CHECK(contains(result.err, "of 6 results "));
  CHECK(contains(result.err, "made by other code (well_behaved 1.2.3 -> 1.3.0)"));
  CHECK(contains(sweep.answer("table"), "made by other code"));
  CHECK(sweep.sweep({"--rerun=changed"}).code == 0);
  CHECK(sweep.digest() == digest_of_new(6, 400));
}

TEST_CASE("what is repeated keeps its result until the new one is there", "[other_code]") {
  const PluginSweep sweep(4, 300);
  REQUIRE(sweep.sweep().code == 0);
  const std::string before = sweep.answer("table");

  // A repetition that fails costs nothing, and shows.
  sweep.install(kNew);
  std::vector<std::string> again = sweep.command(sweep.options({"--rerun=all"}));
  std::erase(again, "--quiet");
  const process::Result failed =
      process::Child(again, sweep.scratch(), {"RLRUN_TEST_FAIL=1"}).wait();
  INFO(failed.err);
  CHECK(failed.code == 1);
  CHECK(contains(failed.err, "the result that it was to replace stays"));
  CHECK(contains(failed.err, "4 of 4 trials complete, 4 of them with the earlier result"));
  CHECK(sweep.answer("table") == before);
  const std::string status = sweep.answer("status");
  INFO(status);
  CHECK(contains(status, "its repetition failed (error: told to fail"));
  CHECK(contains(status, "the earlier result stays"));
  CHECK(contains(sweep.answer("status", {"--json"}), "\"failed_repetition\""));

  const Store store(sweep.results());
  for (int kills = 0; kills < 3; ++kills) {
    process::Child child(sweep.command(sweep.options({"--rerun=changed"})), sweep.scratch());
    process::sleep_ms(150 + 100 * kills);
    child.kill_group(SIGKILL);
    child.wait();
    const Results results = read_results(sweep.results());
    CHECK(results.problems.empty());
    CHECK(results.trials.size() == 4);
    for (const TrialRecord& record : results.trials) CHECK(record.status == TrialStatus::kComplete);
  }
  CHECK(sweep.sweep({"--rerun=changed"}).code == 0);
  CHECK(sweep.sweep().err.empty());
  CHECK_FALSE(contains(sweep.answer("status"), "repetition"));
  CHECK(sweep.digest() == digest_of_new(4, 300));
  CHECK(sweep.sweep({"--rerun=some"}).code == 2);
}
