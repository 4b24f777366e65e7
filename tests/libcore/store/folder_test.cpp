#include <algorithm>
#include <chrono>
#include <fstream>
#include <tuple>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

#include "example_trials.hpp"
#include "report/report.hpp"
#include "store/file.hpp"
#include "store/names.hpp"
#include "store/seal.hpp"
#include "store/store.hpp"

using namespace rlrun;
using namespace rlrun::testing;
using Catch::Matchers::Contains;

namespace {

json::Value experiment() {
  return json::Object{{"title", "An example"}, {"seeds", 3}};
}

// A folder with `planned` trials, of which those in `records` are finished.
void fill(const Store& store, int planned, const std::vector<TrialRecord>& records) {
  store.create();
  std::vector<json::Value> configs;
  for (int seed = 0; seed < planned; ++seed)
    configs.push_back(example_trial(static_cast<std::uint64_t>(seed)).config());
  store.write_plan(experiment(), configs);
  for (const TrialRecord& record : records) write_trial(store.trial_path(record.id), record);
}

std::string digest_of(const std::vector<TrialRecord>& records) {
  const ScratchFolder folder;
  fill(Store(folder.path()), 4, records);
  return results_digest(folder.path());
}

void corrupt(const std::filesystem::path& path) {
  std::string bytes = read_file(path);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  std::ofstream(path, std::ios::binary) << bytes;
}

ExitCode code_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const UserError& error) {
    return error.code();
  }
  return ExitCode::kOk;
}

}  // namespace

TEST_CASE("a plan is read as it was written", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  store.create();
  CHECK_FALSE(store.read_plan());
  const std::vector<json::Value> configs = {example_trial(1).config(), example_trial(0).config()};
  store.write_plan(experiment(), configs);
  const auto plan = store.read_plan();
  REQUIRE(plan);
  CHECK(plan->experiment == experiment());
  REQUIRE(plan->configs.size() == 2);
  CHECK(json::canonical(plan->configs[0]) == json::canonical(configs[0]));
  CHECK(plan->ids == std::vector{example_trial(1).id(), example_trial(0).id()});

  std::ofstream(folder / "experiment.json") << "{\"trials\": 3";
  CHECK(code_of([&] { static_cast<void>(store.read_plan()); }) == ExitCode::kStore);
  std::ofstream(folder / "experiment.json") << "{\"trials\": 3}";
  CHECK_THROWS_WITH(store.read_plan(), Contains("is no plan"));
  std::ofstream(folder / "experiment.json").flush();
  CHECK_THROWS_WITH(store.read_plan(), Contains("experiment.json: is empty"));
}

TEST_CASE("a plan keeps settings once, and the seeds of each", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  store.create();
  std::vector<Trial> trials;
  for (int setting = 0; setting < 2000; ++setting)
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      Trial trial = example_trial(seed);
      trial.budget.iterations = setting + 1;
      for (int parameter = 0; parameter < 40; ++parameter)
        (*trial.algorithm.params.if_object())
            .emplace_back("parameter_" + std::to_string(parameter), parameter * 0.1);
      trials.push_back(trial);
    }
  store.write_plan(experiment(), trials);
  CHECK(std::filesystem::file_size(folder / "experiment.json") < 5'000'000);
  const auto plan = store.read_plan();
  REQUIRE(plan);
  REQUIRE(plan->configs.size() == trials.size());
  CHECK(plan->ids == ids_of(trials));
  const auto bare = store.read_plan(false);
  CHECK(bare->ids == plan->ids);
  CHECK(bare->hash == plan->hash);
  CHECK(bare->configs.empty());
  for (std::size_t i = 0; i < trials.size(); i += 997)
    CHECK(plan->configs[i] == trials[i].config());
  // In memory as well.
  for (std::size_t i = 0; i + 1 < trials.size(); i += 5) {
    const Trial one = Trial::from_config(plan->configs[i]),
                next = Trial::from_config(plan->configs[i + 1]);
    REQUIRE(one.algorithm.params.shares(next.algorithm.params));
    REQUIRE(differ_in_seed_alone(one, next));
  }
}

TEST_CASE("a plan of an earlier version is read, and its ids are checked", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  const auto write = [&](const std::string& id) {
    std::ofstream(folder / "experiment.json")
        << R"({"rlrun_format": "rlrun-plan", "rlrun_format_version": 1, "experiment": {}, "trials": [
{"id": ")"
        << id << R"(", "config": )" << json::canonical(example_trial(1).config()) << "}]}";
  };
  write(example_trial(1).id());
  CHECK(store.read_plan()->ids == std::vector{example_trial(1).id()});
  write(example_trial(2).id());
  CHECK_THROWS_WITH(store.read_plan(), Contains((folder / "experiment.json").string()) &&
                                           Contains(example_trial(1).id()));
}

TEST_CASE("results that no trial of the plan has are counted and not read", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  fill(store, 5, {example_record(0), example_record(3), example_record(4)});
  CHECK(read_results(folder.path()).unplanned.empty());
  std::vector<Trial> fewer = {example_trial(0), example_trial(1)};
  store.write_plan(experiment(), fewer);
  for (int merged = 0; merged < 2; ++merged) {
    const Results results = read_results(folder.path());
    CHECK(results.trials.size() == 1);
    CHECK(results.unplanned.size() == 2);
    CHECK(unplanned_text(results.unplanned.size()) == "2 results belong to no trial of the plan");
    store.merge();
  }
}

TEST_CASE("only finished files count as committed", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  fill(store, 3, {example_record(0)});
  std::ofstream(store.trial_path(example_trial(1).id()).string() + ".tmp") << "half";
  CHECK(store.committed() == std::vector{example_trial(0).id()});
  store.remove_leftovers();
  CHECK_FALSE(std::filesystem::exists(store.trial_path(example_trial(1).id()).string() + ".tmp"));
  CHECK(store.damage(example_trial(0).id()).empty());
  corrupt(store.trial_path(example_trial(0).id()));
  CHECK_THAT(store.damage(example_trial(0).id()), Contains("damaged"));
}

TEST_CASE("results are the same from trial files and from results.h5", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  const std::vector<TrialRecord> records = {example_record(0), example_failure(1),
                                            example_record(3, 7)};
  fill(store, 5, records);
  const Results before = read_results(folder.path());
  const std::string digest = results_digest(folder.path());
  CHECK(store.merge().problems.empty());
  const Results after = read_results(folder.path());
  std::filesystem::remove_all(folder / "trials");
  const Results merged_only = read_results(folder.path());
  CHECK(results_digest(folder.path()) == digest);

  for (const Results* results : {&before, &after, &merged_only}) {
    CHECK(results->title == "An example");
    CHECK(results->planned.size() == 5);
    CHECK(results->problems.empty());
    REQUIRE(results->trials.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
      TrialRecord expected = records[i];
      CHECK(json::canonical(results->trials[i].config) == json::canonical(expected.config));
      expected.config = results->trials[i].config;  // the members' order is not kept
      expected.provenance = results->trials[i].provenance;
      CHECK(same_outcome(expected, results->trials[i]));
      CHECK(results->trials[i].episodes.returns.empty());
      for (const Score score : kAllScores) {
        const std::vector<double> stored = {trial_score(results->trials[i], score)};
        if (expected.status == TrialStatus::kComplete)
          CHECK(same_bits(stored, std::vector{trial_score(expected, score)}));
      }
    }
  }
}

TEST_CASE("episode logs come when asked for", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  fill(store, 1, {example_record(0)});
  store.merge();
  const Results results = read_results(folder.path(), {.episodes = true});
  CHECK(same_bits(results.trials.at(0).episodes.returns, example_record(0).episodes.returns));
}

TEST_CASE("merging again does nothing without news, and reads only what is new", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  fill(store, 3, {example_record(0)});
  store.merge();
  const auto written = std::filesystem::last_write_time(folder / "results.h5");
  store.merge();
  CHECK(std::filesystem::last_write_time(folder / "results.h5") == written);

  write_trial(store.trial_path(example_trial(2).id()), example_record(2));
  // Damage with the old time shows whether a file was read: it is not.
  const auto old = store.trial_path(example_trial(0).id());
  const auto time = std::filesystem::last_write_time(old);
  corrupt(old);
  std::filesystem::last_write_time(old, time);
  CHECK(read_results(folder.path()).trials.size() == 2);
  // What vouches for the files sees that somebody touched one.
  CHECK(store.merge().problems.size() == 1);
  CHECK(code_of([&] { results_digest(folder.path()); }) == ExitCode::kStore);
}

TEST_CASE("merging reads each trial file once", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  fill(store, 4, {example_record(0), example_failure(1), example_record(3)});
  const auto lock_up = [&] {  // what is read now shows as a problem
    for (const std::string& id : store.committed()) {
      const auto path = store.trial_path(id);
      const auto time = std::filesystem::last_write_time(path);
      corrupt(path);
      std::filesystem::last_write_time(path, time);
    }
  };
  const Results merged = store.merge();
  CHECK_FALSE(merged.as_merged);
  CHECK(merged.trials.size() == 3);
  CHECK(merged.trials[0].curves.size() == 0);
  CHECK(merged.trials[0].config.is_null());
  CHECK(merged.planned.empty());
  CHECK(store.merge().as_merged);
  lock_up();
  // What reports need stands in results.h5, with its curves.
  const Results results = read_results(folder.path());
  CHECK(results.problems.empty());
  REQUIRE(results.trials.size() == 3);
  CHECK(same_bits(results.trials[2].curves.mean_return, example_record(3).curves.mean_return));
}

TEST_CASE("scores and totals stand for curves that are not read", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  TrialRecord counts = example_record(1), counts_none = example_record(2);
  counts.curves.metrics[kUpdatesMetric].assign(counts.curves.size(), 2);
  counts_none.curves.metrics[kUpdatesMetric].assign(counts_none.curves.size(), 0);
  fill(store, 6,
       {example_record(0), counts, counts_none, example_failure(3), example_record(4, 7)});
  for (int merged = 0; merged < 2; ++merged) {
    const Results whole = read_results(folder.path());
    const Results short_of_curves = read_results(folder.path(), {.curves = false});
    REQUIRE(short_of_curves.trials.size() == 5);
    for (std::size_t i = 0; i < 5; ++i) {
      const TrialRecord &record = short_of_curves.trials[i], &with_curves = whole.trials[i];
      CHECK(record.curves.size() == 0);
      CHECK(record.curves.metrics.empty());
      const CurveTotals a = record.totals(), b = totals_of(with_curves.curves);
      CHECK(b.iterations == static_cast<std::int64_t>(with_curves.curves.size()));
      CHECK(std::tuple(a.iterations, a.steps, a.episodes, a.unstable) ==
            std::tuple(b.iterations, b.steps, b.episodes, b.unstable));
      CHECK(same_bits(std::vector{a.ended_steps, a.shortest, a.longest, a.updates},
                      std::vector{b.ended_steps, b.shortest, b.longest, b.updates}));
      CHECK(never_learned(a) == (i == 2));
      if (record.status == TrialStatus::kComplete)
        for (const Score score : kAllScores)
          CHECK(same_bits(std::vector{trial_score(record, score)},
                          std::vector{trial_score(with_curves, score)}));
    }
    const auto table = [](const Results& results) {
      return format_table(make_table({results}, {}), "json");
    };
    CHECK(table(short_of_curves) == table(whole));
    store.merge();
  }
}

TEST_CASE("what an earlier version merged is read with its curves, and merged anew", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  fill(store, 2, {example_record(0), example_record(1)});
  store.merge();
  const auto path = folder / "results.h5";
  const std::string bytes = read_file(path);
  std::string image(unsealed(bytes, path));
  const auto version = [](std::int64_t minor) {
    std::string text;
    for (const std::int64_t number : {kResultsFormat.major, minor})
      text.append(reinterpret_cast<const char*>(&number), sizeof number);
    return text;
  };
  const std::size_t at = image.find(version(kResultsFormat.minor));
  REQUIRE(at != std::string::npos);
  image.replace(at, version(0).size(), version(0));
  write_file_atomically(path, sealed(image));
  const Results old = read_results(folder.path(), {.curves = false});
  REQUIRE(old.problems.empty());
  CHECK(same_bits(old.trials.at(1).curves.mean_return, example_record(1).curves.mean_return));
  CHECK_FALSE(store.merge().as_merged);
  CHECK(store.merge().as_merged);
  CHECK(read_file(path) == bytes);
}

TEST_CASE("a folder without results has nothing to merge", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  fill(store, 2, {});
  CHECK(store.merge().as_merged);
  CHECK_FALSE(std::filesystem::exists(folder / "results.h5"));
}

TEST_CASE("a damaged file is a problem with a name and never a number", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  fill(store, 2, {example_record(0), example_record(1)});
  const auto path = store.trial_path(example_trial(0).id());
  corrupt(path);
  const Results results = read_results(folder.path());
  REQUIRE(results.trials.size() == 1);
  CHECK(results.trials[0].id == example_trial(1).id());
  REQUIRE(results.problems.size() == 1);
  CHECK_THAT(results.problems[0], Contains(path.string()) && Contains("damaged"));
  CHECK(store.merge().problems.size() == 1);

  corrupt(folder / "results.h5");
  CHECK(read_results(folder.path()).trials.size() == 1);
  CHECK(read_results(folder.path()).problems.size() == 2);
  std::filesystem::remove_all(folder / "trials");
  CHECK(code_of([&] { read_results(folder.path()); }) == ExitCode::kStore);
}

TEST_CASE("a file under another trial's name is refused", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  fill(store, 2, {});
  write_trial(store.trial_path(example_trial(0).id()), example_record(1));
  CHECK_THAT(read_results(folder.path()).problems.at(0), Contains("not the one it is named after"));
}

TEST_CASE("a folder without results is refused", "[store]") {
  const ScratchFolder folder;
  CHECK(code_of([&] { read_results(folder / "nowhere"); }) == ExitCode::kStore);
  CHECK(code_of([&] { read_results(folder.path()); }) == ExitCode::kStore);
  CHECK(code_of([&] { results_digest(folder.path()); }) == ExitCode::kStore);
}

TEST_CASE("a digest from results.h5 is that of every file", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  fill(store, 4, {example_record(0), example_failure(1), example_record(3)});
  const std::string digest = results_digest(folder.path(), true);
  store.merge();
  CHECK(results_digest(folder.path()) == digest);
  CHECK(results_digest(folder.path(), true) == digest);
  write_trial(store.trial_path(example_trial(2).id()), example_record(2));
  CHECK(results_digest(folder.path()) == results_digest(folder.path(), true));
  CHECK(results_digest(folder.path()) != digest);
}

TEST_CASE("a trial file whose id is not that of its configuration is refused", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  TrialRecord record = example_record(0);
  record.config = example_trial(1).config();
  fill(store, 2, {record});
  CHECK_THAT(read_results(folder.path()).problems.at(0), Contains(example_trial(1).id()));
}

TEST_CASE("labels follow the plan and do not change the digest", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  fill(store, 1, {example_record(0)});
  const std::string digest = results_digest(folder.path());
  store.merge();
  Trial renamed = example_trial(0);
  renamed.algorithm.label = "TRPO, small steps";
  store.write_plan(experiment(), {renamed.config()});
  store.merge();
  std::filesystem::remove_all(folder / "trials");
  CHECK(read_results(folder.path()).trials.at(0).label == renamed.label());
  CHECK(results_digest(folder.path()) == digest);
}

TEST_CASE("the digest sees results and nothing else", "[store]") {
  const TrialRecord a = example_record(0), b = example_record(1);
  const std::string digest = digest_of({a, b});
  CHECK(digest.size() == 7 + 64);
  CHECK(digest.substr(0, 7) == "sha256:");
  CHECK(digest_of({b, a}) == digest);
  CHECK(digest_of({a}) != digest);

  TrialRecord same = b;
  same.provenance = json::Object{{"host", "elsewhere"}};
  same.wall_seconds = 99;
  same.cause.message = "unused";
  same.curves.std_return[0] = std::numeric_limits<double>::quiet_NaN();
  TrialRecord other_nan = same;
  other_nan.curves.std_return[0] = -std::numeric_limits<double>::quiet_NaN();
  CHECK(digest_of({a, same}) == digest_of({a, other_nan}));

  const auto differs = [&](const auto& change) {
    TrialRecord changed = b;
    change(changed);
    return digest_of({a, changed}) != digest;
  };
  CHECK(differs([](TrialRecord& r) { r.curves.mean_return[3] = std::nextafter(1.0, 2.0); }));
  CHECK(differs([](TrialRecord& r) { r.curves.steps[0] += 1; }));
  CHECK(differs([](TrialRecord& r) { r.curves.metrics["kl"][0] += 1; }));
  CHECK(differs([](TrialRecord& r) { r.curves.metrics.erase("kl"); }));
  CHECK(differs([](TrialRecord& r) { r.episodes.lengths[5] += 1; }));
  CHECK(differs([](TrialRecord& r) { r.policy_params(9) += 1; }));
  CHECK(differs([](TrialRecord& r) { r.status = TrialStatus::kFailed; }));

  // Where a failed trial stopped may depend on the clock.
  TrialRecord failure = example_failure(1), later = failure;
  later.curves.mean_return[0] = 5;
  later.cause = {"timeout", "after 10 s", 9};
  CHECK(digest_of({a, failure}) == digest_of({a, later}));
}

TEST_CASE("ten thousand trials merge in seconds", "[store][.large]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  store.create();
  const int n = 10'000;
  std::vector<json::Value> configs;
  for (int seed = 0; seed < n; ++seed) {
    TrialRecord record = example_record(static_cast<std::uint64_t>(seed), 100, 200);
    configs.push_back(record.config);
    std::ofstream(store.trial_path(record.id), std::ios::binary) << encode_trial(record);
  }
  const auto timed = [](const char* what, const auto& f) {
    const auto start = std::chrono::steady_clock::now();
    f();
    WARN(what << ": "
              << std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()
              << " s");
  };
  timed("plan", [&] { store.write_plan(experiment(), configs); });
  timed("merge", [&] { store.merge(); });
  timed("merge without news", [&] { store.merge(); });
  timed("read", [&] { CHECK(read_results(folder.path()).trials.size() == n); });
  timed("digest", [&] { results_digest(folder.path()); });
  WARN("results.h5: " << std::filesystem::file_size(folder / "results.h5") / 1e6 << " MB");
}
