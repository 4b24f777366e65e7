#pragma once
// Where trials ended. One that differs from a shorter one in nothing but its budget goes on from
// there, with the bits that it would have had from the start.
//
//   states/<course>.<unit>.<budget>.<code>.a       a snapshot, as in checkpoints/
//   states/<course>.<unit>.<budget>.<code>.none    why there is none, in one line

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "run/installed_code.hpp"
#include "store/store.hpp"
#include "trial/trial.hpp"

namespace rlrun {

/// What a shorter trial left.
struct ShorterTrial {
  std::string name;         ///< Of its file, without the ending.
  std::int64_t budget = 0;  ///< In the unit of the longer trial.
  std::string missing;      ///< Why there is no state to go on from; "" if there is one.
};

/// What the trials of a result folder left, as it was found when this was made.
class LastStates {
 public:
  explicit LastStates(std::filesystem::path folder);

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  /// Of the trials of this one's `course` that are shorter, the longest; those that left a state which
  /// the installed code can go on from go before the others.
  [[nodiscard]] std::optional<ShorterTrial> shorter(const Trial& trial, const std::string& course,
                                                    InstalledCode& installed) const;
  /// Removes what a newer one that is no shorter replaces.
  void remove_superseded() const;

 private:
  struct Entry {
    std::string name, ending, unit, code;
    std::int64_t budget = 0;
    [[nodiscard]] bool has_state() const { return ending != "none"; }
  };
  [[nodiscard]] std::filesystem::path path_of(const Entry& entry) const;

  std::filesystem::path folder_;
  std::map<std::string, std::vector<Entry>> entries_;  // by course
};

/// The snapshot of this name, which only this code (see `code_identity`) can read.
CheckpointFile last_state_file(const std::filesystem::path& folder, const std::string& name,
                               const Trial& trial, const std::string& code);

/// What one trial leaves for longer ones. Not being able to write it is no failure.
class LastState {
 public:
  /// A state of at most so many bytes, its record aside, is kept without being asked for.
  static constexpr std::int64_t kSmall = std::int64_t{4} << 20;

  LastState(std::filesystem::path folder, const Trial& trial, const std::string& code,
            bool of_any_size);

  using Visit = std::function<void(Archive&)>;
  /// Keeps the state that `whole` visits in place of an earlier one, unless that part of it which
  /// `learned` visits is large.
  void keep(const Visit& whole, const Visit& learned);
  /// At the end of the trial. If no state was kept, notes why: `reason`, or what `keep` met.
  void conclude(const std::string& reason);

 private:
  std::filesystem::path folder_;
  std::string name_;
  CheckpointFile file_;
  bool of_any_size_;
  std::string refused_;
};

}  // namespace rlrun
