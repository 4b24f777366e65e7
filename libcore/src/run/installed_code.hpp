#pragma once
// Results beside the code that is installed now.

#include <map>
#include <string>
#include <vector>

#include "plugin/catalog.hpp"
#include "store/code.hpp"
#include "trial/trial.hpp"
#include "trial/trial_record.hpp"

namespace rlrun {

/// The end of a line about results of other code.
inline constexpr const char* kRepeatHint = "; `rlrun sweep --rerun=changed` repeats them";

/// The installed code as it was found when it was first asked for.
class InstalledCode {
 public:
  explicit InstalledCode(const Catalog& catalog) : catalog_(catalog) {}

  /// What of a trial's code is otherwise now than when its result was made, in words; see
  /// `code_change`. "" also where a plugin is missing: what has to load it will say so.
  std::string change_since(const Trial& trial, const json::Value& provenance);
  /// See `short_identity`; of what a trial would run with now. "" where a plugin is missing.
  const std::string& short_identity_of(const Trial& trial) { return of(trial).short_identity; }
  /// See `describe_other_code`; of the complete results of these trials, which need no configurations.
  std::vector<std::string> describe(const std::vector<Trial>& trials,
                                    const std::vector<TrialRecord>& records);
  /// The same of all of them, as they are configured.
  std::vector<std::string> describe(const std::vector<TrialRecord>& records);

 private:
  struct Known {
    Code code;
    std::string short_identity;
  };
  const Known& of(const Trial& trial);

  const Catalog& catalog_;
  std::map<std::string, Known> known_;  // by the names that a trial is made of
  // The last answer: most results of a folder were made by the same code.
  const Code* last_code_ = nullptr;
  json::Value last_made_by_;
  std::string last_change_;
};

}  // namespace rlrun
