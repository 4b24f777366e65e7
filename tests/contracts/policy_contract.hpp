#pragma once
// What every policy promises. A policy's test calls check_policy, or check_stochastic_policy if it
// has a density, before it tests what is special about it.

#include <memory>
#include <vector>

#include <catch2/catch.hpp>

#include "rlrun/parallel.hpp"
#include "rlrun/policy.hpp"

namespace contracts {

using namespace rlrun;

inline MatrixF random_columns(Index rows, Index cols, Rng rng) {
  MatrixF m(rows, cols);
  for (Index j = 0; j < cols; ++j) rng.fill_normal(m.col(j));
  return m;
}

inline std::vector<Rng> streams(Index n, std::uint64_t seed) {
  std::vector<Rng> result;
  for (Index j = 0; j < n; ++j) result.push_back(Rng(seed).fork("policy").fork(std::uint64_t(j)));
  return result;
}

inline MatrixF act(const Policy& policy, const EnvSpec& spec, ActMode mode,
                   const MatrixF& observations, std::vector<Rng> rngs) {
  MatrixF memory = MatrixF::Zero(policy.memory_size(), observations.cols());
  MatrixF actions(spec.action_dim(), observations.cols());
  Workspace workspace;
  policy.act(mode, observations, memory, rngs, actions, workspace);
  return actions;
}

/// The action space as the policy must respect it. A Gaussian may leave a box (the environment
/// clips), so boxes are checked only on request.
inline void check_in_space(const Space& space, const MatrixF& actions, bool inside_box) {
  CHECK(actions.allFinite());
  if (const Box* box = std::get_if<Box>(&space); box != nullptr && inside_box) {
    CHECK((actions.colwise() - box->low).minCoeff() >= 0);
    CHECK((actions.colwise() - box->high).maxCoeff() <= 0);
  } else if (const auto* discrete = std::get_if<Discrete>(&space)) {
    CHECK(actions == MatrixF(actions.array().round()));
    CHECK(actions.minCoeff() >= 0);
    CHECK(actions.maxCoeff() < static_cast<float>(discrete->n));
  }
}

/// `make` builds a fresh policy for the task, always the same.
template <class Make>
void check_policy(const EnvSpec& spec, const Make& make, bool inside_box = true) {
  const std::unique_ptr<Policy> policy = make();
  const Index n = 40;
  const MatrixF observations = random_columns(spec.obs_dim(), n, Rng(11));

  for (const ActMode mode : {ActMode::kExplore, ActMode::kGreedy}) {
    const MatrixF actions = act(*policy, spec, mode, observations, streams(n, 1));
    check_in_space(spec.action, actions, inside_box);
    // The stream decides; nothing is remembered between calls or differs between instances.
    CHECK(act(*policy, spec, mode, observations, streams(n, 1)) == actions);
    CHECK(act(*make(), spec, mode, observations, streams(n, 1)) == actions);
    // A column draws from its own stream only and does not see its neighbours.
    std::vector<Rng> changed = streams(n, 2);
    changed[7] = streams(n, 1)[7];
    CHECK(act(*policy, spec, mode, observations, changed).col(7) == actions.col(7));
    for (const Index width : {1, 2, 5, 17}) {
      const std::vector<Rng> all = streams(n, 1);
      const std::vector<Rng> some(all.begin() + 3, all.begin() + 3 + width);
      CHECK(act(*policy, spec, mode, observations.middleCols(3, width), some) ==
            actions.middleCols(3, width));
    }
  }

  // set_params(params()) changes nothing, and a clone is independent.
  const MatrixF before = act(*policy, spec, ActMode::kExplore, observations, streams(n, 1));
  const VectorF params = policy->params();
  policy->set_params(params);
  CHECK(policy->params() == params);
  CHECK(act(*policy, spec, ActMode::kExplore, observations, streams(n, 1)) == before);
  const std::unique_ptr<Policy> clone = policy->clone();
  CHECK(clone->params() == params);
  CHECK(act(*clone, spec, ActMode::kExplore, observations, streams(n, 1)) == before);
  if (params.size() == 0) return;
  clone->set_params(0.5F * params + VectorF::Constant(params.size(), 0.01F));
  CHECK(policy->params() == params);
  CHECK(act(*policy, spec, ActMode::kExplore, observations, streams(n, 1)) == before);
  CHECK(clone->params() != params);
}

/// The gradient of w . log pi along `direction`, by central differences over a float parameter
/// vector. Steps must be short because of the kinks of rectified units; sums are in double.
inline double difference_quotient(const StochasticPolicy& policy, const MatrixF& observations,
                                  const MatrixF& actions, const Vector& weights,
                                  const VectorF& direction, float h) {
  const auto value = [&](float step) {
    const auto moved = policy.clone();
    moved->set_params(policy.params() + step * direction);
    const auto& there = dynamic_cast<const StochasticPolicy&>(*moved);
    return there.log_prob(there.distribution(observations), actions).dot(weights);
  };
  return (value(h) - value(-h)) / (2.0 * double{h});
}

template <class Make>
void check_stochastic_policy(const EnvSpec& spec, const Make& make, bool inside_box = false) {
  check_policy(spec, make, inside_box);
  const std::unique_ptr<Policy> made = make();
  const auto& policy = dynamic_cast<const StochasticPolicy&>(*made);
  const Index n = 1300;
  const VectorF params = policy.params();
  const MatrixF observations = random_columns(spec.obs_dim(), n, Rng(12));
  const MatrixF actions = act(policy, spec, ActMode::kExplore, observations, streams(n, 1));
  const Vector weights = random_columns(n, 1, Rng(13)).cast<double>();

  const MatrixF distribution = policy.distribution(observations);
  REQUIRE(distribution.rows() == policy.distribution_size());
  REQUIRE(distribution.cols() == n);
  CHECK(policy.mean_kl(distribution, distribution) == 0);

  // A different policy: a positive divergence.
  const auto moved = policy.clone();
  moved->set_params(params + 0.05F * random_columns(params.size(), 1, Rng(14)).col(0));
  const auto& other = dynamic_cast<const StochasticPolicy&>(*moved);
  CHECK(policy.mean_kl(distribution, other.distribution(observations)) > 0);

  // grad_log_prob equals finite differences, in random directions.
  const VectorF gradient = policy.grad_log_prob(observations, actions, weights);
  for (std::uint64_t i = 0; i < 5; ++i) {
    const VectorF direction = random_columns(params.size(), 1, Rng(15).fork(i));
    const double scale = double{gradient.norm()};
    CHECK(gradient.cast<double>().dot(direction.cast<double>()) ==
          Approx(difference_quotient(policy, observations, actions, weights, direction, 2e-5F))
              .margin(5e-3 * scale));
  }

  // A pass over a part gives the same gradient as the whole batch does, and adds to what is there.
  const Index width = 60;
  PassScratch scratch;
  const auto part_gradient = [&](const DistributionLoss& loss) {
    VectorF result = VectorF::Constant(params.size(), 0.5F);
    policy.add_gradient(observations.leftCols(width), loss, result, scratch);
    return VectorF(result.array() - 0.5F);
  };
  const VectorF part = part_gradient([&](MatrixFIn now, MatrixFOut slope) {
    CHECK((now - distribution.leftCols(width)).norm() == 0);
    policy.add_log_prob_gradient(now, actions.leftCols(width), weights.head(width), slope,
                                 scratch.workspace);
  });
  const VectorF whole = policy.grad_log_prob(observations.leftCols(width), actions.leftCols(width),
                                             weights.head(width));
  CHECK((part - whole).norm() < 1e-5F * whole.norm());
  Vector log_prob(width);
  policy.write_log_prob(distribution.leftCols(width), actions.leftCols(width), log_prob,
                        scratch.workspace);
  CHECK(log_prob == policy.log_prob(distribution.leftCols(width), actions.leftCols(width)));

  // The slopes of entropy and divergence in the distribution equal finite differences.
  const MatrixF old = other.distribution(observations.leftCols(1));
  const MatrixF now = distribution.leftCols(1);
  MatrixF entropy_slope = MatrixF::Zero(now.rows(), 1), kl_slope = entropy_slope;
  policy.add_entropy_gradient(now, 2, entropy_slope);
  policy.add_kl_gradient(old, now, 3, kl_slope, scratch.workspace);
  const double moved_entry = 1e-3;
  for (Index i = 0; i < now.rows(); ++i) {
    MatrixF up = now, down = now;
    up(i, 0) += static_cast<float>(moved_entry);
    down(i, 0) -= static_cast<float>(moved_entry);
    const double moved_by = double{up(i, 0)} - double{down(i, 0)};
    CHECK(double{entropy_slope(i, 0)} ==
          Approx(2 * (policy.mean_entropy(up) - policy.mean_entropy(down)) / moved_by)
              .margin(2e-4)
              .epsilon(1e-3));
    CHECK(double{kl_slope(i, 0)} ==
          Approx(3 * (policy.mean_kl(old, up) - policy.mean_kl(old, down)) / moved_by)
              .margin(2e-4)
              .epsilon(1e-3));
  }

  // The Fisher information is symmetric, not negative, and the curvature of the mean KL divergence.
  const std::unique_ptr<FisherOperator> fisher = policy.fisher(observations);
  const VectorF u = random_columns(params.size(), 1, Rng(16));
  const VectorF v = random_columns(params.size(), 1, Rng(17));
  const VectorF fu = (*fisher)(u), fv = (*fisher)(v);
  const auto dot = [](const VectorF& a, const VectorF& b) {
    return a.cast<double>().dot(b.cast<double>());
  };
  CHECK(dot(u, fv) == Approx(dot(v, fu)).margin(1e-5 * std::sqrt(dot(u, fu) * dot(v, fv))));
  CHECK(dot(u, fu) >= 0);
  CHECK(dot(v, fv) >= 0);
  const auto divergence = [&](float step) {
    moved->set_params(params + step * v);
    return policy.mean_kl(distribution, other.distribution(observations));
  };
  const double h = 0.02 / std::sqrt(1e-12 + dot(v, fv));
  const double curvature =
      (divergence(static_cast<float>(h)) + divergence(static_cast<float>(-h))) / (h * h);
  CHECK(dot(v, fv) == Approx(curvature).epsilon(2e-2));

  // Neither the gradient nor the products depend on the number of threads.
  for (const int threads : {2, 3, 8}) {
    set_thread_count(threads);
    CHECK(policy.distribution(observations) == distribution);
    CHECK(policy.grad_log_prob(observations, actions, weights) == gradient);
    CHECK((*policy.fisher(observations))(v) == fv);
    CHECK((*fisher)(v) == fv);
  }
  set_thread_count(1);
}

}  // namespace contracts
