#include "engine.hpp"

#include <mutex>
#include <utility>

#include <Eigen/Geometry>

#include "rlrun/error.hpp"

namespace rlrun::mujoco {
namespace {

// The engine calls this where it would end the process. The exception passes through frames of C
// code, for which compilers emit unwind tables on all 64-bit Linux targets.
void throw_engine_error(const char* message) {
  throw TrialError(std::string("MuJoCo: ") + message);
}

// By default the engine appends to MUJOCO_LOG.TXT in the current folder. What matters is counted in
// mjData::warning and read by Simulation::unstable.
void ignore_engine_warning(const char*) {}

std::mutex& compiler_lock() {
  static std::mutex lock;  // the MJCF compiler of older engines uses global state
  return lock;
}

mjModel* compile_text(const std::string& mjcf, char* error, int size) {
  // A file system in memory: no file is looked up.
  const auto vfs = std::make_unique<mjVFS>();
  mj_defaultVFS(vfs.get());
  const char* name = "model.xml";
  const int bytes = static_cast<int>(mjcf.size());
#ifdef RLRUN_MUJOCO_HAS_BUFFER_VFS
  const bool stored = mj_addBufferVFS(vfs.get(), name, mjcf.data(), bytes) == 0;
#else
  const bool stored = mj_makeEmptyFileVFS(vfs.get(), name, bytes) == 0;
  if (stored) mjcf.copy(static_cast<char*>(vfs->filedata[mj_findFileVFS(vfs.get(), name)]), bytes);
#endif
  mjModel* model = stored ? mj_loadXML(name, vfs.get(), error, size) : nullptr;
  mj_deleteVFS(vfs.get());
  return model;
}

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

}  // namespace

Model compile_model(std::string mjcf, const std::map<std::string, std::string>& settings) {
  for (const auto& [key, value] : settings) replace_all(mjcf, "$" + key, value);
  RLRUN_CHECK(mjcf.find('$') == std::string::npos, "a model has a setting that nobody gave");

  const std::lock_guard guard(compiler_lock());
  mju_user_error = throw_engine_error;
  mju_user_warning = ignore_engine_warning;
  char error[1000] = "";
  mjModel* model = compile_text(mjcf, error, sizeof error);
  if (model == nullptr) check_failed("the model compiles", __FILE__, __LINE__, error);
// What is not in the header the engine does not do: CMake looks the names up.
#ifdef RLRUN_MUJOCO_HAS_AUTORESET  // older engines always reset, but count it
  model->opt.disableflags |= mjDSBL_AUTORESET;
#endif
#ifdef RLRUN_MUJOCO_HAS_ISLANDS  // a robot alone is one island; finding that out costs a tenth
  if (model->ntree <= 1) model->opt.disableflags |= mjDSBL_ISLAND;
#endif
  return {model, [](const mjModel* m) { mj_deleteModel(const_cast<mjModel*>(m)); }};
}

Simulation::Simulation(Model model, Stepping stepping)
    : model_(std::move(model)),
      data_(mj_makeData(model_.get()), mj_deleteData),
      stepping_(stepping),
      runge_kutta_(model_->opt.integrator == mjINT_RK4) {
  RLRUN_CHECK(data_ != nullptr);
  RLRUN_CHECK(runge_kutta_ || model_->opt.integrator == mjINT_EULER);
}

void Simulation::reset() {
  mj_resetData(model_.get(), data_.get());
}

void Simulation::forward() {
  mj_fwdPosition(model_.get(), data_.get());
  mj_fwdVelocity(model_.get(), data_.get());
  observe_stage();
}

void Simulation::step() {
  const mjModel* m = model_.get();
  mjData* d = data_.get();
  for (int i = 0; i < stepping_.steps_per_action; ++i) {
    mj_forwardSkip(m, d, mjSTAGE_VEL, 1);  // acceleration stage: actuation, dynamics, constraints
    mj_checkAcc(m, d);
    if (runge_kutta_)
      mj_RungeKutta(m, d, 4);
    else
      mj_Euler(m, d);
    mj_checkPos(m, d);
    mj_checkVel(m, d);
    if (unstable()) return;
    mj_fwdPosition(m, d);
    mj_fwdVelocity(m, d);
  }
  observe_stage();
}

void Simulation::plain_forward() {
  mj_forward(model_.get(), data_.get());
}

void Simulation::plain_step(bool external_forces) {
  for (int i = 0; i < stepping_.steps_per_action; ++i) {
    mj_step(model_.get(), data_.get());
    if (unstable()) return;
  }
  if (external_forces) mj_rnePostConstraint(model_.get(), data_.get());
}

void Simulation::observe_stage() {
  if (!stepping_.constraint_forces) return;
  mj_forwardSkip(model_.get(), data_.get(), mjSTAGE_VEL, 1);
  mj_checkAcc(model_.get(), data_.get());
}

bool Simulation::unstable() const {
  for (const int kind : {mjWARN_INERTIA, mjWARN_CONTACTFULL, mjWARN_CNSTRFULL, mjWARN_BADQPOS,
                         mjWARN_BADQVEL, mjWARN_BADQACC})
    if (data_->warning[kind].number != 0) return true;
  return false;
}

double Simulation::seconds_per_action() const {
  return model_->opt.timestep * stepping_.steps_per_action;
}

Eigen::Vector3d Simulation::com() const {
  return Eigen::Map<const Eigen::Vector3d>(data_->subtree_com);  // subtree of the world: all bodies
}

Eigen::Vector3d Simulation::com_velocity() const {
  // Momentum over mass. cvel is (angular, linear) at the centre of mass of the body's whole tree;
  // each body's own centre of mass moves with linear + angular x offset. The engine's mj_subtreeVel
  // gives the same with more work.
  Eigen::Vector3d momentum = Eigen::Vector3d::Zero();
  double mass = 0;
  for (int body = 1; body < model_->nbody; ++body) {
    const Eigen::Map<const Eigen::Vector3d> angular(data_->cvel + 6 * body);
    const Eigen::Map<const Eigen::Vector3d> linear(data_->cvel + 6 * body + 3);
    const Eigen::Map<const Eigen::Vector3d> own(data_->xipos + 3 * body);
    const Eigen::Map<const Eigen::Vector3d> tree(data_->subtree_com +
                                                 3 * model_->body_rootid[body]);
    momentum += model_->body_mass[body] * (linear + angular.cross(own - tree));
    mass += model_->body_mass[body];
  }
  return momentum / mass;
}

}  // namespace rlrun::mujoco
