// Reading a result folder as a whole.

#include <algorithm>
#include <cerrno>
#include <limits>
#include <map>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>
#include <sys/stat.h>

#include "rlrun/error.hpp"

#include "store/file.hpp"
#include "store/names.hpp"
#include "store/results_file.hpp"
#include "store/unfinished.hpp"
#include "trial/score.hpp"
#include "trial/trial.hpp"

namespace rlrun {
namespace {

namespace fs = std::filesystem;

FileStamp stamp_of(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw_system_error("cannot read", path, errno);
  const auto nanoseconds = [](const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
  };
  return {static_cast<std::uint64_t>(status.st_size), nanoseconds(status.st_mtim),
          nanoseconds(status.st_ctim)};
}

std::vector<double> scores(const TrialRecord& record) {
  std::vector<double> values;
  for (const Score score : kAllScores)
    values.push_back(record.status == TrialStatus::kComplete
                         ? trial_score(record, score)
                         : std::numeric_limits<double>::quiet_NaN());
  return values;
}

MergedTrial load_trial(const fs::path& path, const std::string& id, const LoadOptions& options) {
  MergedTrial trial;
  trial.stamp = stamp_of(path);
  trial.record = read_trial(path);
  if (trial.record.id != id)
    throw UserError(fmt::format("{}: holds trial {}, not the one it is named after", path.string(),
                                trial.record.id),
                    ExitCode::kStore);
  // Throws if this program does not understand it.
  if (const Trial made = Trial::from_config(trial.record.config); made.id() != id)
    throw UserError(
        fmt::format("{}: trial {} has the configuration of trial {}", path.string(), id, made.id()),
        ExitCode::kStore);
  trial.digest = trial_digest(trial.record);
  trial.record.stored_scores = scores(trial.record);
  trial.record.policy_params.resize(0);
  trial.record.best_policy.reset();
  if (!options.episodes) trial.record.episodes = {};
  if (!options.curves) {
    trial.record.curves = {};
    trial.record.evaluations = {};
  }
  return trial;
}

bool trusted(const FileStamp& merged, const FileStamp& now, const LoadOptions& options) {
  // Episode logs are in trial files alone.
  if (options.episodes || options.trust == Trust::kNothing) return false;
  return options.trust == Trust::kContent ? merged.same_content(now) : merged == now;
}

// The planned configuration says how the trial is called today.
void take_labels(MergedTrial& trial, const json::Value& planned) {
  trial.record.config = planned;
  trial.record.label = Trial::from_config(planned).label();
}

// Where a trial is to be had: a row of results.h5, or none for its file.
struct Source {
  std::size_t trial = 0;  // in the list of ids
  std::optional<std::size_t> row;
};

bool are_all_rows_in_order(const std::vector<Source>& sources, std::size_t rows) {
  if (sources.size() != rows) return false;
  for (std::size_t i = 0; i < rows; ++i)
    if (sources[i].row != i) return false;
  return true;
}

}  // namespace

FolderContent load_folder(const fs::path& folder, const LoadOptions& options) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    throw UserError(folder.string() + ": there is no such result folder", ExitCode::kStore);
  const Store store(folder);
  const std::vector<std::string> committed = store.committed();
  std::optional<Store::Plan> plan = store.read_plan();

  FolderContent content;
  std::optional<MergedResults> merged;
  try {
    if (options.trust != Trust::kNothing || committed.empty())
      merged = read_results_file(folder / "results.h5", options.curves, plan ? plan->hash : "");
  } catch (const UserError& error) {
    // Without trial files it is all there is; with them it is only a copy.
    if (committed.empty()) throw;
    content.problems.push_back(std::string(error.what()) + "; read from the trial files instead");
  }
  if (!plan && committed.empty() && !merged)
    throw UserError(
        folder.string() + ": holds no results (no experiment.json, results.h5 or trials)",
        ExitCode::kStore);

  std::unordered_map<std::string_view, std::size_t> known;  // row in `merged`
  if (merged)
    for (std::size_t row = 0; row < merged->trials.size(); ++row)
      known.emplace(merged->trials[row].record.id, row);

  std::vector<std::string> ids;
  if (plan) {
    ids = std::move(plan->ids);
    const std::unordered_set<std::string_view> planned(ids.begin(), ids.end());
    for (const std::string& id : committed)
      if (!planned.contains(id)) content.unplanned.push_back(id);
  } else if (committed.empty()) {
    for (const MergedTrial& trial : merged->trials) ids.push_back(trial.record.id);
  } else {
    ids = committed;
  }
  std::vector<Source> sources;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto copy = known.find(ids[i]);
    const bool has_file = std::binary_search(committed.begin(), committed.end(), ids[i]);
    if (!has_file && !(committed.empty() && copy != known.end())) continue;  // not finished
    try {
      const bool up_to_date = !has_file || (copy != known.end() &&
                                            trusted(merged->trials[copy->second].stamp,
                                                    stamp_of(store.trial_path(ids[i])), options));
      sources.push_back({i, up_to_date ? std::optional(copy->second) : std::nullopt});
    } catch (const UserError& error) {
      content.problems.emplace_back(error.what());
    }
  }
  std::vector<MergedTrial>& trials = content.merged.trials;
  const std::string plan_hash = plan ? plan->hash : "";
  if (merged && are_all_rows_in_order(sources, merged->trials.size())) {
    trials = std::move(merged->trials);
    content.as_merged = merged->plan == plan_hash;
    if (plan)
      for (std::size_t i = 0; i < trials.size(); ++i)
        take_labels(trials[i], plan->configs[sources[i].trial]);
  } else {
    trials.reserve(sources.size());
    for (const auto& [i, row] : sources) {
      try {
        MergedTrial trial = row ? std::move(merged->trials[*row])
                                : load_trial(store.trial_path(ids[i]), ids[i], options);
        if (plan) take_labels(trial, plan->configs[i]);
        trials.push_back(std::move(trial));
      } catch (const UserError& error) {
        content.problems.emplace_back(error.what());
      }
    }
  }

  content.merged.plan = plan_hash;
  if (plan) {
    content.merged.experiment = std::move(plan->experiment);
    content.merged.configs = std::move(plan->configs);
  } else if (committed.empty()) {
    content.merged.experiment = std::move(merged->experiment);
    content.merged.configs = std::move(merged->configs);
  } else {
    for (const MergedTrial& trial : content.merged.trials)
      content.merged.configs.push_back(trial.record.config);
  }
  return content;
}

Results read_results(const fs::path& folder, const ReadOptions& options) {
  FolderContent content =
      load_folder(folder, {.episodes = options.episodes, .curves = options.curves});
  Results results;
  const json::Value* title = content.merged.experiment.find("title");
  const std::string* text = title == nullptr ? nullptr : title->if_string();
  results.title =
      text != nullptr ? *text : fs::absolute(folder).lexically_normal().filename().string();
  results.planned = std::move(content.merged.configs);
  results.trials.reserve(content.merged.trials.size());
  for (MergedTrial& trial : content.merged.trials)
    results.trials.push_back(std::move(trial.record));
  if (options.curves) results.unfinished = read_unfinished(folder, results.planned, results.trials);
  results.as_merged = content.as_merged;
  results.unplanned = std::move(content.unplanned);
  results.problems = std::move(content.problems);
  return results;
}

std::string results_digest(const fs::path& folder, bool every_file) {
  FolderContent content =
      load_folder(folder, {.curves = false, .trust = every_file ? Trust::kNothing : Trust::kFile});
  if (!content.problems.empty()) throw UserError(content.problems.front(), ExitCode::kStore);
  std::map<std::string, std::string> digests;
  for (const MergedTrial& trial : content.merged.trials)
    digests.emplace(trial.record.id, trial.digest);
  std::string text = "rlrun results 1\n";
  for (const auto& [id, digest] : digests) text += id + " " + digest + "\n";
  return "sha256:" + sha256_hex(text);
}

}  // namespace rlrun
