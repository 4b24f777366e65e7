#pragma once
// KEY=VALUE changes of an experiment from the command line.

#include <string>
#include <vector>

#include "json/json.hpp"

namespace rlrun::experiment {

/// Splits "a.b=c" at the first '='. Throws UserError if there is none or no key.
std::pair<std::string, std::string> split_setting(const std::string& setting);

/// JSON, or text if it is not JSON and does not start like a list, an object or a quoted text.
json::Value setting_value(const std::string& setting, const std::string& text);

/// Applies the overrides in order to the content of an experiment file. A path is made of keys;
/// elements of lists go by name, label or index ("algorithms.trpo.params.max_kl=0.05"). Members
/// that the format allows are added; a name becomes an object where a path goes on below it; a list
/// of seeds and the other kind of budget give way. Throws UserError for a path that leads nowhere.
void apply_overrides(json::Value& root, const std::vector<std::string>& overrides);

}  // namespace rlrun::experiment
