#pragma once
// One trial: a task, an algorithm, a policy, their parameters, and a seed.

#include <cstdint>
#include <string>
#include <vector>

#include "json/json.hpp"

namespace rlrun {

/// An entry by name, with all its parameters (defaults filled in).
struct Choice {
  std::string name;
  std::string label;   ///< What tables call it; the name unless the experiment says otherwise.
  json::Value params;  ///< Object; every parameter of the entry's schema.
  /// Of a task: the wrappers around it, the innermost first. They have no labels of their own.
  std::vector<Choice> with = {};
};

/// "hopper+frame_stack": a task with its wrappers, where it has no other label.
std::string decorated_name(const Choice& env);

/// Exactly one of the two is positive.
struct Budget {
  std::int64_t iterations = 0;
  std::int64_t steps = 0;
};

/// Episodes without exploration beside the training. They are no part of its budget.
struct EvaluationPlan {
  std::int64_t every = 0;     ///< Training steps between two evaluations; 0: none are made.
  std::int64_t episodes = 0;  ///< Of each evaluation.
};

struct Trial {
  Choice env, algorithm, policy;
  Budget budget;
  EvaluationPlan evaluation;
  double unstable_penalty = 0;  ///< What breaking the simulation costs; 0: not declared.
  std::uint64_t seed = 0;
  std::string setting;  ///< Swept values in words, "max_kl=0.05, policy.hidden=[32]"; "" if none.

  /// The whole configuration as an object: what identifies the trial, and what is stored with it.
  [[nodiscard]] json::Value config() const;
  /// Reads back what `config` wrote. Throws UserError.
  static Trial from_config(const json::Value& config);

  /// 16 hex digits: a hash of the identity. A changed default is a new id; the order
  /// of the file and what else is in the sweep do not matter.
  [[nodiscard]] std::string id() const;
  /// The same of everything but the budget: trials of one course do the same, one further than
  /// another.
  [[nodiscard]] std::string course() const;
  /// "trpo/hopper/max_kl=0.05/seed=3", for people.
  [[nodiscard]] std::string label() const;
};

/// Of a configuration what identifies the trial: all but labels and the setting in words, which may
/// change without a new run. What is no configuration comes back as it is.
json::Value identity_of(const json::Value& config);

/// A configuration (of an object) without its seed, and with another.
json::Value without_seed(const json::Value& config);
json::Value with_seed(const json::Value& setting, std::int64_t seed);

/// Whether this is certain at a glance: they share their parameters in memory, as copies of one trial
/// do.
bool differ_in_seed_alone(const Trial& a, const Trial& b);

/// Of trials in the order given. Quick where neighbours differ in the seed alone.
std::vector<std::string> ids_of(const std::vector<Trial>& trials);
std::vector<std::string> courses_of(const std::vector<Trial>& trials);

}  // namespace rlrun
