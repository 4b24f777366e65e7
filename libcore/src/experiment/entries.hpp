#pragma once
// Declarations of tasks, policies and algorithms in the form that planning needs, looked up once.

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "experiment/experiment.hpp"
#include "experiment/node.hpp"

namespace rlrun::experiment {

/// An entry with its defaults. Parameters are addressed by their index in the schema.
struct Entry {
  EntryInfo info;
  json::Value defaults;  ///< Object, in the order of the schema.
  std::map<std::string, std::size_t> index;

  /// The index of a parameter. `where` is the object that names it, for the message; null for
  /// messages without a place.
  [[nodiscard]] std::size_t parameter(const std::string& key, const Node* where,
                                      const json::Value& member) const;
  /// Checks a value and gives it the declared type.
  [[nodiscard]] json::Value checked(std::size_t parameter, const json::Value& value) const;
};

/// Checked parameters on top of the defaults of an entry. `params` is an object.
void apply_params(const Entry& entry, const Node& params, json::Value& target);

/// The policy that an algorithm gets on a task where none is named: its own default, or, for choices
/// where that is the Gaussian one, the categorical one. `actions` tells the type of the task's
/// actions and is asked only where that matters. Throws UserError without a place if there is no
/// such policy.
std::string fitting_policy(const EntryInfo& algorithm, const std::string& env,
                           const std::function<std::string()>& actions);

class Entries {
 public:
  explicit Entries(const InfoSource& source) : source_(source) {}
  /// Throws UserError without a place for unknown names.
  const Entry& get(Kind kind, const std::string& name);
  /// The same; a failure names the place.
  const Entry& get(Kind kind, const std::string& name, const Node& where);

 private:
  const InfoSource& source_;
  std::map<std::pair<Kind, std::string>, Entry> entries_;
};

}  // namespace rlrun::experiment
