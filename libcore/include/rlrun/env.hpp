#pragma once
// Tasks: what an environment is, and what some environments can do besides.

#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "rlrun/rng.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

/// Real vectors between two corners (entries may be infinite). `shape` is for images and the like:
/// the flat vector is the row-major content of that shape; `bytes` says that every value is a whole
/// number from 0 to 255, so that a replay buffer may store it as such.
struct Box {
  VectorF low, high;
  std::vector<Index> shape = {};
  bool bytes = false;
};
/// One of n choices, written as one float that holds the index.
struct Discrete {
  Index n = 0;
};
/// Several choices at once, one float each.
struct MultiDiscrete {
  std::vector<Index> n;
};
using Space = std::variant<Box, Discrete, MultiDiscrete>;

/// Length of the vector that holds one point of the space.
RLRUN_API Index flat_size(const Space& space);

/// How many choices there are for each entry; empty for a Box.
RLRUN_API std::vector<Index> n_choices(const Space& space);
/// Whether an entry names one of n choices: a whole number from 0 to n - 1.
[[nodiscard]] inline bool is_choice(float value, Index n) {
  return value >= 0 && value < static_cast<float>(n) && value == std::floor(value);
}
/// "2.5, which is none of the choices 0 to 15", for messages.
RLRUN_API std::string wrong_choice(float value, Index n);

/// A box of `n` entries between the same two values.
RLRUN_API Box box(Index n, float low, float high);
/// A box of `n` unbounded entries.
RLRUN_API Box unbounded(Index n);

/// The facts about a task.
struct EnvSpec {
  Space observation, action;
  Index horizon = 0;  ///< Steps after which an episode is cut off. The sampler enforces it.
  /// Rewards see an action as it was given, even if only what lies in the box is done.
  bool raw_actions = false;
  /// Which entries of the observation are positions and angles, if the task says so: what is left
  /// where there are no sensors for velocities and forces.
  std::vector<Index> positions = {};

  [[nodiscard]] Index obs_dim() const { return flat_size(observation); }
  [[nodiscard]] Index action_dim() const { return flat_size(action); }
};

/// "bounded continuous actions (Box)", "one of 3 choices (Discrete)", ... for messages.
RLRUN_API std::string describe(const Space& actions);
/// The box of the actions, all bounds finite. Throws UserError with what `who` needs; `hint` ends
/// the message.
RLRUN_API const Box& bounded_actions(const EnvSpec& spec, const std::string& who,
                                     const std::string& hint = "");

struct Transition {
  double reward = 0;
  bool terminated = false;  ///< The task ended. Running out of time is not termination.
  /// The task cut the episode off before the horizon, for a reason that is no end: the state that
  /// was reached has a value.
  bool truncated = false;
  /// The simulation broke down (a diverged integrator, say). The sampler cuts the episode here,
  /// counts it, and does not use the reward or the observation of this step.
  bool unstable = false;

  [[nodiscard]] bool ended() const { return terminated || truncated || unstable; }
};

class Renderable;
class StateAccess;
class BareEngine;
class SplitStep;
class ModelAccess;

/// One task. An instance serves one episode at a time; the sampler makes as many as it needs.
/// Continuous actions are expected in the box of the spec; what lies outside is clipped by the
/// environment (see `EnvSpec::raw_actions`). An environment knows nothing of time limits.
class RLRUN_API Env {
 public:
  virtual ~Env();
  [[nodiscard]] virtual const EnvSpec& spec() const = 0;
  /// Starts an episode and writes the first observation. `rng` is the only source of chance until
  /// the next reset: equal streams and equal actions give equal episodes, bit for bit, whatever the
  /// instance was used for before.
  virtual void reset(Rng rng, VectorFOut observation) = 0;
  virtual Transition step(VectorFIn action, VectorFOut observation) = 0;

  /// What it can do besides; null if it cannot. An environment that can derives from the capability
  /// too, which these find; one around another (env_wrapper.hpp) passes on what still holds.
  virtual Renderable* renderable();
  virtual StateAccess* state_access();
  virtual BareEngine* bare_engine();
  virtual SplitStep* split_step();
  virtual ModelAccess* model_access();
};

/// Makes instances that share what is constant (a compiled model, say). Thread-safe.
using EnvFactory = std::function<std::unique_ptr<Env>()>;

// Capabilities: an environment that has one derives from it too.

/// One picture, row by row from the top, three bytes a pixel.
struct Frame {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;
};

/// Can be drawn. `render` fills `frame.rgb` for the width and height that it finds there.
class RLRUN_API Renderable {
 public:
  virtual ~Renderable();
  virtual void render(Frame& frame) = 0;
  [[nodiscard]] virtual double seconds_per_step() const = 0;  ///< For the speed of a film.
};

/// Can be put into a given physical state: qpos and qvel, or what the task documents.
class RLRUN_API StateAccess {
 public:
  struct Field {
    std::string name;
    Index size;
  };
  virtual ~StateAccess();
  [[nodiscard]] virtual std::vector<Field> state_fields() const = 0;
  /// One vector for each field. What the fields do not name (warm starts, contacts) is as after
  /// reset.
  virtual void set_state(const std::vector<Vector>& values, VectorFOut observation) = 0;
  [[nodiscard]] virtual std::vector<Vector> get_state() const = 0;
  /// The observation before it is rounded to float, for comparison with other simulators.
  virtual void observe(VectorOut observation) const = 0;
};

/// Can run the engine without the task around it: the limit that the sampler is measured against.
class RLRUN_API BareEngine {
 public:
  virtual ~BareEngine();
  /// The same engine calls as `step`, without observation, reward or termination.
  virtual void engine_step(VectorFIn action) = 0;
};

/// Takes a step in two halves, because the task runs elsewhere: whoever holds several begins the
/// steps of all before waiting for the first. `step` is one half after the other.
class RLRUN_API SplitStep {
 public:
  virtual ~SplitStep();
  /// Does not wait. Nothing else may be asked of the environment before `end_step`.
  virtual void begin_step(VectorFIn action) = 0;
  virtual Transition end_step(VectorFOut observation) = 0;
};

/// Its model can be changed between episodes: lengths, masses, and the like.
class RLRUN_API ModelAccess {
 public:
  struct Quantity {
    std::string name;
    double low, high;  ///< The values it may have where the model is to be found out.
  };
  virtual ~ModelAccess();
  [[nodiscard]] virtual std::vector<Quantity> quantities() const = 0;
  /// One value for each quantity, for all episodes from the next reset on.
  virtual void set_quantities(VectorIn values) = 0;
};

}  // namespace rlrun
