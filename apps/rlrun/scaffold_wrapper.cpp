#include "scaffold.hpp"

namespace rlrun::commands {
namespace {

constexpr const char* kSource =
    R"text(// @name@: sensors that fail now and then, to start from.
//
// Each entry of an observation is replaced by zero with some probability, at each step anew.

#include <memory>
#include <utility>

#include "rlrun/plugin.hpp"

namespace rlrun::plugins {

class @Class@Wrapper final : public EnvWrapper {
 public:
  struct Params {
    double probability = 0.1;

    void fields(Fields& f) {
      f("probability", probability, "Of a failure of each sensor at each step.", between(0, 1));
    }
  };

  // Throws for tasks that do not fit, with what would; says in what this task differs.
  @Class@Wrapper(const Params& params, std::unique_ptr<Env> env)
      : EnvWrapper(std::move(env)), p_(params) {
    const Box* seen = std::get_if<Box>(&inner_spec().observation);
    if (seen == nullptr)
      throw UserError("@name@ fits tasks whose observations are numbers (Box)");
    Box with_zero = *seen;
    with_zero.low = with_zero.low.cwiseMin(0);
    with_zero.high = with_zero.high.cwiseMax(0);
    own_spec().observation = std::move(with_zero);
  }

 private:
  // An episode begins. Its stream is the task's: what is drawn here comes from a fork of it.
  void on_reset(const Rng& rng, VectorFIn first, VectorFOut observation) override {
    failures_ = rng.fork("@name@");
    blur(first, observation);
  }
  void on_step(Transition& /*transition*/, VectorFIn next, VectorFOut observation) override {
    blur(next, observation);
  }
  void blur(VectorFIn truth, VectorFOut observation) {
    for (Index i = 0; i < truth.size(); ++i)
      observation(i) = failures_.uniform() < p_.probability ? 0 : truth(i);
  }

  Params p_;
  Rng failures_{0};
};

inline void register_@name@(Registry& registry) {
  registry.add(wrapper<@Class@Wrapper>("@name@", "Sensors that fail now and then.", "none"));
}

}  // namespace rlrun::plugins

RLRUN_PLUGIN("@name@", "0.1.0", "wrapper:@name@", rlrun::plugins::register_@name@)
)text";

constexpr const char* kExperiment = R"({
  "format": 1,
  "title": "A first look at @name@",
  "seeds": [1, 2, 3],
  "budget": {"iterations": 60},
  "envs": [
    "cartpole_balancing",
    {"name": "cartpole_balancing", "with": [{"name": "@name@", "params": {"probability": 0.2}}]}
  ],
  "algorithms": [
    {"name": "trpo", "params": {"batch_steps": 5000, "max_kl": 0.05},
     "policy": {"params": {"hidden": [32]}}}
  ]
}
)";

constexpr const char* kReadme = R"(# @name@

A wrapper around tasks for rlrun. As it stands sensors fail now and then; replace it by your own.

    cmake -S . -B build -DCMAKE_PREFIX_PATH=PREFIX    # where rlrun is installed, or its build folder
    cmake --build build
    export RLRUN_PLUGIN_PATH=$PWD/build/lib/rlrun/plugins
    rlrun list                                        # shows @name@
    rlrun check @name@                                # keep this green first
    rlrun describe cartpole_balancing --with @name@
    rlrun sweep @name@.json && rlrun table results/@name@

1. Say in the constructor which tasks fit, and change `own_spec()` where this task differs.
2. Write the hooks that you need: `on_reset`, `on_action` (what the task is to do), `on_step` (what
   is seen and earned). The others leave things as they are.
3. Draw from a fork of the episode's stream by your own name, so that with and without the wrapper
   episodes start in the same states. Let nothing of an episode survive `on_reset`.
4. Declare what may be changed once in `Params`: name, default, sentence, range.
5. One that takes several steps for one overrides `step`, and `split_step` and `bare_engine` with it.

Source: .

Deviations: .

Status: .
)";

}  // namespace

std::vector<ScaffoldFile> wrapper_scaffold() {
  return plugin_files(kSource, "envs", kExperiment, kReadme);
}

}  // namespace rlrun::commands
