// What a plugin that crashes tells its author.

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "store/store.hpp"
#include "sweep.hpp"

using namespace rlrun;
using process::operator+;

namespace {

std::vector<std::string> run_of(const std::string& algorithm,
                                const std::vector<std::string>& more) {
  return std::vector<std::string>{"run", algorithm, "tiny", "--iterations", "4"} + more +
         process::zoo({"well_behaved", "misbehaving_algorithms"});
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a crash leaves its function in the log and one line as its cause") {
  const process::Scratch scratch;
  const process::Result result =
      process::run(run_of("segfaults_in_iterate", {"--results", scratch.path.string()}));
  CHECK(result.code == 1);
  const Results results = read_results(scratch.path);
  REQUIRE(results.trials.size() == 1);
  const TrialRecord& trial = results.trials[0];
  CHECK(trial.cause.message == "killed by signal 11 (Segmentation fault) in iteration 2");
  const std::string log = process::read_file(scratch.path / "logs" / (trial.id + ".log"));
  INFO(log);
  CHECK(contains(log, "SegfaultsInIterate"));
  CHECK(contains(log, "misbehaving_algorithms.so"));
}

TEST_CASE("run --debug stays in its process and catches nothing") {
  const process::Result fine = process::run(run_of("tiny_search", {"--debug"}));
  CHECK(fine.code == 0);
  CHECK(fine.err.starts_with("1 iteration, "));
  CHECK(contains(fine.err, "4 iterations, "));
  CHECK_FALSE(contains(fine.err, "nan"));
  const process::Result answer = process::run(run_of("tiny_search", {"--debug", "--json"}));
  CHECK(contains(answer.out, "\"iterations\": 4"));

  const process::Result thrown = process::run(run_of("throws_in_iterate", {"--debug"}));
  CHECK(thrown.code == 128 + SIGABRT);
  CHECK(contains(thrown.err, "the paper has a hole here"));
  CHECK(contains(thrown.err, "ThrowsInIterate"));

  const process::Result both = process::run(run_of("tiny_search", {"--debug", "--memory", "100"}));
  CHECK(both.code == 2);
  CHECK(contains(both.err, "leave out --memory"));
}
