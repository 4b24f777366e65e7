#include "task.hpp"

#include <algorithm>
#include <cmath>

#include "rlrun/error.hpp"

namespace rlrun::box2d {
namespace {

// The default of the Python binding that the benchmark was written with; not 9.81.
const b2Vec2 kGravity(0, -10);

constexpr Index kNumbersPerBody = 6;

}  // namespace

Task::Task(Box observation, std::int64_t horizon, double action_limit, Timing timing,
           Contacts contacts, View view)
    : spec_{.observation = std::move(observation), .action = box(1, -1, 1), .horizon = horizon},
      action_limit_(action_limit),
      timing_(timing),
      contacts_(contacts),
      view_(std::move(view)),
      exact_(spec_.obs_dim()) {}

void Task::rebuild() {
  moving_.clear();
  world_.emplace(kGravity);
  build(*world_);
}

// Every episode starts from what was built, whatever was played before. Where bodies touch, the
// search tree of the broad phase remembers the past and decides the order of contacts, so only a
// new world is as good as new. Where nothing can touch, the world remembers nothing but the bodies'
// state (restored here) and the joints' impulses (dropped in the first step, see engine_step).
void Task::as_built() {
  if (contacts_ == Contacts::kPossible) {
    rebuild();
  } else {
    for (const auto& [body, position] : moving_) {
      body->SetTransform(position, 0);
      body->SetLinearVelocity(b2Vec2_zero);
      body->SetAngularVelocity(0);
      body->SetAwake(true);  // also resets the time it was at rest
    }
  }
  first_step_ = true;
  effort_ = 0;
}

void Task::reset(Rng rng, VectorFOut observation) {
  as_built();
  scatter(rng);
  write(observation);
}

void Task::engine_step(VectorFIn action) {
  const double a = action(0);
  if (std::isnan(a)) throw TrialError("action 0 is not a number");
  effort_ = std::clamp(a, -1.0, 1.0) * action_limit_;
  for (int i = 0; i < timing_.engine_steps; ++i) {
    actuate(effort_);
    // Without warm starting the engine zeroes the joints' stored impulses: those of another episode
    // must not push this one. A new world has none, so it sees no difference.
    world_->SetWarmStarting(!first_step_);
    first_step_ = false;
    world_->Step(timing_.time_step, timing_.velocity_iterations, timing_.position_iterations);
  }
}

Transition Task::step(VectorFIn action, VectorFOut observation) {
  engine_step(action);
  write(observation);
  if (!observation.allFinite()) return {.unstable = true};
  return judge();
}

void Task::write(VectorFOut observation) {
  observe(exact_);
  observation = exact_.cast<float>();
}

double Task::seconds_per_step() const {
  return static_cast<double>(timing_.time_step) * timing_.engine_steps;
}

std::vector<StateAccess::Field> Task::state_fields() const {
  return {{"state", kNumbersPerBody * static_cast<Index>(moving_.size())}};
}

std::vector<Vector> Task::get_state() const {
  Vector state(kNumbersPerBody * static_cast<Index>(moving_.size()));
  Index i = 0;
  for (const auto& [body, position] : moving_) {
    const b2Vec2 p = body->GetPosition(), v = body->GetLinearVelocity();
    state.segment(i, kNumbersPerBody) << p.x, p.y, body->GetAngle(), v.x, v.y,
        body->GetAngularVelocity();
    i += kNumbersPerBody;
  }
  return {state};
}

void Task::set_state(const std::vector<Vector>& values, VectorFOut observation) {
  const Index size = kNumbersPerBody * static_cast<Index>(moving_.size());
  if (values.size() != 1 || values[0].size() != size)
    throw UserError("the field 'state' must hold " + std::to_string(size) + " numbers, not " +
                    (values.empty() ? "none" : std::to_string(values[0].size())));
  if (!values[0].allFinite())
    throw UserError("the field 'state' holds a number that is not finite");
  as_built();
  const VectorF state = values[0].cast<float>();
  Index i = 0;
  for (const auto& [body, position] : moving_) {
    body->SetTransform(b2Vec2(state(i), state(i + 1)), state(i + 2));
    body->SetLinearVelocity(b2Vec2(state(i + 3), state(i + 4)));
    body->SetAngularVelocity(state(i + 5));
    i += kNumbersPerBody;
  }
  write(observation);
}

b2Body* Task::add_moving(b2Vec2 position, const b2Shape& shape, float density, float friction,
                         std::int16_t group) {
  b2BodyDef body_def;
  body_def.type = b2_dynamicBody;
  body_def.position = position;
  b2FixtureDef fixture;
  fixture.shape = &shape;
  fixture.density = density;
  fixture.friction = friction;
  fixture.filter.groupIndex = group;
  b2Body* body = world_->CreateBody(&body_def);
  body->CreateFixture(&fixture);
  moving_.emplace_back(body, position);
  return body;
}

b2Body* Task::add_fixed(b2Vec2 position, const b2Shape& shape, float friction, std::int16_t group) {
  b2BodyDef body_def;
  body_def.position = position;
  b2FixtureDef fixture;
  fixture.shape = &shape;
  fixture.friction = friction;
  fixture.filter.groupIndex = group;
  b2Body* body = world_->CreateBody(&body_def);
  body->CreateFixture(&fixture);
  return body;
}

b2PolygonShape rectangle(float half_width, float low, float high) {
  const b2Vec2 corners[] = {
      {-half_width, low}, {half_width, low}, {half_width, high}, {-half_width, high}};
  b2PolygonShape shape;
  shape.Set(corners, 4);
  return shape;
}

}  // namespace rlrun::box2d
