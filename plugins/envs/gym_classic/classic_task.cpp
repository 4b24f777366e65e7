#include "classic_task.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "rlrun/error.hpp"

namespace rlrun::gym {
namespace {

constexpr canvas::Color kSky{250, 250, 248};

}  // namespace

ClassicTask::ClassicTask(Box observation, Space action, std::int64_t horizon, Index state_size,
                         double seconds, View view)
    : state_(Vector::Zero(state_size)),
      exact_(observation.low.size()),
      seconds_(seconds),
      view_(view) {
  spec_.observation = std::move(observation);
  spec_.action = std::move(action);
  spec_.horizon = horizon;
}

void ClassicTask::reset(Rng rng, VectorFOut observation) {
  draw_initial_state(rng);
  fresh_ = true;
  write(observation);
}

Transition ClassicTask::step(VectorFIn action, VectorFOut observation) {
  check(action);
  const Transition transition = advance(action);
  fresh_ = false;
  write(observation);
  return transition;
}

void ClassicTask::engine_step(VectorFIn action) {
  advance(action);
  fresh_ = false;
}

void ClassicTask::check(VectorFIn action) const {
  const float a = action(0);
  if (const auto* choices = std::get_if<Discrete>(&spec_.action)) {
    if (!(a >= 0 && a < static_cast<float>(choices->n) && a == std::floor(a)))
      throw TrialError("the action is " + std::to_string(a) + ", which is not one of 0 to " +
                       std::to_string(choices->n - 1));
  } else if (!std::isfinite(a)) {
    throw TrialError("entry 0 of the action is not finite");
  }
}

void ClassicTask::write(VectorFOut observation) {
  observe(exact_);
  observation = exact_.cast<float>();
}

std::vector<StateAccess::Field> ClassicTask::state_fields() const {
  return {{"state", state_.size()}};
}

void ClassicTask::set_state(const std::vector<Vector>& values, VectorFOut observation) {
  RLRUN_CHECK(values.size() == 1 && values[0].size() == state_.size());
  state_ = values[0];
  fresh_ = true;
  write(observation);
}

void ClassicTask::render(Frame& frame) {
  if (frame.width < 1 || frame.height < 1)
    throw UserError("a picture of " + std::to_string(frame.width) + " x " +
                    std::to_string(frame.height) + " pixels cannot be drawn");
  canvas::Canvas paper(frame, kSky);
  paint(paper, Projection(frame, view_.center_x, view_.center_y, view_.half_width));
}

ClassicTask::Projection::Projection(const Frame& frame, double center_x, double center_y,
                                    double half_width)
    : scale_(std::min(frame.width, frame.height) / (2 * half_width)),
      left_(frame.width / 2.0 - scale_ * center_x),
      top_(frame.height / 2.0 + scale_ * center_y) {}

canvas::Pixel ClassicTask::Projection::operator()(double x, double y) const {
  return {left_ + scale_ * x, top_ - scale_ * y};
}

Box symmetric(const VectorF& high) {
  return {-high, high};
}

}  // namespace rlrun::gym
