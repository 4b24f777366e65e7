#pragma once
// What the four tasks share: a Box2D world, how it is put back to its start, how an action reaches
// it, and how its state is read, set and drawn.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <box2d/box2d.h>

#include "rlrun/env.hpp"

namespace rlrun::box2d {

/// How the engine is called for one action.
struct Timing {
  float time_step;  ///< Seconds.
  int velocity_iterations = 8, position_iterations = 3;
  int engine_steps = 1;  ///< Per action.
};

/// What a picture shows, in metres. `marks` are thin lines, such as where an episode ends.
struct View {
  float center_x, center_y, width, height;
  std::vector<std::pair<b2Vec2, b2Vec2>> marks = {};
};

/// Whether bodies can touch. If not, a reset need not rebuild the world.
enum class Contacts { kNone, kPossible };

/// One action in [-1, 1], scaled to a force or torque. Derived classes build the world in `build`
/// and call `rebuild` at the end of their constructor.
class Task : public Env, public Renderable, public StateAccess, public BareEngine {
 public:
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  [[nodiscard]] const EnvSpec& spec() const final { return spec_; }
  void reset(Rng rng, VectorFOut observation) final;
  Transition step(VectorFIn action, VectorFOut observation) final;

  void render(Frame& frame) final;
  [[nodiscard]] double seconds_per_step() const final;

  /// One field, "state": x, y, angle, x velocity, y velocity, angular velocity of each moving body.
  /// The position is that of the body's origin, the velocity that of its centre of mass.
  [[nodiscard]] std::vector<Field> state_fields() const final;
  void set_state(const std::vector<Vector>& values, VectorFOut observation) final;
  [[nodiscard]] std::vector<Vector> get_state() const final;

  void engine_step(VectorFIn action) final;

 protected:
  Task(Box observation, std::int64_t horizon, double action_limit, Timing timing, Contacts contacts,
       View view);

  /// Makes bodies and joints in the empty world.
  virtual void build(b2World& world) = 0;
  /// Overwrites some of the as-built state at the start of an episode.
  virtual void scatter(Rng& rng) = 0;
  /// Applies the force or torque; called before every engine step, which clears it afterwards.
  virtual void actuate(double effort) = 0;
  /// Judges the state after the step.
  [[nodiscard]] virtual Transition judge() const = 0;

  /// See EnvSpec::positions.
  void set_positions(std::vector<Index> positions) { spec_.positions = std::move(positions); }
  void rebuild();
  /// Moving bodies in the order of the state vector.
  b2Body* add_moving(b2Vec2 position, const b2Shape& shape, float density, float friction,
                     std::int16_t group);
  b2Body* add_fixed(b2Vec2 position, const b2Shape& shape, float friction, std::int16_t group);
  /// The force or torque of the last action, in newtons or newton metres.
  [[nodiscard]] double effort() const { return effort_; }

 private:
  void as_built();
  void write(VectorFOut observation);

  EnvSpec spec_;
  double action_limit_;
  Timing timing_;
  Contacts contacts_;
  View view_;
  // In place: a world is 100 kB and is rebuilt often.
  std::optional<b2World> world_;
  std::vector<std::pair<b2Body*, b2Vec2>> moving_;  // with the position as built
  bool first_step_ = true;
  double effort_ = 0;
  Vector exact_;  // the observation before rounding
};

/// A rectangle with corners (-half_width, low) and (half_width, high) in the body's frame.
b2PolygonShape rectangle(float half_width, float low, float high);

}  // namespace rlrun::box2d
