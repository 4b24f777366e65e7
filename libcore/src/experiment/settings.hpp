#pragma once
// Grids and linked values: which settings of its parameters an experiment sweeps.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "experiment/entries.hpp"

namespace rlrun::experiment {

/// The most trials of one experiment.
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION  // fuzzers find the largest experiment at once
inline constexpr std::int64_t kMaxTrials = 1'000;
#else
inline constexpr std::int64_t kMaxTrials = 100'000;
#endif

/// Parameters that move together and the rows of their values; a grid key is an axis of one
/// parameter. Values are as in the file.
struct Axis {
  std::vector<std::string> keys;
  std::vector<Node> lists;  ///< For each key its list in the file.
  std::size_t rows = 0;
};

/// Reads "grid" and "linked" of an algorithm or task, if there. Checks shapes; parameters are
/// checked by `resolve`. A parameter that is swept and fixed, or swept twice, is a failure.
std::vector<Axis> read_axes(const Node& owner);

/// The axes of an algorithm on a task for which "per_env" says something else: its axes replace
/// those of the same parameter, its fixed parameters end their sweep.
std::vector<Axis> merge_axes(const std::vector<Axis>& general, const Node& special);

/// Where a swept parameter belongs and the checked values of its axis.
struct Target {
  Kind kind;
  std::size_t parameter;
  std::size_t wrapper = 0;  ///< Which of the task's, if it belongs to one.
};
struct ResolvedAxis {
  std::vector<std::string> keys;
  std::vector<Target> targets;
  std::vector<std::vector<json::Value>> values;  ///< [key][row]
  [[nodiscard]] std::size_t rows() const { return values.front().size(); }
};

/// Plain keys belong to `own`; "policy.x" and "env.x" reach the others, where given, and
/// "with.NAME.x" the wrappers around the task.
struct Scope {
  Kind own;
  const Entry* env = nullptr;
  std::vector<const Entry*> wrappers = {};
  const Entry* policy = nullptr;
  const Entry* algorithm = nullptr;
};
std::vector<ResolvedAxis> resolve(const std::vector<Axis>& axes, const Scope& scope);

/// The product of the rows; at most kMaxTrials + 1, however large it really is.
std::int64_t count_settings(const std::vector<ResolvedAxis>& axes);

/// The values of setting `i` of the product (the last axis moves fastest), written into the
/// parameters (null where the scope has none), and in words: "max_kl=0.05, policy.hidden=[32]".
std::string apply_setting(const std::vector<ResolvedAxis>& axes, std::int64_t i, Choice* env,
                          Choice* policy, Choice* algorithm);

/// "with.NAME.x", the key of a wrapper's parameter, in its parts; none for other keys.
struct WrapperKey {
  std::string wrapper, parameter;
};
std::optional<WrapperKey> wrapper_key(const std::string& key);

/// A product of counts, at most kMaxTrials + 1.
std::int64_t capped_product(std::int64_t a, std::int64_t b);

}  // namespace rlrun::experiment
