#pragma once
// The result folder of an experiment.
//
//   results/<experiment>/
//     experiment.json          the experiment as it was run last, with its list of trial ids
//     trials/<id>.h5           one committed file for each finished or failed trial
//     checkpoints/<id>.a, .b   the newest two checkpoints of a running trial
//     states/                  where trials ended, for longer ones (run/last_state.hpp)
//     journal                  what happened, for `status`; not needed for results
//     results.h5               all trials in columns; can be rebuilt from trials/ at any time
//     lock                     held by the one runner

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trial/checksum.hpp"
#include "trial/trial.hpp"
#include "trial/trial_record.hpp"

namespace rlrun {

/// Writes a whole file so that a crash at any point leaves the old or the new one: a temporary name
/// in the same folder, checked writes, fsync, rename, fsync of the folder. Throws UserError (exit
/// code 7 for a full disk or a file limit, 5 otherwise).
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// One committed trial: HDF5, built in memory.
std::string encode_trial(const TrialRecord& record);
void write_trial(const std::filesystem::path& path, const TrialRecord& record);
/// Throws UserError (exit code 5) that names the file and what is wrong with it.
TrialRecord read_trial(const std::filesystem::path& path);

/// Exclusive ownership of a result folder, by locks that the kernel drops with their last holder
/// (forked workers hold them too). The folder itself is locked as well, so that the removal of the
/// lock file lets nobody in. Throws UserError (exit code 5) naming host and pid of the owner.
class StoreLock {
 public:
  explicit StoreLock(const std::filesystem::path& folder);
  ~StoreLock();
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;

 private:
  int descriptor_ = -1, folder_descriptor_ = -1;
};

struct LockHolder {
  std::string host;  ///< "" if the holder has not said yet.
  std::int64_t pid = 0;
  double since = 0;  ///< Unix time of its start.
};
/// Who holds the lock of a folder, without waiting; none if nobody does.
std::optional<LockHolder> lock_holder(const std::filesystem::path& folder);

/// What happened to trials: an append-only file of records with length and checksum. A torn tail
/// is cut off before the next append and ignored by readers. A file that is no journal is set aside.
/// When it has grown long, it is written anew with the last event of each trial in work or failed.
struct JournalEvent {
  enum class Type : std::uint8_t { kStarted, kProgress, kFinished, kFailed, kInterrupted };
  Type type = Type::kStarted;
  std::string trial;  ///< Id.
  std::int64_t iteration = 0, steps = 0;
  double wall_seconds = 0, unix_time = 0;
  std::string message;
};
class Journal {
 public:
  explicit Journal(const std::filesystem::path& file);  ///< Opens for appending.
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  void append(const JournalEvent& event, bool sync);
  /// What was found damaged and set aside when it was opened, in one line; "" if nothing was.
  [[nodiscard]] const std::string& set_aside() const { return set_aside_; }
  /// The intact events; none if there is no such file. Throws UserError (exit code 5) for a file
  /// that is no journal.
  static std::vector<JournalEvent> read(const std::filesystem::path& file);
  /// The last event of each trial. Does not hold the others, however many there are.
  static std::vector<JournalEvent> read_last(const std::filesystem::path& file);

 private:
  void open();
  void cut_torn_tail();
  void note(JournalEvent event);
  void rotate();

  std::filesystem::path file_;
  std::int64_t intact_bytes_ = 0;
  std::int64_t longest_ = std::int64_t{4} << 20;  // bytes before it is written anew
  int descriptor_ = -1;
  std::map<std::string, JournalEvent> last_;  // of trials that are in work or failed
  std::string set_aside_;
};

/// Binary snapshots of a running trial: versioned, checksummed, two kept. `identity` (trial id and
/// build) must match on reading.
class CheckpointFile {
 public:
  CheckpointFile(std::filesystem::path folder, std::string id, std::string identity);
  /// Calls `save` with an archive that collects, then writes.
  void write(const std::function<void(Archive&)>& save);
  /// Restores from the newest intact snapshot; false if there is none. A snapshot of another
  /// identity is a UserError (exit code 5) that says what differs.
  bool read(const std::function<void(Archive&)>& restore);
  [[nodiscard]] bool exists() const;  ///< Whether there is a file, intact or not.
  /// Restores what `restore` names from the newest intact snapshot, whoever wrote it, in the order
  /// in which it was written and leaving out the rest; false if there is none. Throws UserError
  /// (exit code 5) if it holds something else.
  bool peek(const std::function<void(Archive&)>& restore) const;
  void remove();

 private:
  [[nodiscard]] std::filesystem::path slot_path(int slot) const;

  std::filesystem::path folder_;
  std::string id_, identity_;
  std::uint64_t sequence_ = 0;  // of the newest snapshot; 0: not known yet or none
  int newest_slot_ = 1;
};

/// A trial that has a checkpoint and no result yet: it is running, or was interrupted.
struct UnfinishedTrial {
  TrialRecord record;   ///< Its curves and evaluations so far.
  double progress = 0;  ///< Share of the budget.
};

/// All trials of a folder in memory, for reports: each from results.h5 if that has it as it is,
/// else from its trial file. A folder with results.h5 alone can be read as well, without episode
/// logs. Damaged files are reported by `problems`, never turned into numbers.
struct Results {
  std::string title;
  std::vector<json::Value> planned;  ///< Configurations of the plan, also of missing trials.
  std::vector<TrialRecord> trials;   ///< In the plan's order and with its labels; with stored
                                     ///< scores; without policy parameters, and without episode
                                     ///< logs unless asked for.
  std::vector<UnfinishedTrial> unfinished;
  std::vector<std::string> unplanned;  ///< Ids of committed trials that the plan does not list;
                                       ///< they are not read.
  std::vector<std::string> problems;   ///< One line each.
  bool as_merged = false;              ///< results.h5 holds exactly this.
};

/// A result folder as a whole.
class Store {
 public:
  explicit Store(std::filesystem::path folder) : folder_(std::move(folder)) {}
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path trial_path(const std::string& id) const;

  void create() const;  ///< Makes the folders. Throws UserError (exit code 7 or 5).
  void write_plan(const json::Value& experiment, const std::vector<Trial>& trials) const;
  /// Whether this is the plan that is there already.
  [[nodiscard]] bool has_plan(const json::Value& experiment,
                              const std::vector<Trial>& trials) const;
  void write_plan(const json::Value& experiment, const std::vector<json::Value>& configs) const;
  struct Plan {
    json::Value experiment;
    std::vector<json::Value> configs;  ///< One for each trial, in order; none if not asked for.
    std::vector<std::string> ids;      ///< Of the same trials, and hashes of their configurations.
    std::string hash;                  ///< Of the file.
  };
  /// None if there is no such file. Throws UserError (exit code 5) naming it if it is damaged.
  [[nodiscard]] std::optional<Plan> read_plan(bool with_configs = true) const;

  /// Ids with a committed file, sorted. Leftovers of killed writers are ignored.
  [[nodiscard]] std::vector<std::string> committed() const;
  /// What is wrong with a committed file, in one line; "" if every byte is as it was written.
  [[nodiscard]] std::string damage(const std::string& id) const;
  /// Deletes what killed writers left behind. Only for the holder of the lock, before it starts
  /// workers.
  void remove_leftovers() const;

  /// Brings results.h5 up to date with the committed trials that the plan lists, in its order; with
  /// all committed trials if there is no plan. Reads only trial files that results.h5 does not hold
  /// already, each once, and writes nothing if there is nothing new. Returns the results, without
  /// curves and configurations, and called as they were when they were merged; `as_merged` says
  /// whether there was nothing new.
  Results merge() const;

 private:
  std::filesystem::path folder_;
};

struct ReadOptions {
  bool episodes = false;  ///< With episode logs, which only trial files have.
  bool curves =
      true;  ///< With curves, metrics, evaluations, and the times in provenances; without,
             ///< scores and totals stand for them.
  bool unfinished = true;  ///< With what is known of trials without a result.
};
Results read_results(const std::filesystem::path& folder, const ReadOptions& options = {});
/// "3 results belong to no trial of the plan"; "" for none.
std::string unplanned_text(std::size_t count);

/// sha256 over the results proper: configurations, status, curves, episodes, final parameters; no
/// clocks, hosts, paths, labels or messages. Independent of order. "sha256:<hex>". Taken from
/// results.h5 for trial files that nobody touched since, unless every file is to be read. Throws
/// UserError (exit code 5) if a file is damaged or there are no results.
std::string results_digest(const std::filesystem::path& folder, bool every_file = false);

}  // namespace rlrun
