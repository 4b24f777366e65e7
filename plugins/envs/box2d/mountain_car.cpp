// Mountain Car: a car too weak for the hill, on a cosine valley.

#include <array>
#include <cmath>
#include <numbers>

#include "task.hpp"
#include "tasks.hpp"

namespace rlrun::box2d {
namespace {

constexpr double kGoalX = 0.6, kMaxX = 2;
constexpr int kHalfVertices = 100;  // of the track, each side of the valley floor
const b2Vec2 kCarStart(0, 0.05F);

/// Observation: x and x velocity. Action: a force along the car, which turns with the track.
/// State: the car.
class MountainCar final : public Task, public ModelAccess {
 public:
  struct Params {
    std::int64_t horizon = 500;
    double force_limit = 1;
    double track_width = 4;

    void fields(Fields& f) {
      f("horizon", horizon, "Steps after which an episode is cut off.", at_least(1));
      f("force_limit", force_limit, "Largest force on the car, in newtons.", more_than(0));
      // Below 1.5 m the vertices of the track come too close to each other for the engine.
      f("track_width", track_width, "Distance of the two crests, in metres.", between(1.5, 100));
    }
  };

  explicit MountainCar(const Params& params)
      : Task(unbounded(2), params.horizon, params.force_limit, {.time_step = 0.05F},
             Contacts::kPossible,
             {.center_x = 0,
              .center_y = 1,
              .width = 4.4F,
              .height = 2.6F,
              .marks = {{{kGoalX, 0}, {kGoalX, 1}}}}),
        track_width_(params.track_width) {
    set_positions({0});
    prepare_contacts();
    rebuild();
  }

  [[nodiscard]] std::vector<Quantity> quantities() const override {
    return {{"track_width", 3, 5}};
  }
  void set_quantities(VectorIn values) override {
    track_width_ = values(0);
    rebuild();
  }

  void observe(VectorOut observation) const override {
    observation << car_->GetPosition().x, car_->GetLinearVelocity().x;
  }

 private:
  void build(b2World& /*world*/) override {
    b2PolygonShape car_shape;
    car_shape.SetAsBox(0.2F, 0.1F);
    car_ = add_moving(kCarStart, car_shape, 5, 0.0005F, 0);

    // Chains are solid on one side only, to the right of their direction: from +x to -x it is
    // above.
    std::array<b2Vec2, 2 * kHalfVertices + 1> vertices;
    for (int i = -kHalfVertices; i <= kHalfVertices; ++i)
      vertices[static_cast<std::size_t>(kHalfVertices - i)].Set(
          static_cast<float>(i / 200.0 * track_width_),
          static_cast<float>(std::sin((i / 100.0 - 0.5) * std::numbers::pi)));
    const b2Vec2 outwards(static_cast<float>(track_width_ / 200), 0);
    b2ChainShape track_shape;
    track_shape.CreateChain(vertices.data(), static_cast<int32>(vertices.size()),
                            vertices.front() + outwards, vertices.back() - outwards);
    add_fixed({0, 1}, track_shape, 0.2F, 0);
  }

  // The engine fills a global table when the first contact of the process is made, without a lock.
  static void prepare_contacts() {
    static const bool ready = [] {
      b2World world({0, 0});
      b2BodyDef body;
      body.type = b2_dynamicBody;
      b2CircleShape shape;
      shape.m_radius = 1;
      for (int i = 0; i < 2; ++i) world.CreateBody(&body)->CreateFixture(&shape, 1);
      world.Step(0.01F, 1, 1);
      return true;
    }();
    (void)ready;
  }

  void scatter(Rng& rng) override {
    car_->SetLinearVelocity({static_cast<float>(rng.uniform(-1, 1)), 0});
  }

  void actuate(double force) override {
    car_->ApplyForce(car_->GetWorldVector({static_cast<float>(force), 0}), car_->GetPosition(),
                     true);
  }

  // The goal is a place and not a height, although the paper speaks of a height of 0.6.
  [[nodiscard]] Transition judge() const override {
    const double x = car_->GetPosition().x, y = car_->GetPosition().y;
    return {.reward = -1 + y, .terminated = x >= kGoalX || std::abs(x) >= kMaxX};
  }

  double track_width_;
  b2Body* car_ = nullptr;
};

}  // namespace

EnvEntry mountain_car() {
  return env<MountainCar>("mountain_car", "Rock a weak car out of a valley (Box2D).", kReference);
}

}  // namespace rlrun::box2d
