#pragma once
// What Gymnasium's classic control tasks share: a short state vector in double, its access and its
// picture.

#include <string>

#include "rlrun/env.hpp"
#include "rlrun/params.hpp"

#include "canvas.hpp"

namespace rlrun::gym {

/// A task that advances its own state.
class ClassicTask : public Env, public StateAccess, public BareEngine, public Renderable {
 public:
  [[nodiscard]] const EnvSpec& spec() const final { return spec_; }
  void reset(Rng rng, VectorFOut observation) final;
  /// Throws TrialError for an action that is not finite, or is not one of the choices.
  Transition step(VectorFIn action, VectorFOut observation) final;
  void engine_step(VectorFIn action) final;

  /// One field, "state": what the class comment of the task lists.
  [[nodiscard]] std::vector<Field> state_fields() const final;
  void set_state(const std::vector<Vector>& values, VectorFOut observation) final;
  [[nodiscard]] std::vector<Vector> get_state() const final { return {state_}; }

  void render(Frame& frame) final;
  [[nodiscard]] double seconds_per_step() const final { return seconds_; }

 protected:
  /// From metres to pixels: the square of `half_width` around the centre fits into the frame.
  class Projection {
   public:
    Projection(const Frame& frame, double center_x, double center_y, double half_width);
    canvas::Pixel operator()(double x, double y) const;
    [[nodiscard]] double length(double metres) const { return scale_ * metres; }

   private:
    double scale_, left_, top_;
  };
  struct View {
    double center_x, center_y, half_width;
  };

  ClassicTask(Box observation, Space action, std::int64_t horizon, Index state_size, double seconds,
              View view);

  /// Rewards see actions as they are given (EnvSpec::raw_actions).
  void set_raw_actions() { spec_.raw_actions = true; }

  virtual void draw_initial_state(Rng& rng) = 0;
  /// One step from `state()`; the action is valid.
  virtual Transition advance(VectorFIn action) = 0;
  virtual void paint(canvas::Canvas& paper, const Projection& at) const = 0;

  [[nodiscard]] Vector& state() { return state_; }
  [[nodiscard]] const Vector& state() const { return state_; }
  /// No step was taken since the state was drawn or set.
  [[nodiscard]] bool fresh() const { return fresh_; }

 private:
  void check(VectorFIn action) const;
  void write(VectorFOut observation);

  EnvSpec spec_;
  Vector state_, exact_;
  double seconds_;
  View view_;
  bool fresh_ = true;
};

/// A box from -high to high.
Box symmetric(const VectorF& high);

inline void declare_horizon(Fields& f, std::int64_t& horizon) {
  f("horizon", horizon, "Steps after which an episode is cut off.", at_least(1));
}

/// For tasks without other arguments.
template <int kHorizon>
struct HorizonParams {
  std::int64_t horizon = kHorizon;

  void fields(Fields& f) { declare_horizon(f, horizon); }
};

constexpr canvas::Color kGround{150, 150, 150}, kMark{40, 160, 70}, kHinge{60, 60, 60},
    kBody{52, 101, 164}, kLimb{204, 112, 30};

}  // namespace rlrun::gym
