#pragma once
// The small members of an experiment file. All throw UserError with the place.

#include <cstdint>
#include <string>
#include <vector>

#include "experiment/node.hpp"
#include "trial/trial.hpp"

namespace rlrun::experiment {

Budget read_budget(const Node& node);
EvaluationPlan read_evaluation(const Node& node);
/// What breaking the simulation costs on a task; 0: not declared.
double read_unstable_penalty(const Node& env);
/// Distinct, at least one.
std::vector<std::uint64_t> read_seeds(const Node& node);
/// The "label" of a task or algorithm, or what it is called without one.
std::string read_label(const Node& node, const std::string& otherwise);
/// A name or an object with the keys of a policy; names and parameters are checked later.
void check_policy_shape(const Node& node);

}  // namespace rlrun::experiment
