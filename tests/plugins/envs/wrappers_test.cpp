// What each wrapper does, on a task whose every number is known.

#include "wrappers.hpp"

#include <cmath>
#include <limits>
#include <set>

#include <catch2/catch.hpp>

#include "contracts/env_contract.hpp"
#include "contracts/toy_envs.hpp"

using namespace rlrun;
using namespace rlrun::wrappers;
using Catch::Contains;

namespace {

// Observation: steps so far, a number that the stream decides, the action that was done. The reward
// is the number of the step; the task ends after the sixth.
class Known final : public Env, public StateAccess, public SplitStep {
 public:
  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng rng, VectorFOut observation) override {
    drawn_ = static_cast<float>(rng.uniform());
    steps_ = 0;
    observation << 0, drawn_, 0;
  }
  Transition step(VectorFIn action, VectorFOut observation) override {
    begin_step(action);
    return end_step(observation);
  }
  void begin_step(VectorFIn action) override { done_ = action(0); }
  Transition end_step(VectorFOut observation) override {
    ++steps_;
    observation << static_cast<float>(steps_), drawn_, done_;
    return {.reward = static_cast<double>(steps_), .terminated = steps_ == 6};
  }
  [[nodiscard]] std::vector<Field> state_fields() const override { return {}; }
  void set_state(const std::vector<Vector>&, VectorFOut) override {}
  [[nodiscard]] std::vector<Vector> get_state() const override { return {}; }
  void observe(VectorOut) const override {}

 private:
  EnvSpec spec_{unbounded(3), box(1, -1, 3), 8, false, {1}};
  Index steps_ = 0;
  float drawn_ = 0, done_ = 0;
};

// One whose gravity, say, can be set; the observation is what it is.
class Varied final : public Env, public ModelAccess {
 public:
  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng rng, VectorFOut observation) override {
    start_ = rng.uniform();
    show(observation);
  }
  Transition step(VectorFIn /*action*/, VectorFOut observation) override {
    show(observation);
    return {};
  }
  [[nodiscard]] std::vector<Quantity> quantities() const override {
    return {{"gravity", 2, 3}, {"mass", -1, 0}};
  }
  void set_quantities(VectorIn values) override { values_ = values; }

 private:
  void show(VectorFOut observation) const {
    observation << static_cast<float>(start_), values_.cast<float>();
  }
  EnvSpec spec_{unbounded(3), box(1, -1, 1), 10};
  Vector values_ = Vector::Zero(2);
  double start_ = 0;
};

template <class Wrapper, class Inner = Known>
std::unique_ptr<Env> around(const typename Wrapper::Params& params = {}) {
  return std::make_unique<Wrapper>(params, std::make_unique<Inner>());
}

VectorF started(Env& env, const Rng& stream = Rng(5)) {
  VectorF observation(env.spec().obs_dim());
  env.reset(stream, observation);
  return observation;
}

struct Stepped {
  VectorF observation;
  Transition transition;
};
Stepped stepped(Env& env, float action = 0) {
  Stepped result{VectorF(env.spec().obs_dim()), {}};
  result.transition =
      env.step(VectorF::Constant(env.spec().action_dim(), action), result.observation);
  return result;
}

float drawn(const Rng& stream = Rng(5)) {
  Rng copy = stream;
  return static_cast<float>(copy.uniform());
}

template <class Work>
std::string refusal(const Work& work) {
  try {
    work();
  } catch (const UserError& error) {
    CHECK(error.code() == ExitCode::kConfig);
    return error.what();
  }
  return "none";
}

const Box& numbers(const Env& env) {
  return std::get<Box>(env.spec().observation);
}

}  // namespace

TEST_CASE("a wrapper without hooks is the task itself, also in halves", "[wrappers]") {
  class Same final : public EnvWrapper {
   public:
    explicit Same(std::unique_ptr<Env> env) : EnvWrapper(std::move(env)) {}
  };
  Known plain;
  Same same(std::make_unique<Known>());
  CHECK(same.renderable() == nullptr);
  CHECK(same.state_access() == nullptr);
  CHECK(started(same) == started(plain));
  for (int t = 0; t < 3; ++t) {
    const Stepped a = stepped(plain, 2), b = stepped(same, 2);
    CHECK(a.observation == b.observation);
    CHECK(a.transition.reward == b.transition.reward);
  }
  REQUIRE(same.split_step() != nullptr);
  VectorF observation(3);
  same.split_step()->begin_step(VectorF::Constant(1, 1));
  CHECK(same.split_step()->end_step(observation).reward == 4);
  CHECK(observation == stepped(plain, 1).observation);
  Same in_one_piece(std::make_unique<toys::Target>());
  CHECK(in_one_piece.split_step() == nullptr);
}

TEST_CASE("observation_subset shows the entries that are named, in order", "[wrappers]") {
  const auto env = around<ObservationSubset>({.entries = {2, 1}});
  CHECK(env->spec().obs_dim() == 2);
  CHECK(env->spec().positions == std::vector<Index>{1});
  CHECK(started(*env) == VectorF{{0, drawn()}});
  CHECK(stepped(*env, 2).observation == VectorF{{2, drawn()}});
  CHECK(refusal([] { around<ObservationSubset>({.entries = {}}); }) ==
        "observation_subset: 'entries' is empty; name at least one entry of the observation");
  CHECK(refusal([] { around<ObservationSubset>({.entries = {3}}); }) ==
        "observation_subset: entry 3 is beyond the observation, whose entries are 0 to 2");
  CHECK(refusal([] {
          around<ObservationSubset>({.entries = {1, 1}});
        }) == "observation_subset: entry 1 is listed twice");
  CHECK_THAT(refusal([] { around<ObservationSubset, toys::FrozenLake>(); }),
             Contains("observations are numbers (Box)"));
}

TEST_CASE("limited_sensors shows the positions that the task or the experiment names",
          "[wrappers]") {
  const auto env = around<LimitedSensors>();
  CHECK(started(*env) == VectorF{{drawn()}});
  CHECK(stepped(*env, 2).observation == VectorF{{drawn()}});
  const auto named = around<LimitedSensors>({.entries = {0, 2}});
  started(*named);
  CHECK(stepped(*named, 2).observation == VectorF{{1, 2}});
  CHECK_THAT((refusal([] { around<LimitedSensors, toys::Regulator>(); })),
             Contains("does not say which entries of its observation are positions"));
}

TEST_CASE("last_step shows the action and the reward before", "[wrappers]") {
  const auto env = around<LastStep>({.reward = true});
  CHECK(started(*env) == VectorF{{0, drawn(), 0, 0, 0}});
  CHECK(stepped(*env, 2).observation == VectorF{{1, drawn(), 2, 2, 1}});
  // Beyond the box of actions: what is shown is what its bound would do.
  CHECK(stepped(*env, 50).observation(3) == 3);
  CHECK(numbers(*env).low(3) == -1);
  CHECK(numbers(*env).high(3) == 3);
  CHECK(started(*env) == VectorF{{0, drawn(), 0, 0, 0}});

  const auto lake = around<LastStep, toys::FrozenLake>();
  REQUIRE(lake->spec().obs_dim() == 16 + 4);
  VectorF expected = VectorF::Zero(20);
  expected(0) = 1;
  CHECK(started(*lake) == expected);
  const VectorF after = stepped(*lake, 2).observation;
  CHECK(after.head(16).sum() == 1);
  CHECK(after.tail(4) == VectorF{{0, 0, 1, 0}});
}

TEST_CASE("noise_and_delay does actions later and blurs what is seen", "[wrappers]") {
  const auto late = around<NoiseAndDelay>({.std = 0, .delay = 2});
  for (int episode = 0; episode < 2; ++episode) {
    CHECK(started(*late) == VectorF{{0, drawn(), 0}});
    // The middle of [-1, 3] first.
    CHECK(stepped(*late, 2).observation(2) == 1);
    CHECK(stepped(*late, 3).observation(2) == 1);
    CHECK(stepped(*late, 0).observation(2) == 2);
    CHECK(stepped(*late, 0).observation(2) == 3);
  }
  const auto noisy = around<NoiseAndDelay>({.std = 0.5, .delay = 0});
  double sum = 0, squares = 0;
  constexpr int kEpisodes = 2000;
  for (std::uint64_t e = 0; e < kEpisodes; ++e) {
    const Rng stream = Rng(3).fork(e);
    const VectorF first = started(*noisy, stream);
    CHECK(started(*noisy, stream) == first);
    const double noise = double{first(1)} - double{drawn(stream)};
    sum += noise;
    squares += noise * noise;
    CHECK(stepped(*noisy, 2).transition.reward == 1);
  }
  CHECK(std::abs(sum / kEpisodes) < 0.05);
  CHECK(std::abs(std::sqrt(squares / kEpisodes) - 0.5) < 0.03);
  CHECK(around<NoiseAndDelay>({.std = 0, .delay = 0})->spec().obs_dim() == 3);
  CHECK_THAT((refusal([] { around<NoiseAndDelay, toys::RandomSign>(); })),
             Contains("noise_and_delay with a delay needs bounded continuous actions"));
  CHECK_THAT((refusal([] { around<NoiseAndDelay, toys::FrozenLake>(); })),
             Contains("observations are numbers (Box)"));
}

TEST_CASE("system_identification draws a model for each episode", "[wrappers]") {
  const auto env = around<SystemIdentification, Varied>();
  std::set<float> seen;
  for (std::uint64_t e = 0; e < 100; ++e) {
    const Rng stream = Rng(3).fork(e);
    const VectorF first = started(*env, stream);
    CHECK(first(0) == drawn(stream));  // the same start as without
    CHECK((first(1) >= 2 && first(1) <= 3 && first(2) >= -1 && first(2) <= 0));
    CHECK(stepped(*env).observation == first);
    seen.insert(first(1));
    CHECK(started(*around<SystemIdentification, Varied>(), stream) == first);
  }
  CHECK(seen.size() == 100);
  CHECK_THAT(refusal([] { around<SystemIdentification>(); }), Contains("this one cannot"));
}

TEST_CASE("clip_actions brings actions into their box", "[wrappers]") {
  const auto env = around<ClipActions>();
  started(*env);
  CHECK(stepped(*env, 50).observation(2) == 3);
  CHECK(stepped(*env, -50).observation(2) == -1);
  CHECK(stepped(*env, 2).observation(2) == 2);
  CHECK(std::isnan(stepped(*env, std::numeric_limits<float>::quiet_NaN()).observation(2)));
  CHECK(env->state_access() != nullptr);
  CHECK_THAT((refusal([] { around<ClipActions, toys::RandomSign>(); })),
             Contains("bounded continuous actions"));
}

TEST_CASE("action_repeat adds up what several steps earn", "[wrappers]") {
  const auto env = around<ActionRepeat>({.times = 4});
  CHECK(env->spec().horizon == 2);  // of eight
  CHECK(around<ActionRepeat>({.times = 3})->spec().horizon == 3);
  started(*env);
  const Stepped first = stepped(*env), second = stepped(*env);
  CHECK(first.transition.reward == 1 + 2 + 3 + 4);
  CHECK(first.observation(0) == 4);
  CHECK_FALSE(first.transition.terminated);
  CHECK(second.transition.reward == 5 + 6);
  CHECK(second.transition.terminated);
  CHECK(env->split_step() == nullptr);
}

TEST_CASE("frame_stack shows the last observations, the oldest first", "[wrappers]") {
  const auto env = around<FrameStack>({.depth = 3});
  const float d = drawn();
  CHECK(started(*env) == VectorF{{0, d, 0, 0, d, 0, 0, d, 0}});
  stepped(*env, 1);
  CHECK(stepped(*env, 2).observation == VectorF{{0, d, 0, 1, d, 1, 2, d, 2}});
  CHECK(env->spec().positions == std::vector<Index>{1, 4, 7});
  CHECK(started(*env) == VectorF{{0, d, 0, 0, d, 0, 0, d, 0}});
  CHECK(refusal([] { around<FrameStack>({.depth = 9}); }) ==
        "frame_stack: depth = 9 is more than an episode has steps (8)");
}

TEST_CASE("frame_stack makes pictures of more channels", "[wrappers]") {
  class Picture final : public Env {
   public:
    Picture() { spec_.observation = Box{VectorF::Zero(6), VectorF::Ones(6), {2, 3}}; }
    [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
    void reset(Rng, VectorFOut observation) override { observation.setZero(); }
    Transition step(VectorFIn, VectorFOut observation) override {
      observation.setOnes();
      return {};
    }

   private:
    EnvSpec spec_{unbounded(1), box(1, -1, 1), 10};
  };
  const auto env = around<FrameStack, Picture>({.depth = 4});
  CHECK(numbers(*env).shape == std::vector<Index>{4, 2, 3});
  CHECK(env->spec().obs_dim() == 24);
}

TEST_CASE("time_observation shows how much of the horizon has passed", "[wrappers]") {
  const auto env = around<TimeObservation>();
  CHECK(started(*env)(3) == 0);
  CHECK(stepped(*env).observation(3) == 0.125F);
  CHECK(stepped(*env).observation(3) == 0.25F);
  CHECK(started(*env)(3) == 0);
}

TEST_CASE("reward_scale multiplies rewards", "[wrappers]") {
  const auto env = around<RewardScale>({.scale = -2});
  started(*env);
  CHECK(stepped(*env).transition.reward == -2);
  CHECK(stepped(*env).transition.reward == -4);
}

TEST_CASE("sparse_reward pays late, and everything in the end", "[wrappers]") {
  const auto paid = [](std::int64_t every) {
    const auto env = around<SparseReward>({.every = every});
    std::vector<double> rewards;
    for (int episode = 0; episode < 2; ++episode) {
      rewards.clear();
      started(*env);
      for (bool over = false; !over;) {
        const Transition t = stepped(*env).transition;
        rewards.push_back(t.reward);
        over = t.ended();
      }
    }
    return rewards;
  };
  CHECK(paid(0) == std::vector<double>{0, 0, 0, 0, 0, 21});
  CHECK(paid(4) == std::vector<double>{0, 0, 0, 10, 0, 11});
}

TEST_CASE("sticky_actions do the last action again now and then", "[wrappers]") {
  const auto stuck = around<StickyActions>({.probability = 1});
  for (int episode = 0; episode < 2; ++episode) {
    started(*stuck);
    CHECK(stepped(*stuck, 2).observation(2) == 2);
    CHECK(stepped(*stuck, 3).observation(2) == 2);
  }
  const auto env = around<StickyActions>({.probability = 0.25});
  int repeated = 0;
  constexpr int kSteps = 4000;
  started(*env);
  float before = stepped(*env, 1000).observation(2);
  for (int t = 0; t < kSteps; ++t) {
    const float done = stepped(*env, static_cast<float>(t)).observation(2);
    repeated += done == before ? 1 : 0;
    CHECK((done == before || done == static_cast<float>(t)));
    before = done;
  }
  CHECK(std::abs(repeated / double{kSteps} - 0.25) < 0.03);
}

TEST_CASE("wrapped tasks keep the contract of tasks", "[wrappers]") {
  const auto check = []<class Wrapper, class Inner>(const typename Wrapper::Params& params = {}) {
    contracts::check_env([params] { return around<Wrapper, Inner>(params); }, 500);
  };
  using toys::FrozenLake;
  using toys::Regulator;
  check.operator()<ObservationSubset, Regulator>();
  check.operator()<LimitedSensors, Regulator>({.entries = {0}});
  check.operator()<LastStep, Regulator>({.reward = true});
  check.operator()<LastStep, FrozenLake>();
  check.operator()<NoiseAndDelay, Regulator>();
  check.operator()<SystemIdentification, Varied>();
  check.operator()<ClipActions, Regulator>();
  check.operator()<ActionRepeat, Regulator>({.times = 3});
  check.operator()<ActionRepeat, FrozenLake>();
  check.operator()<FrameStack, Regulator>();
  check.operator()<TimeObservation, Regulator>();
  check.operator()<RewardScale, FrozenLake>({.scale = 0.5});
  check.operator()<SparseReward, Regulator>();
  check.operator()<StickyActions, FrozenLake>();
  check.operator()<StickyActions, Regulator>();
}

TEST_CASE("wrappers stand around each other and share the initial states of the task",
          "[wrappers]") {
  auto inner = around<LastStep>();
  FrameStack env({.depth = 2}, std::make_unique<NoiseAndDelay>(
                                   NoiseAndDelay::Params{.std = 0, .delay = 1}, std::move(inner)));
  CHECK(started(env) == VectorF{{0, drawn(), 0, 0, 0, drawn(), 0, 0}});
  // The delay is outside of last_step, which sees what is done.
  CHECK(stepped(env, 3).observation.tail(4) == VectorF{{1, drawn(), 1, 1}});
  CHECK(stepped(env, 0).observation.tail(4) == VectorF{{2, drawn(), 3, 3}});
}
