#include "scaffold.hpp"

namespace rlrun::commands {
namespace {

constexpr const char* kSource =
    R"(// @name@: a pendulum to swing up with a weak motor, to start from.
//
// A uniform rod of mass 1 kg and length 1 m hangs on its end; the angle is zero where it stands
// upright. Equation of motion: theta'' = 3 g / (2 l) sin(theta) + 3 / (m l^2) torque.

#include <algorithm>
#include <cmath>
#include <numbers>

#include "rlrun/plugin.hpp"

namespace rlrun::plugins {

class @Class@Env final : public Env {
 public:
  struct Params {
    std::int64_t horizon = 200;
    double torque_limit = 2;
    double gravity = 10;

    void fields(Fields& f) {
      f("horizon", horizon, "Steps after which an episode is cut off.", at_least(1));
      f("torque_limit", torque_limit, "Largest torque, in newton metres.", more_than(0));
      f("gravity", gravity, "Acceleration of gravity, in metres per second squared.", at_least(0));
    }
  };

  explicit @Class@Env(const Params& params) : p_(params) {
    const auto limit = static_cast<float>(p_.torque_limit);
    spec_.observation = unbounded(3);
    spec_.action = box(1, -limit, limit);
    spec_.horizon = p_.horizon;
  }

  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }

  void reset(Rng rng, VectorFOut observation) override {
    angle_ = rng.uniform(-std::numbers::pi, std::numbers::pi);
    speed_ = rng.uniform(-1, 1);
    observe(observation);
  }

  // A twentieth of a second: the speed first and then the angle with it (symplectic Euler).
  Transition step(VectorFIn action, VectorFOut observation) override {
    constexpr double kTimeStep = 0.05, kMass = 1, kLength = 1, kSpeedLimit = 8;
    const double torque = std::clamp(double{action(0)}, -p_.torque_limit, p_.torque_limit);
    const double cost = angle_ * angle_ + 0.1 * speed_ * speed_ + 0.001 * torque * torque;

    const double acceleration = 3 * p_.gravity / (2 * kLength) * std::sin(angle_) +
                                3 / (kMass * kLength * kLength) * torque;
    speed_ = std::clamp(speed_ + kTimeStep * acceleration, -kSpeedLimit, kSpeedLimit);
    angle_ = std::remainder(angle_ + kTimeStep * speed_, 2 * std::numbers::pi);
    observe(observation);
    return {.reward = -cost};
  }

 private:
  void observe(VectorFOut observation) const {
    observation << static_cast<float>(std::cos(angle_)), static_cast<float>(std::sin(angle_)),
        static_cast<float>(speed_);
  }

  Params p_;
  EnvSpec spec_;
  double angle_ = 0;  // radians, in [-pi, pi]
  double speed_ = 0;  // radians per second
};

inline void register_@name@(Registry& registry) {
  registry.add(env<@Class@Env>("@name@", "Swing up a pendulum with a weak motor.", "textbook"));
}

}  // namespace rlrun::plugins

RLRUN_PLUGIN("@name@", "0.1.0", "env:@name@", rlrun::plugins::register_@name@)
)";

constexpr const char* kExperiment = R"({
  "format": 1,
  "title": "A first look at @name@",
  "seeds": [1, 2, 3],
  "budget": {"iterations": 60},
  "envs": ["@name@"],
  "algorithms": [
    {
      "name": "trpo",
      "params": {"batch_steps": 5000, "max_kl": 0.05},
      "policy": {"params": {"hidden": [32]}}
    },
    {"name": "random", "params": {"batch_steps": 5000}}
  ]
}
)";

constexpr const char* kReadme = R"(# @name@

A task for rlrun. As it stands it is a pendulum that is to be swung up; replace it by your own.

    cmake -S . -B build -DCMAKE_PREFIX_PATH=PREFIX    # where rlrun is installed, or its build folder
    cmake --build build
    export RLRUN_PLUGIN_PATH=$PWD/build/lib/rlrun/plugins
    rlrun list                                        # shows @name@
    rlrun check @name@                                # keep this green first
    rlrun sweep @name@.json && rlrun table results/@name@

1. `reset` starts an episode. Its stream is the only source of chance until the next reset, and no
   episode may depend on what the instance was used for before.
2. `step` returns the reward and whether the task ended (`terminated`). Time limits are the
   runner's business: say the horizon in the spec. Clip actions to your box.
3. Declare what may be changed once in `Params`: name, default, sentence, range.
4. What several instances can share (a compiled model) goes into
   `static std::shared_ptr<const Model> load(const Params&)`; the constructor then gets it second.
5. To be drawn, derive from `Renderable` too; to be put into a state (`rlrun replay`), from
   `StateAccess`.

Source: .

Deviations: .

Status: .
)";

}  // namespace

std::vector<ScaffoldFile> env_scaffold() {
  return plugin_files(kSource, "envs", kExperiment, kReadme);
}

}  // namespace rlrun::commands
