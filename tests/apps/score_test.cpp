// What a score says does not depend on how an algorithm cuts its training into iterations.

#include <cmath>

#include <catch2/catch.hpp>

#include "json/json.hpp"
#include "sweep.hpp"

using namespace rlrun;

namespace {

// The same policy three times: iterations of one or two episodes, of some, of more than two
// hundred.
constexpr const char* kExperiment = R"({
  "format": 1, "title": "scores", "seeds": [1, 2, 3], "envs": ["varied_lengths"],
  "budget": {"steps": 400000},
  "algorithms": [{"name": "random", "label": "short", "params": {"batch_steps": 300}},
                 {"name": "random", "label": "medium", "params": {"batch_steps": 3000}},
                 {"name": "random", "label": "long", "params": {"batch_steps": 50000}}]
})";

double mean_in(const json::Value& table, std::size_t cell) {
  return *table.find("cells")->if_array()->at(cell).find("mean")->if_double();
}

}  // namespace

TEST_CASE("equal policies have equal scores, whatever the length of their iterations", "[score]") {
  const process::Sweep sweep(kExperiment);
  const process::Result ran = sweep.run(process::zoo({"varied_lengths"}));
  INFO(ran.err);
  REQUIRE(ran.code == 0);
  const auto table = [&](const std::string& score) {
    const process::Result result =
        process::run({"table", sweep.results().string(), "--json", "--score", score});
    INFO(result.err);
    REQUIRE(result.code == 0);
    return json::parse(result.out, score);
  };
  // An episode is worth 210; its standard deviation of 190 leaves 2.5 in the mean of a cell.
  const json::Value stretches = table("stretches"), pooled = table("pooled"),
                    iterations = table("iterations");
  for (std::size_t cell = 0; cell < 3; ++cell) {
    CHECK(std::abs(mean_in(stretches, cell) - 210) < 8);
    CHECK(std::abs(mean_in(pooled, cell) - 210) < 8);
  }
  // By iterations, those with a single long episode count as much as those with many short ones.
  CHECK(mean_in(iterations, 0) > 270);
  CHECK(std::abs(mean_in(iterations, 2) - 210) < 8);
  // Where each iteration is a stretch, the two are the same number: the table of the paper.
  CHECK(std::abs(mean_in(stretches, 2) - mean_in(iterations, 2)) < 0.02 * 210);

  const process::Result shown = process::run({"table", sweep.results().string()});
  CHECK(shown.out.find("Score stretches: mean over the stretches") != std::string::npos);
  CHECK(process::run({"table", sweep.results().string(), "--score", "iterations"})
            .out.find("hold fewer than 50 episodes on average") != std::string::npos);
}
