#pragma once
// Whose code made a result, and in words what differs.

#include <cstdint>
#include <string>
#include <vector>

#include "json/json.hpp"
#include "trial/trial_record.hpp"

namespace rlrun {

/// A program, library or plugin that took part in making a result.
struct CodePart {
  std::string name, version;
  std::string sha256;  ///< Of its file; "" where the rlrun that made the result recorded none.
};
/// rlrun, librlrun and the plugins of a trial; empty: unknown.
using Code = std::vector<CodePart>;

json::Value to_json(const Code& code);
/// Version and commit of a build of rlrun, "0.1.0+a03df0e73"; with ".changed" if the commit does
/// not say everything.
std::string build_version(const json::Value& build);
/// What the provenance of a result says. Where no hashes were recorded, the build of rlrun alone.
Code code_in(const json::Value& provenance);

/// What is otherwise in `to`, in words: "my_env 0.1.0 -> 0.2.0, cem 1.0.0 rebuilt"; "unknown" where
/// `from` does not say enough; "" if all parts of `to` are the same in `from`.
std::string code_change(const Code& from, const Code& to);

/// For each of several results: `code_change` to the newest of the same parts among them all, by the
/// time when the results were finished.
std::vector<std::string> changes_to_newest(const std::vector<const TrialRecord*>& records);

/// A result and how its code differs from what it is compared with.
struct CodeOfResult {
  std::string place;  ///< "trpo on hopper".
  std::uint64_t seed = 0;
  std::string change;
};
/// Of those results among `total` whose code differs. One line for each change: "2 of 12 results were made by other code (my_env 0.1.0 -> 0.2.0):
/// trpo on hopper (seeds 1, 2)". None if all results are of the same code.
std::vector<std::string> describe_other_code(const std::vector<CodeOfResult>& changed,
                                             std::size_t total);

}  // namespace rlrun
