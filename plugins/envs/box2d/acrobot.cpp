// Acrobot Swing Up: two hanging links, driven at the elbow, are to stand up.

#include <cmath>

#include "task.hpp"
#include "tasks.hpp"

namespace rlrun::box2d {
namespace {

constexpr float kHalfWidth = 0.05F, kDensity = 5;
constexpr float kMotorSpeed =
    1e5F;  // never reached, so that the motor always gives its full torque

/// Observation: sine, cosine and angular velocity of the upper link, then of the lower one; angles
/// are absolute, 0 is hanging. Action: the torque at the elbow. State: upper link, lower link.
class Acrobot final : public Task, public ModelAccess {
 public:
  struct Params {
    std::int64_t horizon = 500;
    double torque_limit = 3.2;
    double link_length = 1;

    void fields(Fields& f) {
      f("horizon", horizon, "Steps after which an episode is cut off.", at_least(1));
      f("torque_limit", torque_limit,
        "Largest torque at the elbow, in newton metres. The published scores of a random policy "
        "belong "
        "to about 3.2; the authors' public code has 50.",
        more_than(0));
      f("link_length", link_length, "Length of each link in metres; its mass grows with it.",
        between(0.1, 10));
    }
  };

  explicit Acrobot(const Params& params)
      : Task(observation_box(), params.horizon, params.torque_limit,
             {.time_step = 0.01F,
              .velocity_iterations = 20,
              .position_iterations = 20,
              .engine_steps = 2},
             Contacts::kNone, view(static_cast<float>(params.link_length))),
        length_(params.link_length) {
    set_positions({0, 1, 3, 4});
    rebuild();
  }

  // One length for both links; the height to reach goes with it.
  [[nodiscard]] std::vector<Quantity> quantities() const override {
    return {{"link_length", 0.5, 1.5}};
  }
  void set_quantities(VectorIn values) override {
    length_ = values(0);
    rebuild();
  }

  void observe(VectorOut observation) const override {
    const double a = upper_->GetAngle(), b = lower_->GetAngle();
    observation << std::sin(a), std::cos(a), upper_->GetAngularVelocity(), std::sin(b), std::cos(b),
        lower_->GetAngularVelocity();
  }

 private:
  static Box observation_box() {
    Box result = unbounded(6);
    for (const Index i : {0, 1, 3, 4}) {
      result.low(i) = -1;
      result.high(i) = 1;
    }
    return result;
  }

  static View view(float length) {
    const float target = 2 * length;
    return {.center_x = 0,
            .center_y = 0,
            .width = 4.6F * length,
            .height = 4.6F * length,
            .marks = {{{-length / 2, target}, {length / 2, target}}}};
  }

  // Nothing touches: joined bodies do not collide, and all share a negative group.
  void build(b2World& world) override {
    const auto length = static_cast<float>(length_);
    const b2PolygonShape link = rectangle(kHalfWidth, -length, 0);
    b2PolygonShape track_shape;
    track_shape.SetAsBox(100, 0.1F);
    upper_ = add_moving({0, 0}, link, kDensity, 0.2F, -1);
    lower_ = add_moving({0, -length}, link, kDensity, 0.2F, -1);
    b2Body* track = add_fixed({0, -0.1F}, track_shape, 0.2F, -1);

    b2RevoluteJointDef shoulder;
    shoulder.Initialize(track, upper_, {0, 0});
    world.CreateJoint(&shoulder);

    b2RevoluteJointDef elbow;
    elbow.Initialize(upper_, lower_, {0, -length});
    elbow.enableMotor = true;
    elbow_ = static_cast<b2RevoluteJoint*>(world.CreateJoint(&elbow));
  }

  // The links' origins stay as built; the next engine step closes the elbow again.
  void scatter(Rng& rng) override {
    const double a = 0.1 * rng.normal(), b = 0.1 * rng.normal();
    const double da = 0.01 * rng.normal(), db = 0.01 * rng.normal();
    upper_->SetTransform(upper_->GetPosition(), static_cast<float>(a));
    lower_->SetTransform(lower_->GetPosition(), static_cast<float>(b));
    upper_->SetAngularVelocity(static_cast<float>(da));
    lower_->SetAngularVelocity(static_cast<float>(db));
  }

  void actuate(double torque) override {
    elbow_->SetMotorSpeed(torque > 0 ? kMotorSpeed : -kMotorSpeed);
    elbow_->SetMaxMotorTorque(static_cast<float>(std::abs(torque)));
  }

  // Distance from the point above the shoulder at full stretch. The lower link enters with its
  // horizontal offset mirrored (minus where the true tip has plus): the published scores were made
  // so.
  [[nodiscard]] Transition judge() const override {
    const b2Vec2 elbow = lower_->GetPosition();
    const double angle = lower_->GetAngle();
    const double x = elbow.x - length_ * std::sin(angle);
    const double y = elbow.y - length_ * std::cos(angle);
    return {.reward = -std::hypot(x, y - 2 * length_)};
  }

  double length_;
  b2Body *upper_ = nullptr, *lower_ = nullptr;
  b2RevoluteJoint* elbow_ = nullptr;
};

}  // namespace

EnvEntry acrobot() {
  return env<Acrobot>("acrobot", "Swing up two links by a torque at the elbow (Box2D).",
                      kReference);
}

}  // namespace rlrun::box2d
