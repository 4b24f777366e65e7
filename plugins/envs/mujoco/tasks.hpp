#pragma once
// The tasks of Duan et al. 2016 that are simulated with MuJoCo.

#include <string>

#include "rlrun/params.hpp"

#include "mujoco_env.hpp"

namespace rlrun::mujoco {

/// Where the masses and inertias of the bodies come from.
struct BodyParams {
  std::string capsules = "legacy";
  std::int64_t horizon = 500;

  void fields(Fields& f) {
    f("capsules", capsules,
      "Mass and inertia of capsules: by the formula of MuJoCo before 2.1.1, as published, or "
      "exact.",
      {"legacy", "exact"});
    f("horizon", horizon, "Steps after which an episode is cut off.", at_least(1));
  }
};

/// For the tasks whose joint limits behave differently in today's engine.
struct LimitParams : BodyParams {
  std::string limits = "published";

  void fields(Fields& f) {
    BodyParams::fields(f);
    f("limits", limits,
      "Softness of joint limits: solimplimit 0 0.8 0.03, which fits the published numbers, or the "
      "engine's default.",
      {"published", "engine"});
  }
};

/// Three links in a viscous fluid: swim along x.
class Swimmer final : public MujocoEnv {
 public:
  using Params = BodyParams;
  static Model load(const Params& params);
  Swimmer(const Params& params, Model model);
  void observe(VectorOut observation) const override;

 private:
  [[nodiscard]] double reward(double effort) const override;
};

/// One leg in the plane: hop along x without falling.
class Hopper final : public MujocoEnv {
 public:
  using Params = LimitParams;
  static Model load(const Params& params);
  Hopper(const Params& params, Model model);
  void observe(VectorOut observation) const override;

 private:
  [[nodiscard]] double reward(double effort) const override;
  [[nodiscard]] bool terminated() const override;
};

/// Two legs in the plane: walk along x without falling.
class Walker2d final : public MujocoEnv {
 public:
  using Params = LimitParams;
  static Model load(const Params& params);
  Walker2d(const Params& params, Model model);
  void observe(VectorOut observation) const override;

 private:
  [[nodiscard]] double reward(double effort) const override;
  [[nodiscard]] bool terminated() const override;
};

/// A planar runner with two legs, which never falls for good.
class HalfCheetah final : public MujocoEnv {
 public:
  struct Params : BodyParams {
    double impratio = 1;

    void fields(Fields& f) {
      BodyParams::fields(f);
      f("impratio", impratio,
        "Ratio of frictional to normal constraint impedance; 0.32 fits the published score of a "
        "random policy, 1 the published learning results.",
        more_than(0));
    }
  };
  static Model load(const Params& params);
  HalfCheetah(const Params& params, Model model);
  void observe(VectorOut observation) const override;

 private:
  [[nodiscard]] double reward(double effort) const override;
};

/// Two poles on a cart: keep them upright.
class DoubleInvertedPendulum final : public MujocoEnv {
 public:
  using Params = BodyParams;
  static Model load(const Params& params);
  DoubleInvertedPendulum(const Params& params, Model model);
  void observe(VectorOut observation) const override;

 private:
  void draw_initial_state(Rng& rng, Eigen::Ref<Vector> qpos,
                          Eigen::Ref<Vector> qvel) const override;
  [[nodiscard]] double reward(double effort) const override;
  [[nodiscard]] bool terminated() const override;
};

}  // namespace rlrun::mujoco
