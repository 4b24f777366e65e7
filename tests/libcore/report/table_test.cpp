#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"
#include "rlrun/rng.hpp"

#include "report/report.hpp"
#include "sample_results.hpp"

using namespace rlrun;
using namespace rlrun::samples;

namespace {

const Cell& cell_of(const Table& table, const std::string& env, const std::string& algorithm) {
  for (const Cell& cell : table.cells)
    if (cell.env == env && cell.algorithm == algorithm) return cell;
  FAIL("no cell for " << algorithm << " on " << env);
  std::abort();
}

bool has_note(const std::vector<std::string>& notes, const std::string& text) {
  return std::any_of(notes.begin(), notes.end(),
                     [&](const std::string& note) { return note.find(text) != std::string::npos; });
}
// Of the table as a whole.
bool has_note(const Table& table, const std::string& text) {
  return has_note(table.notes, text);
}

std::string error_of(const std::vector<Results>& results, const TableOptions& options,
                     ExitCode code) {
  try {
    make_table(results, options);
  } catch (const UserError& error) {
    CHECK(error.code() == code);
    return error.what();
  }
  return "no error";
}

std::filesystem::path write_temporary(const std::string& content) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("rlrun_published_" + std::to_string(::getpid()));
  std::ofstream(path) << content;
  return path;
}

}  // namespace

TEST_CASE("scores are what they say, and skip iterations without episodes") {
  TrialRecord record = complete(trial("hopper", "cem", 0), 0);
  record.curves.mean_return.assign(40, kNoEpisode);
  for (int i = 0; i < 20; ++i) record.curves.mean_return[static_cast<std::size_t>(2 * i)] = i;
  record.episodes.returns.clear();
  for (int i = 0; i < 150; ++i) record.episodes.returns.push_back(i);
  CHECK(trial_score(record, Score::kIterations) == 9.5);
  CHECK(trial_score(record, Score::kFinal) == 18.5);  // 18 and 19: a tenth of those with episodes
  CHECK(trial_score(record, Score::kBest) == 19);
  CHECK(trial_score(record, Score::kPooled) == 74.5);
  CHECK(trial_score(record, Score::kLast100) == 99.5);

  record.curves.mean_return.assign(3, kNoEpisode);
  record.episodes.returns.clear();
  for (const Score score : kAllScores) CHECK(std::isnan(trial_score(record, score)));
  for (const Score score : kAllScores) CHECK(score_named(score_name(score)) == score);
  CHECK_THROWS_WITH(score_named("mean"),
                    Catch::Contains("stretches, iterations, pooled, final, last100, best"));
}

namespace {

// Iterations of `steps` steps, each with so many episodes of this average return.
struct Iterations {
  int n;
  std::int64_t steps, episodes;
  double average;
};
TrialRecord trained(const std::vector<Iterations>& parts) {
  TrialRecord record = complete(trial("hopper", "cem", 0), 0);
  record.curves = {};
  std::int64_t steps = 0;
  for (const Iterations& part : parts) {
    for (int i = 0; i < part.n; ++i) {
      record.curves.steps.push_back(steps += part.steps);
      record.curves.episodes.push_back(part.episodes);
      record.curves.mean_return.push_back(part.episodes > 0 ? part.average : kNoEpisode);
    }
  }
  return record;
}
double stretches(const std::vector<Iterations>& parts) {
  return trial_score(trained(parts), Score::kStretches);
}

}  // namespace

TEST_CASE("a stretch is one long iteration, or several short ones whose episodes count once each") {
  // Iterations of the paper: its mean over iterations, to the last bit.
  const std::vector<Iterations> paper = {{1, 50'123, 400, 1.0 / 3}, {2, 50'001, 101, 0.7}};
  CHECK(stretches(paper) == trial_score(trained(paper), Score::kIterations));

  // The same training in iterations of a tenth: (2 * 1 + 1 * 4) / 3 in each stretch.
  CHECK(stretches({{5, 5'000, 20, 1}, {5, 5'000, 10, 4}}) == Approx(2));
  CHECK(stretches({{5, 5'000, 20, 1}, {5, 5'000, 10, 4}, {10, 5'000, 10, 5}}) == Approx(3.5));
  // Iterations without an episode use steps all the same.
  CHECK(stretches({{1, 25'000, 60, 3}, {1, 25'000, 0, 0}, {1, 50'000, 50, 5}}) == Approx(4));
  // Fifty steps hold no stretch, nor do three episodes: all of it is one.
  CHECK(stretches({{3, 50, 1, 1}, {1, 50, 1, 5}}) == Approx(2));
  CHECK(stretches({{3, 100'000, 1, 1}, {1, 100'000, 1, 5}}) == Approx(2));
  // The rest counts by itself from half a stretch on; less of it joins the last one.
  CHECK(stretches({{2, 25'000, 50, 1}, {1, 25'000, 50, 4}}) == Approx(2.5));
  CHECK(stretches({{2, 25'000, 50, 1}, {1, 24'999, 50, 4}}) == Approx(2));
  CHECK(stretches({{2, 25'000, 50, 1}, {1, 25'000, 24, 4}}) == Approx((100 + 24 * 4) / 124.0));
  CHECK(std::isnan(stretches({{2, 50'000, 0, 0}})));
}

TEST_CASE("the default score of equal policies does not depend on the length of iterations") {
  // Episodes of 1 to 500 steps that give 1 a step: worth 250.5 each.
  const auto score_of = [](std::int64_t batch, Score score) {
    TrialRecord record = trained({});
    Rng rng = Rng(5).fork(static_cast<std::uint64_t>(batch));
    for (std::int64_t steps = 0; steps < 2'000'000;) {
      std::int64_t taken = 0, episodes = 0;
      for (; taken < batch; ++episodes) taken += 1 + rng.below(500);
      record.curves.steps.push_back(steps += taken);
      record.curves.episodes.push_back(episodes);
      record.curves.mean_return.push_back(double(taken) / double(episodes));
    }
    return trial_score(record, score);
  };
  // The standard deviation of 8,000 episodes leaves 1.6.
  for (const std::int64_t batch : {100, 300, 1'000, 7'000, 50'000, 120'000}) {
    INFO("iterations of " << batch << " steps");
    CHECK(std::abs(score_of(batch, kDefaultScore) - 250.5) < 5);
  }
  CHECK(score_of(300, Score::kIterations) > 270);
}

TEST_CASE("scores by iteration say where they depend on the length of iterations") {
  Results results;
  add_seeds(results, "hopper", "cem", {1, 2});
  TableOptions options;
  for (const Score score : kAllScores) {
    if (is_evaluation(score)) continue;
    options.score = score;
    const bool noted = has_note(make_table({results}, options),
                                "Iterations of cem hold fewer than 50 episodes on average");
    CHECK(noted == is_by_iteration(score));
  }
}

TEST_CASE("scores of evaluations: the last of the budget, the last, the best") {
  Trial planned = trial("hopper", "td3", 0);
  planned.budget = {.steps = 200'000};
  planned.evaluation = {.every = 50'000, .episodes = 2};
  TrialRecord record = complete(planned, 0);
  CHECK(std::isnan(trial_score(record, Score::kEvaluation)));
  CHECK(std::isnan(trial_score(record, Score::kEvaluationFinal)));
  CHECK(std::isnan(trial_score(record, Score::kEvaluationBest)));
  const auto evaluate = [&](std::int64_t steps, double first, double second) {
    record.evaluations.add(steps, {{first, second}, {1, 1}, {0, 0}});
  };
  evaluate(50'000, 80, 120);
  evaluate(150'000, 1, 2);  // not within the last 50,000 steps
  evaluate(150'001, 10, 20);
  evaluate(200'100, 20, 30);  // the last iteration went beyond the budget
  CHECK(trial_score(record, Score::kEvaluation) == 20);
  CHECK(trial_score(record, Score::kEvaluationFinal) == 25);
  CHECK(trial_score(record, Score::kEvaluationBest) == 100);

  // A budget in iterations ends where the trial did: here after 300 steps.
  const TrialRecord by_steps = record;
  record = complete(trial("hopper", "td3", 0), 0);
  record.evaluations = by_steps.evaluations;
  CHECK(trial_score(record, Score::kEvaluation) == Approx((100 + 1.5 + 15 + 25) / 4));
}

TEST_CASE("a score of evaluations needs evaluations") {
  Results results;
  add_seeds(results, "hopper", "td3", {1, 2});
  for (const Score score : kAllScores) {
    if (!is_evaluation(score)) continue;
    TableOptions options;
    options.score = score;
    CHECK(error_of({results}, options, ExitCode::kUsage).find("hold no evaluations") !=
          std::string::npos);
  }
  // One of two seeds has none near the end.
  Results evaluated;
  for (const std::uint64_t seed : {0, 1}) {
    Trial t = trial("hopper", "td3", seed);
    t.budget = {.steps = 100'000};
    t.evaluation = {.every = 10'000, .episodes = 1};
    evaluated.planned.push_back(t.config());
    evaluated.trials.push_back(complete(t, 5));
  }
  add_evaluations(evaluated.trials[0], {20'000, 100'000}, {3, 7});
  add_evaluations(evaluated.trials[1], {20'000}, {4});
  TableOptions options;
  options.score = Score::kEvaluation;
  const Table table = make_table({evaluated}, options);
  CHECK(cell_of(table, "hopper", "td3").scores == std::vector<double>{7});
  CHECK(has_note(cell_of(table, "hopper", "td3").notes,
                 "seed 1 without a score (no evaluation within the last 50000 steps)"));
}

TEST_CASE("a cell holds mean, sample standard deviation and scores by seed") {
  Results results;
  add(results, trial("hopper", "cem", 7), 3);
  add(results, trial("hopper", "cem", 1), 1);
  add(results, trial("hopper", "cem", 12), 5);
  const Table table = make_table({results}, {});
  REQUIRE(table.cells.size() == 1);
  const Cell& cell = table.cells.front();
  CHECK(cell.n == 3);
  CHECK(cell.mean == 3);
  CHECK(cell.std == 2);
  CHECK(cell.seeds == std::vector<std::uint64_t>{1, 7, 12});
  CHECK(cell.scores == std::vector<double>{1, 3, 5});
  CHECK((cell.best && cell.bold));
  CHECK_FALSE(cell.p);
}

TEST_CASE("rows and columns keep the order of the experiment; pairs nobody planned stay empty") {
  Results results;
  add_seeds(results, "walker2d", "trpo", {1, 2});
  add_seeds(results, "hopper", "cem", {1, 2});
  const Table table = make_table({results}, {});
  CHECK(table.envs == std::vector<std::string>{"walker2d", "hopper"});
  CHECK(table.algorithms == std::vector<std::string>{"trpo", "cem"});
  CHECK(table.cells.size() == 2);
  CHECK(format_table(table, "md").find("| hopper |  | **1.50 ± 0.71** (2) |") != std::string::npos);
}

TEST_CASE("bold are the best and what does not differ from it; random never is") {
  Results results;
  add_seeds(results, "hopper", "random", {500, 1000, 9000});
  add_seeds(results, "hopper", "trpo", {1080, 975, 1183});
  add_seeds(results, "hopper", "tnpg", {1100, 1000, 1010});
  add_seeds(results, "hopper", "cem", {61, 70, 58});
  const Table table = make_table({results}, {});
  CHECK_FALSE(cell_of(table, "hopper", "random").best);
  CHECK_FALSE(cell_of(table, "hopper", "random").bold);
  CHECK_FALSE(cell_of(table, "hopper", "random").p);
  CHECK(cell_of(table, "hopper", "trpo").best);
  CHECK(cell_of(table, "hopper", "trpo").bold);
  CHECK(cell_of(table, "hopper", "tnpg").bold);
  CHECK_FALSE(cell_of(table, "hopper", "tnpg").best);
  CHECK(*cell_of(table, "hopper", "tnpg").p == *welch_p({1080, 975, 1183}, {1100, 1000, 1010}));
  CHECK_FALSE(cell_of(table, "hopper", "cem").bold);
  CHECK(*cell_of(table, "hopper", "cem").p < 0.05);
}

TEST_CASE("equal results without spread share the boldface, others lose it") {
  Results results;
  add_seeds(results, "maze", "trpo", {0, 0, 0});
  add_seeds(results, "maze", "cem", {0, 0, 0});
  add_seeds(results, "maze", "ddpg", {-1, -1, -1});
  const Table table = make_table({results}, {});
  CHECK(cell_of(table, "maze", "trpo").bold);
  CHECK(cell_of(table, "maze", "cem").bold);
  CHECK_FALSE(cell_of(table, "maze", "ddpg").bold);
  CHECK_FALSE(cell_of(table, "maze", "ddpg").p);
}

TEST_CASE("no seed is lost in silence") {
  Results whole;
  for (const char* algorithm : {"trpo", "cem"})
    add_seeds(whole, "hopper", algorithm, {100, 101, 102, 103, 104});
  const Table complete_table = make_table({whole}, {});
  CHECK(complete_table.notes.empty());

  // One trial after the other is taken away, fails, or ends without an episode.
  for (std::size_t victim = 0; victim < whole.trials.size(); ++victim) {
    for (const char* fate : {"missing", "failed", "empty"}) {
      INFO("trial " << victim << " is " << fate);
      Results hurt = whole;
      TrialRecord& record = hurt.trials[victim];
      const std::string fate_name = fate;
      if (fate_name == "missing") {
        hurt.trials.erase(hurt.trials.begin() + static_cast<std::ptrdiff_t>(victim));
      } else if (fate_name == "failed") {
        record.status = TrialStatus::kFailed;
        record.cause = {"timeout", "no step for 60 s", 3};
      } else {
        record.curves.mean_return.assign(3, kNoEpisode);
      }
      const Table table = make_table({hurt}, {});
      const std::string algorithm = victim < 5 ? "trpo" : "cem";
      const Cell& cell = cell_of(table, "hopper", algorithm);
      CHECK(cell.n == 4);
      CHECK(cell.n_missing == (fate_name == "missing" ? 1 : 0));
      CHECK(cell.n_failed == (fate_name == "missing" ? 0 : 1));
      CHECK_FALSE(cell.bold);
      CHECK(cell.bold_withheld);
      const std::string seed = "seed " + std::to_string(victim % 5);
      const char* cause = fate_name == "missing" ? " missing"
                          : fate_name == "failed"
                              ? " failed (timeout in iteration 3: no step for 60 s)"
                              : " without a score (no episode ended)";
      CHECK(has_note(cell.notes, seed + cause));
      CHECK(cell.lost.front().seed == victim % 5);
      for (const char* format : {"md", "latex", "html"})
        CHECK(format_table(table, format).find("4/5") != std::string::npos);
      CHECK(cell_of(table, "hopper", victim < 5 ? "cem" : "trpo").n == 5);
    }
  }
}

TEST_CASE("a cell whose seeds all failed is a dash and not a zero") {
  Results results;
  add_seeds(results, "hopper", "cem", {1, 2});
  for (const std::uint64_t seed : {0, 1}) {
    const Trial t = trial("hopper", "trpo", seed);
    results.planned.push_back(t.config());
    results.trials.push_back(failed(t, "memory", "over its limit"));
  }
  const Table table = make_table({results}, {});
  const Cell& cell = cell_of(table, "hopper", "trpo");
  CHECK((cell.n == 0 && cell.n_failed == 2 && std::isnan(cell.mean)));
  CHECK_FALSE((cell.best || cell.bold || cell.bold_withheld));
  CHECK(format_table(table, "md").find("– (0/2)") != std::string::npos);
  CHECK(format_table(table, "latex").find("-- (0/2)") != std::string::npos);
  CHECK(format_table(table, "html").find("– <small>(0/2)</small>") != std::string::npos);
  CHECK(format_table(table, "csv").find("hopper,trpo,,1,true,stretches,0,2,0,,,false") !=
        std::string::npos);
  const json::Value parsed = json::parse(format_table(table, "json"), "table.json");
  const json::Value& entry = parsed.find("cells")->if_array()->at(1);
  CHECK(entry.find("mean")->is_null());
  CHECK(*entry.find("n_failed")->if_int() == 2);
}

TEST_CASE("one seed is no ground for boldface") {
  Results results;
  add_seeds(results, "hopper", "cem", {1});
  add_seeds(results, "hopper", "trpo", {2});
  const Table table = make_table({results}, {});
  CHECK(cell_of(table, "hopper", "trpo").best);
  CHECK_FALSE(cell_of(table, "hopper", "trpo").bold);
  CHECK(cell_of(table, "hopper", "trpo").bold_withheld);
  CHECK_FALSE(cell_of(table, "hopper", "cem").bold_withheld);
  CHECK(std::isnan(cell_of(table, "hopper", "trpo").std));
  CHECK(format_table(table, "md").find("| 2.00† (1) |") != std::string::npos);
}

TEST_CASE("hyperparameters are chosen by mean - std, and the table says so") {
  Results results;
  const auto add_setting = [&](double step_size, std::vector<double> scores) {
    for (std::size_t seed = 0; seed < scores.size(); ++seed)
      add(results,
          trial("hopper", "trpo", seed, "step_size=" + std::to_string(step_size), step_size),
          scores[seed]);
  };
  add_setting(0.1, {0, 300, 600});    // mean 300, std 300
  add_setting(0.2, {200, 210, 220});  // mean 210, std 10: chosen
  add_setting(0.3, {150, 150, 150});
  const Table table = make_table({results}, {});
  REQUIRE(table.cells.size() == 1);
  CHECK(table.cells.front().mean == 210);
  CHECK(table.cells.front().n_settings == 3);
  CHECK(table.cells.front().setting == "step_size=0.200000");
  CHECK(has_note(table.cells.front().notes,
                 "step_size=0.200000 was chosen among 3 settings by the highest mean - std"));

  SECTION("a setting with a single seed does not win by lack of spread") {
    add_setting(0.4, {5000});
    CHECK(make_table({results}, {}).cells.front().mean == 210);
  }
  SECTION("failures of settings that were not chosen are told") {
    const Trial t = trial("hopper", "trpo", 9, "step_size=0.300000", 0.3);
    results.planned.push_back(t.config());
    results.trials.push_back(failed(t, "error", "x"));
    CHECK(has_note(make_table({results}, {}).cells.front().notes,
                   "of the settings not chosen, 1 trial failed"));
  }
}

TEST_CASE("a setting that lost seeds comes after one that lost none") {
  Results results;
  const auto add_setting = [&](double step_size, const std::vector<double>& scores, int n_failed) {
    const std::string name = "step_size=" + std::to_string(step_size).substr(0, 3);
    std::uint64_t seed = 0;
    for (const double score : scores)
      add(results, trial("hopper", "trpo", seed++, name, step_size), score);
    for (int i = 0; i < n_failed; ++i) {
      const Trial t = trial("hopper", "trpo", seed++, name, step_size);
      results.planned.push_back(t.config());
      results.trials.push_back(failed(t, "error", "x"));
    }
  };
  add_setting(0.1, {-43, -42, -44, -43, -41}, 0);
  add_setting(0.2, {-22, -23}, 3);
  TableOptions options;
  CHECK(make_table({results}, options).cells.front().setting == "step_size=0.1");
  CHECK(make_table({results}, options).settings.empty());

  // Nothing is hidden from who asks.
  options.all_settings = true;
  const Table table = make_table({results}, options);
  REQUIRE(table.settings.size() == 2);
  CHECK((table.settings[0].chosen && !table.settings[1].chosen));
  CHECK((table.settings[1].n == 2 && table.settings[1].n_failed == 3));
  CHECK(format_table(table, "md").find("|  | step_size=0.2 | -22.5 ± 0.7 (2/5) |") !=
        std::string::npos);
  CHECK(
      format_table(table, "md").find("| trpo on hopper | step_size=0.1 | **-42.6 ± 1.1** (5) |") !=
      std::string::npos);
  CHECK(format_table(table, "html").find("<td>step_size=0.2</td>") != std::string::npos);
  CHECK(format_table(table, "latex").find(" & step\\_size=0.2 & $-22.5") != std::string::npos);
  CHECK(format_table(table, "csv").find("hopper,trpo,step_size=0.2,2,false,") != std::string::npos);
  CHECK(json::parse(format_table(table, "json"), "").find("settings")->if_array()->size() == 2);

  // Where none is complete, the share of the seeds decides, and the note says it.
  Results lost;
  std::swap(results, lost);
  add_setting(0.1, {-43, -42, -44}, 1);
  add_setting(0.2, {-22, -23}, 2);
  const Cell cell = make_table({results}, {}).cells.front();
  CHECK(cell.setting == "step_size=0.1");
  CHECK(has_note(cell.notes, "; no setting is complete"));
}

TEST_CASE("what is significantly worse than random is not bold, and the table says so") {
  Results results;
  add_seeds(results, "maze", "random", {26.3, 26.4, 26.5});
  add_seeds(results, "maze", "cem", {21.6, 21.7, 21.8});
  add_seeds(results, "maze", "trpo", {10, 11, 12});
  Table table = make_table({results}, {});
  const Cell& cem = cell_of(table, "maze", "cem");
  CHECK((cem.best && cem.worse_than_random && !cem.bold && !cem.bold_withheld));
  CHECK(has_note(cem.notes, "significantly worse than random"));
  CHECK(format_table(table, "md").find("| 21.7 ± 0.1 (3) [1] |") != std::string::npos);

  // No better than random, but not by more than chance: bold as ever.
  Results close;
  add_seeds(close, "maze", "random", {20, 26, 32});
  add_seeds(close, "maze", "cem", {19, 25, 31});
  table = make_table({close}, {});
  CHECK((cell_of(table, "maze", "cem").bold && !cell_of(table, "maze", "cem").worse_than_random));
  // Without spread there is no test, and lower is lower.
  Results flat;
  add_seeds(flat, "maze", "random", {1, 1});
  add_seeds(flat, "maze", "cem", {0, 0});
  add_seeds(flat, "maze", "trpo", {1, 1});
  table = make_table({flat}, {});
  CHECK(cell_of(table, "maze", "cem").worse_than_random);
  CHECK(cell_of(table, "maze", "trpo").bold);
}

TEST_CASE(
    "a cell tells of broken episodes, of training without updates, of episodes left running") {
  Results results;
  add_seeds(results, "hopper", "td3", {1, 2});
  CHECK(make_table({results}, {}).cells.front().notes.empty());

  std::map<std::string, std::vector<double>>& metrics = results.trials[1].curves.metrics;
  metrics["updates"] = {0, kNoEpisode, 0};
  CHECK(make_table({results}, {}).cells.front().notes ==
        std::vector<std::string>{"seed 1 made no update"});
  results.trials[0].curves.metrics["updates"] = {0, 0, 0};
  CHECK(make_table({results}, {}).cells.front().notes ==
        std::vector<std::string>{"no update was made"});
  metrics["updates"] = {0, 3, 0};
  results.trials[0].curves.metrics["updates"] = {0, 0, 1};
  CHECK(make_table({results}, {}).cells.front().notes.empty());

  results.trials[0].curves.unstable = {0, 0, 1};
  CHECK(make_table({results}, {}).cells.front().notes ==
        std::vector<std::string>{"25 % of the episodes broke the simulation"});
  results.trials[0].curves.unstable = {0, 0, 0};

  for (TrialRecord& record : results.trials) record.curves.steps.back() = 400;
  CHECK(has_note(make_table({results}, {}).cells.front().notes,
                 "25 % of the steps are of episodes that had not ended"));
  // Episodes of one length: none is rather left running than another.
  for (TrialRecord& record : results.trials) record.curves.mean_length = {150, kNoEpisode, 150};
  CHECK(make_table({results}, {}).cells.front().notes.empty());
}

TEST_CASE("a row of different budgets says so") {
  Results results;
  add_seeds(results, "hopper", "random", {1, 2});
  add_seeds(results, "hopper", "ars", {1, 2});
  add_seeds(results, "hopper", "trpo", {1, 2});
  add_seeds(results, "swimmer", "trpo", {1, 2});
  CHECK(make_table({results}, {}).rows.empty());
  // One iteration more is no other budget, nor does one matter to random.
  for (const std::size_t i : {0, 1}) results.trials[i].curves.steps.back() = 5'000'000;
  for (const std::size_t i : {4, 5}) results.trials[i].curves.steps.back() = 320;
  CHECK(make_table({results}, {}).rows.empty());
  for (const std::size_t i : {2, 3}) results.trials[i].curves.steps.back() = 1'000'000;
  const Table table = make_table({results}, {});
  CHECK(table.rows == std::map<std::string, std::string>{
                          {"hopper", "different budgets: ars 1,000,000, trpo 320 steps"}});
  CHECK(format_table(table, "md").find("| hopper [1] |") != std::string::npos);
  CHECK(format_table(table, "csv").find("\"different budgets: ars 1,000,000") != std::string::npos);
}

TEST_CASE("returns beyond the largest number are said to be that") {
  Results results;
  add_seeds(results, "hopper", "trpo", {1, 2});
  results.trials[1].curves.mean_return[2] = std::numeric_limits<double>::infinity();
  const Cell cell = make_table({results}, {}).cells.front();
  CHECK((cell.n == 1 && cell.n_failed == 1));
  CHECK(has_note(cell.notes, "seed 1 without a score (returns beyond the largest number)"));
}

TEST_CASE("settings that differ in more than hyperparameters raise a note") {
  Results results;
  add_seeds(results, "hopper", "trpo", {1, 2});
  for (const std::uint64_t seed : {0, 1}) {
    Trial longer = trial("hopper", "trpo", seed);
    longer.budget.iterations = 500;
    add(results, longer, 10);
  }
  const Table table = make_table({results}, {});
  CHECK(table.cells.front().setting == "budget.iterations=500");
  CHECK(has_note(table.cells.front().notes,
                 "differ in budget.iterations, which is no hyperparameter"));
}

TEST_CASE("several folders make one table, and a trial counts once") {
  Results a, b;
  a.title = "First";
  b.title = "Second";
  add_seeds(a, "hopper", "trpo", {1, 2, 3});
  a.trials.pop_back();  // seed 2 is missing here
  add_seeds(b, "hopper", "trpo", {1, 2, 3});
  add_seeds(b, "hopper", "cem", {1, 2});
  Table table = make_table({a, b}, {});
  CHECK(table.title == "First + Second");
  CHECK(table.algorithms == std::vector<std::string>{"trpo", "cem"});
  CHECK(cell_of(table, "hopper", "trpo").scores == std::vector<double>{1, 2, 3});
  CHECK(table.notes.empty());

  Results relabelled = a;
  for (json::Value& config : relabelled.planned)
    (*config.find("algorithm"))["label"] = "TRPO as published";
  table = make_table({a, relabelled}, {});
  CHECK(table.algorithms == std::vector<std::string>{"trpo", "TRPO as published"});
  CHECK(cell_of(table, "hopper", "TRPO as published").n == 2);

  b.trials[0].curves.mean_return[0] += 0.5;
  table = make_table({a, b}, {});
  CHECK(has_note(table, "stands in two folders with different results"));
  CHECK(cell_of(table, "hopper", "trpo").scores.front() == 1);
}

TEST_CASE("Holm's correction keeps the share of wrong rows when nothing differs") {
  constexpr int kTables = 2000, kAlgorithms = 6, kSeeds = 5;
  int wrong = 0, wrong_without = 0;
  Rng rng = Rng(3).fork("null");
  for (int i = 0; i < kTables; ++i) {
    Results results;
    for (int a = 0; a < kAlgorithms; ++a) {
      std::vector<double> scores;
      for (int seed = 0; seed < kSeeds; ++seed) scores.push_back(rng.normal());
      add_seeds(results, "hopper", "method" + std::to_string(a), scores);
    }
    const auto any_rejected = [&](bool holm) {
      TableOptions options;
      options.holm = holm;
      const Table table = make_table({results}, options);
      return std::any_of(table.cells.begin(), table.cells.end(),
                         [](const Cell& cell) { return !cell.bold; });
    };
    if (any_rejected(true)) ++wrong;
    if (any_rejected(false)) ++wrong_without;
  }
  CHECK(wrong <= 0.055 * kTables);
  CHECK(wrong_without > 0.15 * kTables);  // what the option is for
}

TEST_CASE("published numbers stand beside ours, with the difference") {
  Results results;
  add_seeds(results, "hopper", "trpo", {1000, 1100});
  add_seeds(results, "hopper", "cem", {50, 60});
  const auto file =
      write_temporary(R"({"title": "Paper", "source": "somewhere", "extra": 1, "cells": [
    {"env": "hopper", "algorithm": "TRPO", "mean": 1183.3, "std": 150.0, "bold": true},
    {"env": "hopper", "algorithm": "cem", "mean": null, "note": "N/A"}]})");
  TableOptions options;
  options.against = file.string();
  const Table table = make_table({results}, options);
  const auto& published = cell_of(table, "hopper", "trpo").published;
  REQUIRE(published);
  CHECK((published->mean == 1183.3 && published->std == 150 && published->bold));
  const std::string text = format_table(table, "md");
  CHECK(text.find("| *published* | **1183.3 ± 150.0** | N/A |") != std::string::npos);
  CHECK(text.find("| *difference* | -133.3 |  |") != std::string::npos);
  CHECK(text.find("Published: Paper (somewhere)") != std::string::npos);

  // Our own output is such a file too.
  std::ofstream(file) << format_table(table, "json");
  CHECK(cell_of(make_table({results}, options), "hopper", "cem").published->mean == 55);

  const auto error_for = [&](const std::string& content) {
    std::ofstream(file) << content;
    return error_of({results}, options, ExitCode::kConfig);
  };
  CHECK(error_for("{\"cells\": [\n {\"env\": \"a\"}]}").find(":2:2: a cell needs \"algorithm\"") !=
        std::string::npos);
  CHECK(error_for("{\"cells\": [{\"env\": \"a\", \"algorithm\": \"b\", \"mean\": \"1\"}]}")
            .find("mean is a text; expected a number") != std::string::npos);
  CHECK(error_for("{\"cells\": [{\"env\": \"a\", \"algorithm\": \"b\"}]}").find("needs \"mean\"") !=
        std::string::npos);
  CHECK(error_for(
            "{\"cells\": [\n {\"env\": \"a\", \"algorithm\": \"b\", \"mean\": 1, \"std\": -5}]}")
            .find(":2:51: std is -5; a standard deviation is 0 or more") != std::string::npos);
  CHECK(error_for("{\"cells\": [\n {\"env\": \"a\", \"algorithm\": \"b\", \"mean\": 1},\n"
                  " {\"env\": \"A\", \"algorithm\": \"B\", \"mean\": 2}]}")
            .find(":3:2: a second cell for B on A; the first stands in line 2") !=
        std::string::npos);
  CHECK(error_for("[]").find("an object with \"cells\"") != std::string::npos);
  CHECK(error_for("{").find(":1:") != std::string::npos);
  std::ofstream(file) << R"({"cells": [{"env": "x", "algorithm": "y", "mean": 1}]})";
  CHECK(has_note(make_table({results}, options), "has no number for any cell"));
  std::filesystem::remove(file);
  CHECK(error_of({results}, options, ExitCode::kConfig).find(file.string()) != std::string::npos);
}

TEST_CASE("nothing planned is an error of the store") {
  CHECK(error_of({Results{}}, {}, ExitCode::kStore).find("no trials are planned") !=
        std::string::npos);
}
