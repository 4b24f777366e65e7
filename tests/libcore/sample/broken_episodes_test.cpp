// What a trial makes of episodes that break the simulation.

#include "../../../plugins/algorithms/ppo/ppo.cpp"
// One manifest is enough for one library.
#undef RLRUN_PLUGIN
#define RLRUN_PLUGIN(...)
#include <cmath>

#include <catch2/catch.hpp>

#include "../../../plugins/algorithms/a2c/a2c.cpp"
#include "../../../plugins/algorithms/cem/cem.cpp"
#include "../../../plugins/algorithms/random/random.cpp"
#include "experiment/experiment.hpp"
#include "plugin/inspect.hpp"
#include "report/report.hpp"
#include "run/run_trial.hpp"

using namespace rlrun;

namespace {

// Each of 50 steps costs 1, whatever is done; an action beyond `limit` breaks the simulation. So an
// unbroken episode has the return -50, and there is nothing to be gained but by breaking it.
class Fragile final : public Env {
 public:
  struct Params {
    double limit = 1.5;
    void fields(Fields& f) { f("limit", limit, "Largest action that is survived."); }
  };
  explicit Fragile(const Params& params) : limit_(params.limit) {}
  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng /*rng*/, VectorFOut observation) override { observation(0) = 0; }
  Transition step(VectorFIn action, VectorFOut observation) override {
    observation(0) = std::numeric_limits<float>::quiet_NaN();
    if (!(std::abs(double{action(0)}) <= limit_)) return {.unstable = true};
    observation(0) = 0;
    return {.reward = -1};
  }

 private:
  double limit_;
  EnvSpec spec_{unbounded(1), box(1, -1, 1), 50};
};

TrialRecord play(const std::string& algorithm, const std::vector<std::string>& settings,
                 double penalty = 0) {
  LoadedPlugins plugins;
  plugins.add(env<Fragile>("fragile", "", ""));
  algorithms::register_ppo(plugins);
  algorithms::register_a2c(plugins);
  algorithms::register_cem(plugins);
  algorithms::register_random(plugins);
  std::map<std::string, EntryInfo> infos;
  const InfoSource info = [&](Kind kind, const std::string& name) -> const EntryInfo& {
    return infos[name] = inspect(plugins, kind, name);
  };
  Trial trial = make_trial("fragile", algorithm, "", settings, {.steps = 20'000}, 1, info);
  trial.unstable_penalty = penalty;
  TrialRecord record;
  const bool complete = run_trial(trial, plugins, {}, record);
  CHECK(complete);
  return record;
}

std::int64_t broken(const TrialRecord& record, std::size_t from, std::size_t to) {
  std::int64_t n = 0;
  for (std::size_t i = from; i < to; ++i) n += record.curves.unstable[i];
  return n;
}

const std::vector<std::string> kPpo = {"policy.initial_std=0.5", "policy.hidden=[8]",
                                       "rollout_steps=500"};
const std::vector<std::string> kA2c = {"policy.initial_std=0.5", "policy.hidden=[8]",
                                       "rollout_steps=25"};
const std::vector<std::string> kFaster = {"policy.initial_std=1", "step_size=0.01"};

std::vector<std::string> operator+(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace

TEST_CASE("without a declared penalty nobody gains by breaking the simulation", "[trial]") {
  for (const TrialRecord& record : {play("ppo", kPpo), play("a2c", kA2c)}) {
    for (const double value : record.episodes.returns) CHECK((std::isnan(value) || value == -50));
    for (const Score score : {Score::kIterations, Score::kPooled, Score::kFinal, Score::kBest})
      CHECK(trial_score(record, score) == -50);
    const std::size_t n = record.curves.size();
    CHECK(broken(record, 0, n) > 0);
    // It learns to break it no more than chance has it: one episode in eight at the start.
    CHECK(broken(record, n / 2, n) < 150);
  }
}

TEST_CASE("a declared penalty is what a broken episode costs, and is learned from", "[trial]") {
  for (const TrialRecord& record :
       {play("ppo", kPpo + kFaster, 100), play("a2c", kA2c + kFaster, 100)}) {
    std::int64_t n_broken = 0;
    for (std::size_t i = 0; i < record.episodes.returns.size(); ++i) {
      const bool broke = EpisodeEnding{record.episodes.endings[i]} == EpisodeEnding::kUnstable;
      n_broken += broke ? 1 : 0;
      CHECK(record.episodes.returns[i] ==
            (broke ? 1 - record.episodes.lengths[i] - 100 : -record.episodes.lengths[i]));
    }
    CHECK(n_broken > 0);
    const std::size_t n = record.curves.size();
    CHECK(broken(record, n / 2, n) < broken(record, 0, n / 2));
  }
}

TEST_CASE("a trial whose every episode breaks has no score", "[trial]") {
  const TrialRecord record = play("random", {"env.limit=0.01", "batch_steps=1000"});
  CHECK(broken(record, 0, record.curves.size()) ==
        static_cast<std::int64_t>(record.episodes.returns.size()));
  for (const Score score : {Score::kIterations, Score::kPooled, Score::kLast100, Score::kBest})
    CHECK(std::isnan(trial_score(record, score)));
  CHECK_THROWS_WITH(play("ppo", {"env.limit=0"}),
                    "there is nothing to learn from: every step broke the simulation");
}

TEST_CASE("a search keeps away from candidates that break the simulation", "[trial]") {
  const TrialRecord record =
      play("cem", {"policy.hidden=[4]", "batch_steps=0", "population=20", "elite_fraction=0.2"});
  const std::size_t n = record.curves.size();
  CHECK(record.curves.metrics.contains("failed_candidates"));
  CHECK(trial_score(record, Score::kIterations) == -50);
  CHECK(broken(record, n - 3, n) < broken(record, 0, 3));
}
