#include "run/policy_check.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

#include <fmt/format.h>

namespace rlrun {
namespace {

constexpr Index kColumns = 11, kSteps = 3;

// What a policy did to some columns: all actions of all steps, and what it left behind.
struct Trace {
  MatrixF actions, memory;
  std::vector<std::uint64_t> next_draws;
};

// Lets the policy act on all columns, so many of them in a call.
Trace act(const Policy& policy, ActMode mode, const EnvSpec& spec, Index columns_of_a_call) {
  Trace trace{MatrixF::Zero(spec.action_dim() * kSteps, kColumns),
              MatrixF::Zero(policy.memory_size(), kColumns),
              {}};
  const Rng root(1);
  Workspace workspace;
  for (Index from = 0; from < kColumns; from += columns_of_a_call) {
    const Index n = std::min(columns_of_a_call, kColumns - from);
    std::vector<Rng> streams;
    MatrixF memory = trace.memory.middleCols(from, n);
    for (Index j = 0; j < n; ++j)
      streams.push_back(root.fork("stream").fork(std::uint64_t(from + j)));
    for (Index t = 0; t < kSteps; ++t) {
      MatrixF observations(spec.obs_dim(), n), actions(spec.action_dim(), n);
      for (Index j = 0; j < n; ++j)
        root.fork("observation")
            .fork(std::uint64_t(t * kColumns + from + j))
            .fill_normal(observations.col(j));
      policy.act(mode, observations, memory, streams, actions, workspace);
      trace.actions.block(t * spec.action_dim(), from, spec.action_dim(), n) = actions;
    }
    trace.memory.middleCols(from, n) = memory;
    for (Rng& stream : streams) trace.next_draws.push_back(stream());
  }
  return trace;
}

bool same_bits(const MatrixF& a, const MatrixF& b) {
  return a.size() == 0 ||
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(float)) == 0;
}

bool same(const Trace& a, const Trace& b) {
  return same_bits(a.actions, b.actions) && same_bits(a.memory, b.memory) &&
         a.next_draws == b.next_draws;
}

}  // namespace

std::vector<std::string> check_policy(const Policy& policy, const EnvSpec& spec) {
  std::vector<std::string> violations;
  for (const ActMode mode : {ActMode::kExplore, ActMode::kGreedy}) {
    const char* const how = mode == ActMode::kExplore ? "exploring" : "greedy";
    const Trace alone = act(policy, mode, spec, 1);
    if (!alone.actions.allFinite())
      violations.push_back(fmt::format("{}: an action is not finite", how));
    for (const Index n : {Index{2}, Index{5}, kColumns}) {
      if (same(alone, act(policy, mode, spec, n))) continue;
      violations.push_back(
          fmt::format("{}: a column acts differently with {} others in the call", how, n - 1));
      break;
    }
    const std::unique_ptr<Policy> clone = policy.clone();
    if (!same(alone, act(*clone, mode, spec, 1)))
      violations.push_back(fmt::format("{}: a clone acts differently", how));
    clone->set_params(policy.params());
    if (!same(alone, act(*clone, mode, spec, 1)))
      violations.push_back(
          fmt::format("{}: acts differently when its own parameters are set again", how));
  }
  return violations;
}

}  // namespace rlrun
