#include "sample/sampler.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"
#include "rlrun/policies/gaussian_mlp.hpp"

#include "check/memory_archive.hpp"
#include "toys.hpp"

using namespace rlrun;
using toys::climb;
using toys::Noise;

namespace {

struct Threads {
  explicit Threads(int n) { set_thread_count(n); }
  ~Threads() { set_thread_count(1); }
};

bool equal(const Batch& a, const Batch& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i].observations != b[i].observations || a[i].actions != b[i].actions ||
        a[i].rewards != b[i].rewards || a[i].terminated != b[i].terminated)
      return false;
  return true;
}

// Breaks down with its fourth step, and leaves nonsense where the observation should be.
class Unstable final : public Env {
 public:
  Unstable() { spec_ = {.observation = unbounded(1), .action = box(1, -1, 1), .horizon = 10}; }
  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng, VectorFOut observation) override {
    t_ = 0;
    observation(0) = 0;
  }
  Transition step(VectorFIn, VectorFOut observation) override {
    observation(0) = static_cast<float>(++t_);
    if (t_ < 4) return {.reward = 1};
    observation(0) = std::numeric_limits<float>::quiet_NaN();
    return {.reward = std::numeric_limits<double>::quiet_NaN(), .unstable = true};
  }

 private:
  EnvSpec spec_;
  int t_ = 0;
};

EnvFactory unstable() {
  return [] { return std::make_unique<Unstable>(); };
}

// An action of more than 2 breaks the simulation; one of more than 1 has a reward that is no
// number.
class Fragile final : public Env {
 public:
  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng, VectorFOut observation) override { observation(0) = 0; }
  Transition step(VectorFIn action, VectorFOut) override {
    if (action(0) > 2) return {.unstable = true};
    if (action(0) > 1) return {.reward = std::numeric_limits<double>::quiet_NaN()};
    return {.reward = double{action(0)}};
  }

 private:
  EnvSpec spec_{.observation = unbounded(1), .action = box(1, -3, 3), .horizon = 5};
};

// Climb, as if it ran elsewhere.
class Elsewhere final : public Env, public SplitStep {
 public:
  Elsewhere(double goal, Index horizon) : task_(goal, horizon) {}
  [[nodiscard]] const EnvSpec& spec() const override { return task_.spec(); }
  void reset(Rng rng, VectorFOut observation) override { task_.reset(rng, observation); }
  Transition step(VectorFIn, VectorFOut) override { throw TrialError("was not split"); }
  void begin_step(VectorFIn action) override {
    action_ = action;
    most_begun = std::max<int>(most_begun, ++begun_);
  }
  Transition end_step(VectorFOut observation) override {
    --begun_;
    return task_.step(action_, observation);
  }
  static inline int most_begun = 0;  // at the same time; for one thread

 private:
  static inline int begun_ = 0;
  toys::Climb task_;
  VectorF action_;
};

EnvFactory fragile() {
  return [] { return std::make_unique<Fragile>(); };
}

// Says at its third step that it is in a state that it does not have.
class Lost final : public Env {
 public:
  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng, VectorFOut observation) override {
    observation << 0, 1;
    t_ = 0;
  }
  Transition step(VectorFIn, VectorFOut observation) override {
    observation << 2, ++t_ == 3 ? 2.0F : 1.0F;
    return {};
  }

 private:
  EnvSpec spec_{MultiDiscrete{{3, 2}}, box(1, -1, 1), 10};
  int t_ = 0;
};

// Episodes from 1 to 400 steps, as the initial state says; some fail at their end.
class Uneven final : public Env {
 public:
  explicit Uneven(bool fails) : fails_(fails) {
    spec_ = {.observation = unbounded(1), .action = box(1, -1, 1), .horizon = 400};
  }
  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng rng, VectorFOut observation) override {
    t_ = 0;
    length_ = 1 + rng.below(400);
    observation(0) = static_cast<float>(length_);
  }
  Transition step(VectorFIn, VectorFOut observation) override {
    observation(0) = static_cast<float>(++t_);
    if (fails_ && t_ == length_ && length_ % 16 == 0)
      throw TrialError("failed after " + std::to_string(t_));
    return {.reward = 1, .terminated = t_ >= length_};
  }

 private:
  EnvSpec spec_;
  bool fails_;
  Index t_ = 0, length_ = 0;
};

EnvFactory uneven(bool fails) {
  return [fails] { return std::make_unique<Uneven>(fails); };
}

}  // namespace

TEST_CASE("an observation that is none of its choices fails the trial and is named", "[sampler]") {
  const EnvFactory lost = [] { return std::make_unique<Lost>(); };
  const std::string message =
      "the environment returned an observation whose entry 1 is 2, which is none of the choices 0 "
      "to 1, at step 3 of an episode";
  TrialSampler sampler(lost, Rng(1));
  CHECK_THROWS_WITH(sampler.collect(Noise(), 20), message);
  CHECK_THROWS_WITH(sampler.collect_segments(Noise(), 2, 5), message);
  CHECK_THROWS_WITH(sampler.evaluate(Noise(), MatrixF::Zero(1, 3), 1, 1), message);
  Walk& walk = sampler.walk();
  const VectorF action = VectorF::Zero(1);
  walk.step(action);
  walk.step(action);
  CHECK_THROWS_WITH(walk.step(action), message);
}

TEST_CASE("a batch of full episodes holds exactly its budget", "[sampler]") {
  TrialSampler sampler(climb(1e9, 500), Rng(1));
  const Batch batch = sampler.collect(Noise(), 50000);
  CHECK(batch.size() == 100);
  CHECK(n_steps(batch) == 50000);
  CHECK(sampler.total_steps() == 50000);
}

TEST_CASE("a batch holds whole episodes and every one is logged", "[sampler]") {
  TrialSampler sampler(climb(5, 100), Rng(1));
  const Batch batch = sampler.collect(Noise(), 3000);
  CHECK(n_steps(batch) >= 3000);
  CHECK(n_steps(batch) < 3000 + 20 * 100);
  const SampleLog log = sampler.take_log();
  REQUIRE(log.episodes.returns.size() == batch.size());
  CHECK(log.steps == n_steps(batch));
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Episode& e = batch[i];
    CHECK(e.terminated);
    CHECK(e.observations.cols() == e.length() + 1);
    CHECK(e.observations(1, 0) == 0);
    CHECK(e.final_state()(0) >= 5);
    CHECK(log.episodes.returns[i] == Approx(e.total_reward()));
    CHECK(log.episodes.lengths[i] == e.length());
    CHECK(log.episodes.endings[i] == 1);
  }
  CHECK(sampler.take_log().episodes.returns.empty());
}

TEST_CASE("batches end with the budget, and none is tiny", "[sampler]") {
  const auto sizes = [](Index batch, std::int64_t budget) {
    TrialSampler sampler(climb(1e9, 10), Rng(1), {.budget_steps = budget});
    std::vector<Index> steps;
    while (sampler.total_steps() < budget)
      steps.push_back(n_steps(sampler.collect(Noise(), batch)));
    return steps;
  };
  CHECK(sizes(1000, 3000) == std::vector<Index>{1000, 1000, 1000});
  CHECK(sizes(50'000, 2000) == std::vector<Index>{2000});
  CHECK(sizes(1000, 2020) == std::vector<Index>{1000, 510, 510});
  CHECK(sizes(1000, 2995) == std::vector<Index>{1000, 1000, 1000});  // whole episodes
  // An iteration that samples on when the budget is used up gets an episode.
  TrialSampler sampler(climb(1e9, 10), Rng(1), {.budget_steps = 100});
  sampler.collect(Noise(), 1000);
  CHECK(n_steps(sampler.collect(Noise(), 1000)) == 10);
}

TEST_CASE("only the sampler cuts at the horizon", "[sampler]") {
  TrialSampler sampler(climb(1e9, 7), Rng(1));
  for (const Episode& e : sampler.collect(Noise(), 70)) {
    CHECK(e.length() == 7);
    CHECK_FALSE(e.terminated);
  }
  for (const std::uint8_t ending : sampler.take_log().episodes.endings) CHECK(ending == 0);
}

TEST_CASE("the number of threads changes no bit of any verb", "[sampler]") {
  const auto play = [](int threads) {
    const Threads guard(threads);
    TrialSampler sampler(climb(6, 40), Rng(7));
    sampler.begin_iteration(3);
    Batch batch = sampler.collect(Noise(), 2000);
    const MatrixF thetas = MatrixF::Random(1, 33);
    const Evaluation evaluation = sampler.evaluate(Noise(), thetas, 2, 0.9);
    const SegmentBatch segments = sampler.collect_segments(Noise(), 12, 50);
    return std::tuple(std::move(batch), evaluation.returns, evaluation.discounted_returns,
                      segments.observations, segments.actions, segments.bootstrap_columns,
                      sampler.take_log().episodes.returns);
  };
  std::srand(5);  // MatrixF::Random
  const auto one = play(1);
  for (const int threads : {2, 3, 8}) {
    std::srand(5);
    const auto many = play(threads);
    CHECK(equal(std::get<0>(one), std::get<0>(many)));
    CHECK(std::get<1>(one) == std::get<1>(many));
    CHECK(std::get<2>(one) == std::get<2>(many));
    CHECK(std::get<3>(one) == std::get<3>(many));
    CHECK(std::get<4>(one) == std::get<4>(many));
    CHECK(std::get<5>(one) == std::get<5>(many));
    CHECK(std::get<6>(one) == std::get<6>(many));
  }
}

TEST_CASE("episodes that differ much in length change hands and no bit", "[sampler]") {
  const auto play = [](int threads) {
    const Threads guard(threads);
    TrialSampler sampler(uneven(false), Rng(11));
    std::vector<Batch> batches;
    for (int k = 0; k < 5; ++k) batches.push_back(sampler.collect(Noise(), 3000));
    return batches;
  };
  const std::vector<Batch> one = play(1);
  for (const int threads : {2, 3, 8}) {
    const std::vector<Batch> many = play(threads);
    for (std::size_t k = 0; k < one.size(); ++k) CHECK(equal(one[k], many[k]));
  }
}

TEST_CASE("of several failures the same is told on any number of threads", "[sampler]") {
  const auto failure = [](int threads) -> std::string {
    const Threads guard(threads);
    TrialSampler sampler(uneven(true), Rng(11));
    try {
      sampler.collect(Noise(), 20000);
    } catch (const TrialError& error) {
      return error.what();
    }
    return "none";
  };
  const std::string one = failure(1);
  CHECK_THAT(one, Catch::StartsWith("failed after"));
  for (const int threads : {2, 3, 8}) CHECK(failure(threads) == one);
}

TEST_CASE("iterations and calls draw from different streams, a repeated one from the same",
          "[sampler]") {
  TrialSampler sampler(climb(6, 40), Rng(7));
  sampler.begin_iteration(0);
  const Batch a = sampler.collect(Noise(), 200), b = sampler.collect(Noise(), 200);
  sampler.begin_iteration(1);
  const Batch c = sampler.collect(Noise(), 200);
  sampler.begin_iteration(0);
  CHECK_FALSE(equal(a, b));
  CHECK_FALSE(equal(a, c));
  CHECK(equal(a, sampler.collect(Noise(), 200)));
}

TEST_CASE("evaluate scores each column by its own parameters", "[sampler]") {
  // Without noise to speak of: x grows by theta + 0.1 a step.
  TrialSampler sampler(climb(1e9, 4), Rng(1));
  MatrixF thetas(1, 2);
  thetas << 1, 3;
  const Evaluation e = sampler.evaluate(Noise(), thetas, 50, 0.5);
  // Sum over t = 1..4 of (x0 + t g) with E[x0] = 1/2 and g = theta + 0.1.
  CHECK(e.returns(0) == Approx(2 + 10 * 1.1).epsilon(0.02));
  CHECK(e.returns(1) == Approx(2 + 10 * 3.1).epsilon(0.02));
  // Weights 1, 1/2, 1/4, 1/8: 1.875 x0 + g (1 + 2/2 + 3/4 + 4/8).
  CHECK(e.discounted_returns(0) == Approx(0.5 * 1.875 + 3.25 * 1.1).epsilon(0.02));
  CHECK(e.steps == 2 * 50 * 4);
  CHECK(sampler.total_steps() == 400);
  CHECK(sampler.take_log().episodes.returns.size() == 100);
}

TEST_CASE("segments go on where the last call stopped", "[sampler]") {
  TrialSampler sampler(climb(1e9, 30), Rng(1));
  const Noise policy;
  const SegmentBatch first = sampler.collect_segments(policy, 3, 20);
  const SegmentBatch second = sampler.collect_segments(policy, 3, 20);
  for (Index slot = 0; slot < 3; ++slot) {
    CHECK(first.observations(1, slot * 20) == 0);
    CHECK(second.observations(1, slot * 20) == 20);
    CHECK(second.truncated[std::size_t(slot * 20 + 9)] == 1);  // step 30 of the episode
    CHECK(second.observations(1, slot * 20 + 10) == 0);        // the next episode
  }
  // One bootstrap state after each cut and one after each segment, as the environment gave them.
  CHECK(first.bootstrap_columns == std::vector<Index>{19, 39, 59});
  CHECK(second.bootstrap_columns == std::vector<Index>{9, 19, 29, 39, 49, 59});
  CHECK(first.bootstrap_observations(1, 0) == 20);
  CHECK(second.bootstrap_observations(1, 0) == 30);
  CHECK(second.bootstrap_observations(1, 1) == 10);
  CHECK(sampler.take_log().episodes.lengths == std::vector<std::int32_t>{30, 30, 30});
}

TEST_CASE("a terminated segment needs no bootstrap state", "[sampler]") {
  TrialSampler sampler(climb(3, 1000), Rng(1));
  const SegmentBatch& s = sampler.collect_segments(Noise(1), 2, 40);
  for (std::size_t column = 0; column < 80; ++column) {
    const bool listed = std::count(s.bootstrap_columns.begin(), s.bootstrap_columns.end(),
                                   static_cast<Index>(column)) > 0;
    CHECK(listed == (column % 40 == 39 && s.terminated[column] == 0));
  }
}

TEST_CASE("the walk keeps the state in which an episode ended", "[sampler]") {
  TrialSampler sampler(climb(2, 1000), Rng(1));
  Walk& walk = sampler.walk();
  CHECK(walk.at_start());
  const VectorF action = VectorF::Constant(1, 0.4F);
  for (int t = 0; t < 20; ++t) {
    const VectorF before = walk.observation();
    const Step step = walk.step(action);
    CHECK(walk.next_observation()(0) == Approx(before(0) + 0.5));
    CHECK(step.reward == Approx(walk.next_observation()(0)));
    CHECK(step.terminated == (walk.next_observation()(0) >= 2));
    CHECK(walk.at_start() == step.terminated);
    if (!step.terminated) CHECK(walk.observation() == walk.next_observation());
  }
  CHECK(sampler.total_steps() == 20);
}

TEST_CASE("a restored sampler goes on bit for bit", "[sampler]") {
  const auto first_half = [](TrialSampler& sampler) {
    sampler.begin_iteration(0);
    sampler.collect_segments(Noise(), 4, 25);
    for (int t = 0; t < 33; ++t) sampler.walk().step(VectorF::Constant(1, 0.1F));
    sampler.take_log();
  };
  const auto second_half = [](TrialSampler& sampler) {
    sampler.begin_iteration(1);
    MatrixF observations = sampler.collect_segments(Noise(), 4, 25).observations;
    std::vector<double> rewards;
    for (int t = 0; t < 50; ++t)
      rewards.push_back(sampler.walk().step(VectorF::Constant(1, 0.1F)).reward);
    return std::tuple(observations, rewards, sampler.take_log().episodes.returns,
                      sampler.total_steps());
  };
  TrialSampler one(climb(8, 60), Rng(3));
  first_half(one);
  MemoryArchive saved;
  one.state(saved);
  TrialSampler two(climb(8, 60), Rng(3));
  MemoryArchive restored(saved.content());
  two.state(restored);
  CHECK(second_half(one) == second_half(two));
}

TEST_CASE("an unstable step ends the episode, is counted and not used", "[sampler]") {
  TrialSampler sampler(unstable(), Rng(1));
  const Batch batch = sampler.collect(Noise(), 40);
  for (const Episode& e : batch) {
    CHECK(e.length() == 3);
    CHECK_FALSE(e.terminated);
    CHECK(e.unstable);
    CHECK(e.observations.allFinite());
    CHECK(e.total_reward() == 3);
  }
  for (const std::uint8_t ending : sampler.take_log().episodes.endings) CHECK(ending == 2);
}

TEST_CASE("an unstable step in a segment is marked, and the observation before it stays",
          "[sampler]") {
  TrialSampler sampler(unstable(), Rng(1));
  const SegmentBatch& s = sampler.collect_segments(Noise(), 2, 10);
  for (Index column = 0; column < 20; ++column) {
    const bool broke = column % 10 % 4 == 3;
    CHECK(s.unstable[std::size_t(column)] == (broke ? 1 : 0));
    CHECK(s.truncated[std::size_t(column)] == (broke ? 1 : 0));
    CHECK(s.rewards(column) == (broke ? 0 : 1));
    CHECK(s.observations(0, column) == static_cast<float>(column % 10 % 4));
  }
  CHECK(s.bootstrap_columns == std::vector<Index>{3, 7, 9, 13, 17, 19});
  CHECK(s.bootstrap_observations == MatrixF{{3, 3, 2, 3, 3, 2}});
  for (const std::uint8_t ending : sampler.take_log().episodes.endings) CHECK(ending == 2);
}

TEST_CASE("an unstable step of the walk is marked, and the observation before it stays",
          "[sampler]") {
  TrialSampler sampler(unstable(), Rng(1));
  Walk& walk = sampler.walk();
  for (int t = 0; t < 12; ++t) {
    CHECK(walk.observation()(0) == static_cast<float>(t % 4));
    const Step step = walk.step(VectorF::Zero(1));
    CHECK(step.unstable == (t % 4 == 3));
    CHECK(step.truncated == step.unstable);
    CHECK(step.reward == (step.unstable ? 0 : 1));
    CHECK(walk.next_observation()(0) == static_cast<float>(step.unstable ? 3 : t % 4 + 1));
    CHECK(walk.at_start() == step.unstable);
  }
  CHECK(sampler.take_log().episodes.endings == std::vector<std::uint8_t>{2, 2, 2});
}

TEST_CASE("with a declared penalty a breakdown is an end of the task that costs it", "[sampler]") {
  TrialSampler sampler(unstable(), Rng(1), {.unstable_penalty = 7});
  for (const Episode& e : sampler.collect(Noise(), 40)) {
    CHECK(e.length() == 4);
    CHECK(e.terminated);
    CHECK_FALSE(e.unstable);
    CHECK(e.rewards(3) == -7);
    CHECK(e.final_state()(0) == 3);
  }
  const SegmentBatch& s = sampler.collect_segments(Noise(), 1, 4);
  CHECK(s.terminated[3] == 1);
  CHECK(s.unstable[3] == 0);
  CHECK(s.rewards(3) == -7);
  const Evaluation evaluation = sampler.evaluate(Noise(), MatrixF::Zero(1, 2), 1, 1);
  CHECK(evaluation.n_failed() == 0);
  CHECK(evaluation.returns == Vector::Constant(2, 3 - 7));
  for (int t = 0; t < 3; ++t) sampler.walk().step(VectorF::Zero(1));
  const Step last = sampler.walk().step(VectorF::Zero(1));
  CHECK(last.terminated);
  CHECK(last.reward == -7);
  const EpisodeLog log = sampler.take_log().episodes;
  for (const std::uint8_t ending : log.endings) CHECK(ending == 2);
  for (const double total : log.returns) CHECK(total == 3 - 7);
}

TEST_CASE("a candidate without a score ranks last and ends nothing", "[sampler]") {
  TrialSampler sampler(fragile(), Rng(1));
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  // Fine, a reward that is no number, an action that is none, a breakdown, fine.
  const Evaluation e = sampler.evaluate(Noise(), MatrixF{{-0.5F, 1.5F, kNaN, 2.5F, 0.5F}}, 2, 0.9);
  CHECK(e.failed == std::vector<std::uint8_t>{0, 1, 1, 1, 0});
  CHECK(e.n_failed() == 3);
  CHECK(e.returns(0) < 0);
  CHECK(e.returns(4) > 0);
  for (const Index failed : {1, 2, 3}) {
    CHECK(e.returns(failed) == e.returns(0));
    CHECK(e.discounted_returns(failed) == e.discounted_returns(0));
  }
  CHECK(e.steps == 2 * 5 + 1 + 0 + 1 + 2 * 5);
  CHECK(sampler.take_log().episodes.endings == std::vector<std::uint8_t>{0, 0, 2, 2, 2, 0, 0});
  const Evaluation none = sampler.evaluate(Noise(), MatrixF{{1.5F, kNaN}}, 1, 1);
  CHECK(none.returns == Vector::Constant(2, -std::numeric_limits<double>::infinity()));
}

TEST_CASE("a horizon without end takes no memory", "[sampler]") {
  TrialSampler sampler(climb(1e18, 1'000'000'000'000), Rng(1));
  sampler.walk().step(VectorF::Zero(1));
  sampler.collect_segments(Noise(), 2, 30'000);
  CHECK(sampler.total_steps() == 60'001);
}

TEST_CASE("stored episodes with the memory of another policy are refused", "[sampler]") {
  class Remembering final : public Policy {
   public:
    [[nodiscard]] std::unique_ptr<Policy> clone() const override {
      return std::make_unique<Remembering>();
    }
    [[nodiscard]] const VectorF& params() const override { return params_; }
    void set_params(VectorFIn) override {}
    [[nodiscard]] Index memory_size() const override { return 3; }
    void act(const ActInput& in, MatrixFOut actions, Workspace&) const override {
      MatrixFOut memory = in.memory;
      memory.array() += 1;
      actions.setZero();
    }

   private:
    VectorF params_;
  };
  TrialSampler one(climb(1e9, 30), Rng(1)), two(climb(1e9, 30), Rng(1));
  one.collect_segments(Remembering(), 2, 5);
  MemoryArchive saved;
  one.state(saved);
  MemoryArchive restored(saved.content());
  two.state(restored);
  two.check_memory(Remembering());
  CHECK_THROWS_WITH(
      two.check_memory(Noise()),
      "the stored memory of the running episodes is 3 x 2, but the policy's is 0 x 2");
}

TEST_CASE("a non-finite action is named", "[sampler]") {
  TrialSampler sampler(climb(8, 60), Rng(3));
  CHECK_THROWS_WITH(sampler.collect(Noise(std::numeric_limits<float>::quiet_NaN()), 10),
                    "the policy chose a non-finite action at step 0 of an episode");
}

TEST_CASE("evaluate knows the moments of what a normalising policy acted on", "[sampler]") {
  GaussianMlp::Params params;
  params.hidden = {4};
  params.normalize_observations = GENERATE(true, false);
  const auto evaluate = [&](int n_threads) {
    const Threads threads(n_threads);
    TrialSampler sampler(climb(4, 30), Rng(1));
    const GaussianMlp policy(params, sampler.spec(), Rng(2));
    MatrixF thetas = policy.params().replicate(1, 9);
    thetas.row(0) = VectorF::LinSpaced(9, -1, 1);
    return sampler.evaluate(policy, thetas, 3, 1);
  };
  const Evaluation one = evaluate(1), four = evaluate(4);
  if (!params.normalize_observations) {
    CHECK(one.observations.count == 0);
    return;
  }
  CHECK(one.observations.count == static_cast<double>(one.steps));
  CHECK(four.observations.mean == one.observations.mean);
  CHECK(four.observations.variance == one.observations.variance);
  // The second entry counts the steps of an episode from 0: what was acted on, and not the end.
  CHECK(one.observations.mean(0) < 4);
  CHECK(one.observations.mean(1) ==
        Approx((static_cast<double>(one.steps) / 27 - 1) / 2).margin(1.5));
}

TEST_CASE("tasks that run elsewhere do so at the same time, and nothing else changes",
          "[sampler]") {
  const EnvFactory here = climb(3, 10);
  const EnvFactory elsewhere = [] { return std::make_unique<Elsewhere>(3, 10); };
  const Noise policy(0.1F);
  const MatrixF thetas = MatrixF::Random(1, 7);
  TrialSampler one(here, Rng(3)), two(elsewhere, Rng(3));
  const auto at_the_same_time = [] { return std::exchange(Elsewhere::most_begun, 0); };

  CHECK(equal(one.collect(policy, 100), two.collect(policy, 100)));
  CHECK(at_the_same_time() == 5);
  for (int i = 0; i < 2; ++i) {
    const SegmentBatch &a = one.collect_segments(policy, 8, 7),
                       &b = two.collect_segments(policy, 8, 7);
    CHECK(a.observations == b.observations);
    CHECK(a.rewards == b.rewards);
    CHECK(a.bootstrap_observations == b.bootstrap_observations);
  }
  CHECK(at_the_same_time() == 8);
  const Evaluation a = one.evaluate(policy, thetas, 3, 0.9),
                   b = two.evaluate(policy, thetas, 3, 0.9);
  CHECK(a.returns == b.returns);
  CHECK(a.discounted_returns == b.discounted_returns);
  CHECK(a.steps == b.steps);
  CHECK(at_the_same_time() == 5);
  for (int t = 0; t < 30; ++t) {
    const MatrixF actions = MatrixF::Random(1, 3);
    one.walks(3).step(actions);
    two.walks(3).step(actions);
    CHECK(one.walks(3).observations() == two.walks(3).observations());
  }
  CHECK(at_the_same_time() == 3);
}

TEST_CASE("what a task cuts off itself is truncated", "[sampler]") {
  // Climb, given up after three steps.
  class GivesUp final : public Env {
   public:
    [[nodiscard]] const EnvSpec& spec() const override { return task_.spec(); }
    void reset(Rng rng, VectorFOut observation) override {
      t_ = 0;
      task_.reset(rng, observation);
    }
    Transition step(VectorFIn action, VectorFOut observation) override {
      Transition transition = task_.step(action, observation);
      transition.truncated = ++t_ == 3;
      return transition;
    }

   private:
    toys::Climb task_{100, 10};
    int t_ = 0;
  };
  TrialSampler sampler([] { return std::make_unique<GivesUp>(); }, Rng(1));
  for (const Episode& episode : sampler.collect(Noise(), 20)) {
    CHECK(episode.length() == 3);
    CHECK_FALSE(episode.terminated);
  }
  Walk& walk = sampler.walk();
  for (int t = 1; t <= 6; ++t) {
    const Step step = walk.step(VectorF::Zero(1));
    CHECK(step.truncated == (t % 3 == 0));
    CHECK_FALSE(step.terminated);
    CHECK(walk.at_start() == (t % 3 == 0));
  }
}
