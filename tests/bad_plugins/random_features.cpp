// A policy that keeps what it drew when it was made, beside its parameters.

#include <cmath>

#include "tiny.hpp"

namespace {

using namespace bad;

/// Actions linear in cosines of random projections of the observation (Rahimi and Recht 2007).
class RandomFeatures final : public Policy {
 public:
  struct Params {
    std::int64_t features = 20;
    void fields(Fields& f) { f("features", features, "Number of features.", at_least(1)); }
  };
  RandomFeatures(const Params& params, const EnvSpec& spec, Rng rng)
      : projection_(params.features, spec.obs_dim()),
        phase_(params.features),
        params_(params.features * spec.action_dim()),
        action_dim_(spec.action_dim()) {
    rng.fill_normal(projection_.reshaped());
    rng.fill_uniform(phase_, 0, 6);
    rng.fill_normal(params_);
  }

  [[nodiscard]] std::unique_ptr<Policy> clone() const override {
    return std::make_unique<RandomFeatures>(*this);
  }
  [[nodiscard]] const VectorF& params() const override { return params_; }
  void set_params(VectorFIn params) override { params_ = params; }
  void act(const ActInput& in, MatrixFOut actions, Workspace&) const override {
    const auto& observations = in.observations;
    const auto weights = params_.reshaped(action_dim_, projection_.rows());
    for (Index i = 0; i < observations.cols(); ++i) {
      const VectorF features = (projection_ * observations.col(i) + phase_).array().cos();
      actions.col(i) = weights * features;
    }
  }

 private:
  MatrixF projection_;  // (features, obs_dim)
  VectorF phase_, params_;
  Index action_dim_;
};

void register_all(Registry& registry) {
  registry.add(policy<RandomFeatures>("random_features", "Random features, learned weights.",
                                      "Rahimi and Recht 2007"));
}

}  // namespace

RLRUN_PLUGIN("random_features", "1.0.0", "policy:random_features", register_all)
