#pragma once
// What every policy promises. A policy's test calls check_policy before it tests what is special
// about it. The laws are those of `rlrun check`; here it also respects the space of its actions.

#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "rlrun/policy.hpp"

#include "check/policy_check.hpp"
#include "sample/env_player.hpp"

namespace contracts {

using namespace rlrun;

inline MatrixF random_columns(Index rows, Index cols, Rng rng) {
  MatrixF m(rows, cols);
  for (Index j = 0; j < cols; ++j) rng.fill_normal(m.col(j));
  return m;
}

/// Observations as the task may show them; numbers are standard normal.
inline MatrixF observations_of(const EnvSpec& spec, Index cols, Rng rng) {
  MatrixF m(spec.obs_dim(), cols);
  for (Index j = 0; j < cols; ++j) draw_action(spec.observation, rng, m.col(j));
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
  policy.act({mode, observations, memory, rngs}, actions, workspace);
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
  const MatrixF observations = observations_of(spec, n, Rng(11));
  for (const ActMode mode : {ActMode::kExplore, ActMode::kGreedy})
    check_in_space(spec.action, act(*policy, spec, mode, observations, streams(n, 1)), inside_box);
  for (const std::string& violation : rlrun::check_policy(*policy, spec, make)) {
    INFO(violation);
    CHECK(violation.empty());
  }
}

}  // namespace contracts
