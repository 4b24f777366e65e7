#pragma once
// Declarations for experiment files without any plugin: small stand-ins with every parameter type.

#include <map>
#include <utility>

#include "rlrun/error.hpp"

#include "experiment/experiment.hpp"
#include "experiment/format.hpp"

namespace rlrun::fake {

inline FieldInfo field(const char* name, const char* type, const char* default_value,
                       Range range = {}, std::vector<std::string> choices = {}) {
  return {name, type, default_value, "For tests.", range, std::move(choices)};
}

inline EntryInfo entry(Kind kind, const char* name, Schema schema, const char* policy = "") {
  EntryInfo info;
  info.kind = kind;
  info.name = name;
  info.schema = std::move(schema);
  info.default_policy = policy;
  return info;
}

/// Tasks hopper, swimmer, gym/Hopper-v4; wrappers frame_stack, sensor_noise; algorithms trpo, cem, random; policies categorical_mlp,
/// gaussian_mlp, uniform.
inline const EntryInfo& info(Kind kind, const std::string& name) {
  static const std::vector<EntryInfo> entries = {
      entry(Kind::kEnv, "hopper",
            {field("horizon", "int", "500", at_least(1)),
             field("noise", "number", "0.0", at_least(0))}),
      entry(Kind::kEnv, "swimmer", {field("horizon", "int", "500", at_least(1))}),
      entry(Kind::kEnv, "gym/Hopper-v4", {}),
      entry(Kind::kWrapper, "sensor_noise",
            {field("std", "number", "0.1", at_least(0)), field("dropout", "number", "0.0")}),
      entry(Kind::kWrapper, "frame_stack", {field("depth", "int", "4", at_least(1))}),
      entry(Kind::kPolicy, "gaussian_mlp",
            {field("hidden", "int_list", "[100,50,25]", at_least(1)),
             field("activation", "text", "\"tanh\"", {}, {"tanh", "relu"})}),
      entry(Kind::kPolicy, "categorical_mlp", {field("hidden", "int_list", "[64]", at_least(1))}),
      entry(Kind::kPolicy, "uniform", {}),
      entry(Kind::kAlgorithm, "trpo",
            {field("max_kl", "number", "0.01", more_than(0)),
             field("batch_steps", "int", "50000", at_least(1)), field("whiten", "bool", "true")},
            "gaussian_mlp"),
      entry(Kind::kAlgorithm, "cem",
            {field("population", "int", "100", at_least(2)),
             field("elite_fraction", "number", "0.05", between(0, 1))},
            "gaussian_mlp"),
      entry(Kind::kAlgorithm, "random", {}, "uniform"),
  };
  std::vector<std::string> known;
  for (const EntryInfo& candidate : entries) {
    if (candidate.kind != kind) continue;
    if (candidate.name == name) return candidate;
    known.push_back(candidate.name);
  }
  throw UserError("unknown name " + experiment::named(name) + experiment::hint(name, known),
                  ExitCode::kPlugin);
}

}  // namespace rlrun::fake
