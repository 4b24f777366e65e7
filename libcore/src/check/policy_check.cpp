#include "check/policy_check.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "check/check_support.hpp"
#include "check/distribution_check.hpp"
#include "sample/env_player.hpp"

namespace rlrun {
namespace {

constexpr Index kColumns = 11, kSteps = 3;

// What a policy did to some columns: all actions of all steps, and what it left behind.
struct Acts {
  MatrixF actions, memory;
  std::vector<std::uint64_t> next_draws;
};

// Lets the policy act on all columns, so many of them in a call.
Acts act(const Policy& policy, ActMode mode, const EnvSpec& spec, Index columns_of_a_call) {
  Acts acts{MatrixF::Zero(spec.action_dim() * kSteps, kColumns),
            MatrixF::Zero(policy.memory_size(), kColumns),
            {}};
  const Rng root(1);
  Workspace workspace;
  for (Index from = 0; from < kColumns; from += columns_of_a_call) {
    const Index n = std::min(columns_of_a_call, kColumns - from);
    std::vector<Rng> streams;
    MatrixF memory = acts.memory.middleCols(from, n);
    for (Index j = 0; j < n; ++j)
      streams.push_back(root.fork("stream").fork(std::uint64_t(from + j)));
    for (Index t = 0; t < kSteps; ++t) {
      MatrixF observations(spec.obs_dim(), n), actions(spec.action_dim(), n);
      for (Index j = 0; j < n; ++j) {
        Rng drawing = root.fork("observation").fork(std::uint64_t(t * kColumns + from + j));
        draw_action(spec.observation, drawing, observations.col(j));
      }
      policy.act({mode, observations, memory, streams}, actions, workspace);
      acts.actions.block(t * spec.action_dim(), from, spec.action_dim(), n) = actions;
    }
    acts.memory.middleCols(from, n) = memory;
    for (Rng& stream : streams) acts.next_draws.push_back(stream());
  }
  return acts;
}

bool same(const Acts& a, const Acts& b) {
  return same_bits(a.actions, b.actions) && same_bits(a.memory, b.memory) &&
         a.next_draws == b.next_draws;
}

// All that a policy does, with exploration and without.
struct Conduct {
  Acts exploring, greedy;
};

Conduct conduct_of(const Policy& policy, const EnvSpec& spec) {
  return {act(policy, ActMode::kExplore, spec, 1), act(policy, ActMode::kGreedy, spec, 1)};
}

bool same(const Conduct& a, const Conduct& b) {
  return same(a.exploring, b.exploring) && same(a.greedy, b.greedy);
}

void check_actions(const char* how, const MatrixF& actions, const EnvSpec& spec,
                   std::vector<std::string>& violations) {
  if (!actions.allFinite()) {
    violations.push_back(fmt::format("{}: an action is not finite", how));
    return;
  }
  if (std::holds_alternative<Box>(spec.action)) return;  // the environment clips
  for (Index j = 0; j < actions.cols(); ++j)
    for (Index t = 0; t < kSteps; ++t)
      if (!contains(spec.action,
                    actions.col(j).segment(t * spec.action_dim(), spec.action_dim()))) {
        violations.push_back(fmt::format("{}: an action is none of the choices", how));
        return;
      }
}

// Other parameters than those of the policy, and as likely.
VectorF other_params(const Policy& policy) {
  VectorF noise(policy.params().size());
  Rng(2).fill_normal(noise);
  return 0.9F * policy.params() + 0.1F * noise;
}

void check_clones(const Policy& policy, const EnvSpec& spec, const Conduct& before,
                  std::vector<std::string>& violations) {
  const std::unique_ptr<Policy> clone = policy.clone();
  if (!same(before, conduct_of(*clone, spec))) violations.emplace_back("a clone acts differently");
  clone->set_params(policy.params());
  if (!same(before, conduct_of(*clone, spec)))
    violations.emplace_back("acts differently when its own parameters are set again");
  clone->set_params(other_params(policy));
  if (!same(before, conduct_of(policy, spec)))
    violations.emplace_back("acts differently when a clone's parameters are set");
}

void check_rebuilt(const Policy& policy, const EnvSpec& spec, const PolicyFactory& rebuild,
                   const Conduct& before, std::vector<std::string>& violations) {
  const std::unique_ptr<Policy> anew = rebuild();
  if (anew->params().size() != policy.params().size()) {
    violations.push_back(fmt::format("built anew it has {} parameters and not {}",
                                     anew->params().size(), policy.params().size()));
    return;
  }
  anew->set_params(policy.params());
  if (!same(before, conduct_of(*anew, spec))) {
    violations.emplace_back("built anew from the same stream and parameters it acts differently");
    return;
  }
  const std::unique_ptr<Policy> changed = policy.clone();
  changed->set_params(other_params(policy));
  if (changed->normalizes())
    changed->set_normalization(VectorF::Constant(spec.obs_dim(), 0.3F),
                               VectorF::Constant(spec.obs_dim(), 0.7F));
  anew->set_params(changed->params());
  if (!same(conduct_of(*changed, spec), conduct_of(*anew, spec)))
    violations.emplace_back(
        "two that were built from the same stream act differently with the same parameters");
}

}  // namespace

std::vector<std::string> check_policy(const Policy& policy, const EnvSpec& spec,
                                      const PolicyFactory& rebuild) {
  std::vector<std::string> violations;
  const Conduct before = conduct_of(policy, spec);
  for (const ActMode mode : {ActMode::kExplore, ActMode::kGreedy}) {
    const char* const how = mode == ActMode::kExplore ? "exploring" : "greedy";
    const Acts& alone = mode == ActMode::kExplore ? before.exploring : before.greedy;
    check_actions(how, alone.actions, spec, violations);
    for (const Index n : {Index{1}, Index{2}, Index{5}, kColumns}) {
      if (same(alone, act(policy, mode, spec, n))) continue;
      violations.push_back(
          n == 1 ? fmt::format("{}: acts differently when it is asked again", how)
                 : fmt::format("{}: a column acts differently with {} others in the call", how,
                               n - 1));
      break;
    }
  }
  check_clones(policy, spec, before, violations);
  if (rebuild) check_rebuilt(policy, spec, rebuild, before, violations);
  // Numbers mean little where these laws are broken.
  const auto* stochastic = dynamic_cast<const StochasticPolicy*>(&policy);
  if (stochastic != nullptr && violations.empty() && policy.memory_size() == 0)
    violations = check_distribution(*stochastic, spec);
  return violations;
}

}  // namespace rlrun
