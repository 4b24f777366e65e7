#include "engine_env.hpp"

#include <utility>

#include "rlrun/error.hpp"

namespace rlrun::mujoco {

EngineEnv::EngineEnv(Model model, Stepping stepping, Index observation_size, Box action,
                     Index horizon, View view)
    : simulation_(std::move(model), stepping), scratch_(observation_size), view_(view) {
  spec_.observation = unbounded(observation_size);
  spec_.action = std::move(action);
  spec_.horizon = horizon;
}

void EngineEnv::write_observation(VectorFOut observation) {
  observe(scratch_);
  observation = scratch_.cast<float>();
}

std::vector<StateAccess::Field> EngineEnv::state_fields() const {
  return {{"qpos", simulation_.model().nq}, {"qvel", simulation_.model().nv}};
}

void EngineEnv::set_state(const std::vector<Vector>& values, VectorFOut observation) {
  const mjModel& model = simulation_.model();
  RLRUN_CHECK(values.size() == 2 && values[0].size() == model.nq && values[1].size() == model.nv);
  simulation_.reset();
  Eigen::Map<Vector>(simulation_.data().qpos, model.nq) = values[0];
  Eigen::Map<Vector>(simulation_.data().qvel, model.nv) = values[1];
  state_was_written();
  write_observation(observation);
}

std::vector<Vector> EngineEnv::get_state() const {
  return {qpos(), qvel()};
}

void EngineEnv::render(Frame& frame) {
  if (!renderer_) renderer_ = std::make_unique<Renderer>(simulation_.shared_model(), view_);
  renderer_->draw(simulation_.data(), frame);
}

}  // namespace rlrun::mujoco
