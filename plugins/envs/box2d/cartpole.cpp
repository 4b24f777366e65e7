#include "cartpole.hpp"

namespace rlrun::box2d {
namespace {

constexpr float kCartWidth = 1.1547005F;   // 4 / sqrt(12)
constexpr float kCartHeight = 0.8660254F;  // 3 / sqrt(12)
constexpr float kPoleHalfWidth = 0.05F;
constexpr float kTrackHalfLength = 100, kTrackHalfThickness = 0.1F;

}  // namespace

void CartPole::Params::fields(Fields& f) {
  f("horizon", horizon, "Steps after which an episode is cut off.", at_least(1));
  f("force_limit", force_limit, "Largest force on the cart, in newtons.", more_than(0));
  f("pole_length", pole_length, "Length of the pole in metres; its mass grows with it.",
    between(0.1, 10));
  f("track_height", track_height,
    "Height of the track's body in metres. The published scores belong to -0.1, which pulls the "
    "cart "
    "down in the first step; later code of the authors has 0.4330127, the height of the cart.",
    between(-10, 10));
}

CartPole::CartPole(const Params& params, float limit)
    : Task(unbounded(4), params.horizon, params.force_limit, {.time_step = 0.05F}, Contacts::kNone,
           {.center_x = 0,
            .center_y = 0.2F,
            .width = 2 * limit + 1,
            .height = 3.2F,
            .marks = {{{-limit, -0.6F}, {-limit, 1}}, {{limit, -0.6F}, {limit, 1}}}}),
      params_(params) {
  set_positions({0, 2});
  rebuild();
}

std::vector<ModelAccess::Quantity> CartPole::quantities() const {
  return {{"pole_length", 0.5, 1.5}};
}

void CartPole::set_quantities(VectorIn values) {
  params_.pole_length = values(0);
  rebuild();
}

// Nothing touches: joined bodies do not collide, and pole and track share a negative group.
void CartPole::build(b2World& world) {
  b2PolygonShape cart_shape, track_shape;
  cart_shape.SetAsBox(kCartWidth / 2, kCartHeight / 2);
  track_shape.SetAsBox(kTrackHalfLength, kTrackHalfThickness);
  const b2PolygonShape pole_shape =
      rectangle(kPoleHalfWidth, 0, static_cast<float>(params_.pole_length));

  cart_ = add_moving({0, kCartHeight / 2}, cart_shape, 1, 0.0005F, 0);
  pole_ = add_moving({0, kCartHeight}, pole_shape, 1, 0.000002F, -1);
  b2Body* track =
      add_fixed({0, static_cast<float>(params_.track_height)}, track_shape, 0.000002F, -1);

  b2RevoluteJointDef hinge;
  hinge.Initialize(cart_, pole_, {0, kCartHeight});
  world.CreateJoint(&hinge);

  b2PrismaticJointDef rail;
  rail.bodyA = track;
  rail.bodyB = cart_;
  rail.localAxisA.Set(1, 0);
  world.CreateJoint(&rail);
}

// The rest stays as built, so that the joints are violated: the next engine step repairs them. The
// published scores depend on this transient.
void CartPole::place(double x, double velocity, double angle, double angular_velocity) {
  cart_->SetTransform({static_cast<float>(x), kCartHeight / 2}, 0);
  cart_->SetLinearVelocity({static_cast<float>(velocity), 0});
  pole_->SetTransform(pole_->GetPosition(), static_cast<float>(angle));
  pole_->SetAngularVelocity(static_cast<float>(angular_velocity));
}

void CartPole::actuate(double force) {
  cart_->ApplyForce(cart_->GetWorldVector({static_cast<float>(force), 0}), cart_->GetPosition(),
                    true);
}

void CartPole::observe(VectorOut observation) const {
  observation << x(), cart_->GetLinearVelocity().x, angle(), pole_->GetAngularVelocity();
}

}  // namespace rlrun::box2d
