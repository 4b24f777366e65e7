// The environment contract itself: a good environment passes, and each fault is found.

#include "check/env_check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

#include <catch2/catch.hpp>

using namespace rlrun;

namespace {

enum class Fault {
  kNone,
  kHorizon,
  kBoundsSwapped,
  kShape,
  kNotWritten,
  kOutside,
  kReward,
  kStrayWrite,
  kRemembers,
  kShared,
  kThread,
  kNoChance,
  kNoClipping,
  kThrows,
  kStateSize,
  kStateForgets,
  kHiddenState,
  kExact,
  kShortPicture,
  kDrawingActs
};

// A random walk on [-5, 5] that ends at the borders.
class RandomWalk final : public Env, public StateAccess, public Renderable {
 public:
  explicit RandomWalk(Fault fault) : fault_(fault), home_(std::this_thread::get_id()) {
    spec_ = {.observation = box(2, -6, 6), .action = box(1, -1, 1), .horizon = 40};
    if (fault == Fault::kHorizon) spec_.horizon = 0;
    if (fault == Fault::kBoundsSwapped) spec_.action = box(1, 1, -1);
    if (fault == Fault::kShape) std::get<Box>(spec_.observation).shape = {3, 1};
    if (fault == Fault::kOutside) spec_.observation = box(2, -0.5, 0.5);
  }

  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }

  void reset(Rng rng, VectorFOut observation) override {
    rng_ = fault_ == Fault::kNoChance ? Rng(1) : rng;
    if (fault_ != Fault::kRemembers) x_ = 0;
    x_ += 0.1 * rng_.uniform();
    if (fault_ == Fault::kThread && std::this_thread::get_id() != home_) x_ += 0.01;
    hidden_ = 0;
    write(observation);
  }

  Transition step(VectorFIn action, VectorFOut observation) override {
    if (fault_ == Fault::kThrows) throw std::runtime_error("out of order");
    double a = action(0);
    if (fault_ != Fault::kNoClipping) a = std::clamp(a, -1.0, 1.0);
    if (fault_ == Fault::kShared) a += 0.001 * (calls++ % 2);
    x_ = std::clamp(x_ + a + hidden_, -5.5, 5.5);
    if (fault_ == Fault::kHiddenState) hidden_ += 0.01;
    write(observation);
    const double reward =
        fault_ == Fault::kReward && x_ > 2 ? std::numeric_limits<double>::quiet_NaN() : x_;
    return {.reward = reward, .terminated = std::abs(x_) > 5};
  }

  [[nodiscard]] std::vector<Field> state_fields() const override {
    return {{"x", fault_ == Fault::kStateSize ? 2 : 1}};
  }
  void set_state(const std::vector<Vector>& values, VectorFOut observation) override {
    x_ = fault_ == Fault::kStateForgets ? 0 : values[0](0);
    if (fault_ != Fault::kHiddenState) hidden_ = 0;
    write(observation);
  }
  [[nodiscard]] std::vector<Vector> get_state() const override { return {Vector::Constant(1, x_)}; }
  void observe(VectorOut observation) const override {
    observation << x_, (fault_ == Fault::kExact ? 1 : x_ / 2);
  }

  void render(Frame& frame) override {
    const int rows = fault_ == Fault::kShortPicture ? frame.height - 1 : frame.height;
    frame.rgb.assign(static_cast<std::size_t>(3 * frame.width * rows), 7);
    if (fault_ == Fault::kDrawingActs) x_ += 0.001;
  }
  [[nodiscard]] double seconds_per_step() const override { return 0.1; }

  static inline int calls = 0;

 private:
  void write(VectorFOut observation) {
    observation(0) = static_cast<float>(x_);
    if (fault_ != Fault::kNotWritten) observation(1) = static_cast<float>(x_ / 2);
    if (fault_ == Fault::kStrayWrite) *(observation.data() + observation.size()) = 1;
  }

  Fault fault_;
  std::thread::id home_;
  EnvSpec spec_;
  Rng rng_;
  double x_ = 0, hidden_ = 0;
};

EnvCheck checked(Fault fault) {
  RandomWalk::calls = 0;
  return check_env([fault] { return std::make_unique<RandomWalk>(fault); }, 301);
}
std::vector<std::string> violations(Fault fault) {
  return checked(fault).violations;
}

bool found(Fault fault, const std::string& words) {
  const auto list = violations(fault);
  return std::any_of(list.begin(), list.end(),
                     [&](const std::string& v) { return v.find(words) != std::string::npos; });
}

}  // namespace

TEST_CASE("an environment that keeps the contract has no violations", "[env]") {
  CHECK(violations(Fault::kNone).empty());
  CHECK(checked(Fault::kNone).notes.empty());
  CHECK(check_rendering([] { return std::make_unique<RandomWalk>(Fault::kNone); }, 100).empty());
}

TEST_CASE("each fault of an environment is found and named", "[env]") {
  CHECK(found(Fault::kHorizon, "the horizon is 0"));
  CHECK(found(Fault::kBoundsSwapped, "lower bound of the action box"));
  CHECK(found(Fault::kShape, "the shape of the observation box holds 3 numbers, the box 2"));
  CHECK(found(Fault::kNotWritten, "not written"));
  CHECK(found(Fault::kStrayWrite, "beside the observation"));
  CHECK(found(Fault::kOutside, "outside the observation space"));
  CHECK(found(Fault::kReward, "a reward is not finite"));
  CHECK(found(Fault::kRemembers, "used before"));
  CHECK(found(Fault::kShared, "another one is in use"));
  CHECK(found(Fault::kThread, "another thread"));
  CHECK(found(Fault::kNoClipping, "outside its box"));
  CHECK(found(Fault::kThrows, "the environment throws: out of order"));
  CHECK(found(Fault::kStateSize, "fields and sizes"));
  CHECK(found(Fault::kStateForgets, "read back"));
  CHECK(found(Fault::kHiddenState, "same state go on differently"));
  CHECK(found(Fault::kExact, "exact observation"));
}

TEST_CASE("a deterministic task is noted and no fault", "[env]") {
  const EnvCheck result = checked(Fault::kNoChance);
  CHECK(result.violations.empty());
  CHECK(result.notes == std::vector<std::string>{
                            "8 streams give the same episode: the task is deterministic, or does "
                            "not use its stream"});
}

TEST_CASE("faults of drawing are found", "[env]") {
  const auto check = [](Fault fault) {
    return check_rendering([fault] { return std::make_unique<RandomWalk>(fault); }, 100);
  };
  CHECK(check(Fault::kShortPicture).size() == 1);
  CHECK(check(Fault::kDrawingActs).size() == 1);
}
