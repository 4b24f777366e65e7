#pragma once
// The keys of an experiment file: one list, from which the parser, the overrides and the test of
// the editors' schema draw.

#include <span>
#include <string>
#include <vector>

namespace rlrun::experiment {

/// The objects with a fixed set of keys. The names in comments are those of the editors' schema.
enum class Part {
  kExperiment,  ///< The file itself.
  kSeeds,       ///< "seeds", where it is an object.
  kBudget,      ///< "budget"
  kEvaluation,  ///< "evaluation"
  kPolicy,      ///< "policy", where it is an object.
  kEnv,         ///< "env": an element of "envs", where it is an object.
  kWrapper,     ///< "wrapper": an element of "with", where it is an object.
  kAlgorithm,   ///< "algorithm": an element of "algorithms".
  kPerEnv,      ///< "per_env": what an algorithm does differently on one task.
};
inline constexpr Part kParts[] = {Part::kExperiment, Part::kSeeds,     Part::kBudget,
                                  Part::kEvaluation, Part::kPolicy,    Part::kEnv,
                                  Part::kWrapper,    Part::kAlgorithm, Part::kPerEnv};
const char* part_name(Part part);

/// What stands behind a key.
enum class Shape {
  kValue,       ///< A single value.
  kSeeds,       ///< A list or a kSeeds object.
  kBudget,      ///< A kBudget object.
  kEvaluation,  ///< A kEvaluation object.
  kPolicy,      ///< A name or a kPolicy object.
  kEnvs,        ///< A list of names or kEnv objects.
  kWrappers,    ///< A list of names or kWrapper objects.
  kAlgorithms,  ///< A list of kAlgorithm objects.
  kParams,      ///< An object from parameters to values.
  kGrid,        ///< An object from parameters to lists of values.
  kLinked,      ///< A list of such objects.
  kPerEnvs,     ///< An object from tasks to kPerEnv objects.
};

struct Key {
  const char* name;
  Shape shape;
  bool required = false;
};

std::span<const Key> keys_of(Part part);
/// The key of a part, or null.
const Key* find_key(Part part, const std::string& name);
std::vector<std::string> key_names(Part part);
/// Whether a key is a free note, "x-...", or the editors' "$schema" of a file; kept and ignored.
bool is_note(Part part, const std::string& key);

/// Text for one line of a message: control characters escaped, cut if it is very long.
std::string printable(const std::string& text);
/// 'key' for a message.
std::string named(const std::string& key);

/// "; did you mean 'population'?  known: a b population" as the end of a message about a name.
std::string hint(const std::string& name, std::vector<std::string> known);

}  // namespace rlrun::experiment
