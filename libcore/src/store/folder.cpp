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
#include "store/interned.hpp"
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

// A trial file as it is kept.
struct LoadedTrial {
  TrialRecord record;
  MergedFile file;
};

void drop_curves(TrialRecord& record) {
  record.stored_totals = totals_of(record.curves);
  record.curves = {};
  record.evaluations = {};
}

LoadedTrial load_trial(const fs::path& path, const std::string& id, const LoadOptions& options,
                       Interned& interned) {
  LoadedTrial trial;
  trial.file.stamp = stamp_of(path);
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
  trial.file.digest = trial_digest(trial.record);
  trial.record.stored_scores = scores(trial.record);
  if (trial.record.provenance.if_object() != nullptr) {
    if (const json::Value* finished = trial.record.provenance.find("finished");
        finished != nullptr && finished->if_string() != nullptr)
      trial.record.finished = *finished->if_string();
    trial.record.provenance = interned(std::move(trial.record.provenance));
  }
  trial.record.policy_params.resize(0);
  trial.record.best_policy.reset();
  if (!options.episodes) trial.record.episodes = {};
  if (options.curves == KeepCurves::kNever) drop_curves(trial.record);
  return trial;
}

bool trusted(const FileStamp& merged, const FileStamp& now, const LoadOptions& options) {
  // Episode logs are in trial files alone.
  if (options.episodes || options.trust == Trust::kNothing) return false;
  return options.trust == Trust::kContent ? merged.same_content(now) : merged == now;
}

// The planned configuration says how the trial is called today.
void take_labels(TrialRecord& record, const json::Value& planned) {
  record.config = planned;
  record.label = Trial::from_config(planned).label();
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
  const bool for_merging = options.curves == KeepCurves::kUnlessMerged;
  std::optional<Store::Plan> plan = store.read_plan(!for_merging);

  FolderContent content;
  const std::string plan_hash = plan ? plan->hash : "";
  const auto read_merged = [&](bool curves) {
    return read_results_file(folder / "results.h5", curves, plan_hash);
  };
  std::optional<MergedResults> merged;
  try {
    if (options.trust != Trust::kNothing || committed.empty())
      merged = read_merged(options.curves == KeepCurves::kAlways);
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
    for (std::size_t row = 0; row < merged->records.size(); ++row)
      known.emplace(merged->records[row].id, row);

  std::vector<std::string> ids;
  if (plan) {
    ids = std::move(plan->ids);
    const std::unordered_set<std::string_view> planned(ids.begin(), ids.end());
    for (const std::string& id : committed)
      if (!planned.contains(id)) content.unplanned.push_back(id);
  } else if (committed.empty()) {
    for (const TrialRecord& record : merged->records) ids.push_back(record.id);
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
                                            trusted(merged->files[copy->second].stamp,
                                                    stamp_of(store.trial_path(ids[i])), options));
      sources.push_back({i, up_to_date ? std::optional(copy->second) : std::nullopt});
    } catch (const UserError& error) {
      content.problems.emplace_back(error.what());
    }
  }
  std::vector<TrialRecord>& records = content.merged.records;
  std::vector<MergedFile>& files = content.merged.files;
  const bool in_order = merged && are_all_rows_in_order(sources, merged->records.size());
  content.as_merged = merged ? in_order && merged->current && merged->plan == plan_hash
                             : sources.empty() && content.problems.empty();
  if (for_merging && !content.as_merged) {
    if (merged) merged = read_merged(true);
    if (plan) plan = store.read_plan();
  }
  if (in_order) {
    records = std::move(merged->records);
    files = std::move(merged->files);
    if (plan && !plan->configs.empty())
      for (std::size_t i = 0; i < records.size(); ++i)
        take_labels(records[i], plan->configs[sources[i].trial]);
  } else {
    Interned interned;
    records.reserve(sources.size());
    files.reserve(sources.size());
    for (const auto& [i, row] : sources) {
      try {
        LoadedTrial trial =
            row ? LoadedTrial{std::move(merged->records[*row]), std::move(merged->files[*row])}
                : load_trial(store.trial_path(ids[i]), ids[i], options, interned);
        if (plan) take_labels(trial.record, plan->configs[i]);
        records.push_back(std::move(trial.record));
        files.push_back(std::move(trial.file));
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
    for (const TrialRecord& record : records) content.merged.configs.push_back(record.config);
  }
  return content;
}

namespace {

Results results_of(FolderContent content, const fs::path& folder) {
  Results results;
  const json::Value* title = content.merged.experiment.find("title");
  const std::string* text = title == nullptr ? nullptr : title->if_string();
  results.title =
      text != nullptr ? *text : fs::absolute(folder).lexically_normal().filename().string();
  results.planned = std::move(content.merged.configs);
  results.trials = std::move(content.merged.records);
  results.as_merged = content.as_merged;
  results.unplanned = std::move(content.unplanned);
  results.problems = std::move(content.problems);
  return results;
}

}  // namespace

Results read_results(const fs::path& folder, const ReadOptions& options) {
  Results results = results_of(
      load_folder(folder, {.episodes = options.episodes,
                           .curves = options.curves ? KeepCurves::kAlways : KeepCurves::kNever}),
      folder);
  if (options.unfinished)
    results.unfinished = read_unfinished(folder, results.planned, results.trials);
  return results;
}

Results Store::merge() const {
  FolderContent content =
      load_folder(folder_, {.curves = KeepCurves::kUnlessMerged, .trust = Trust::kFile});
  if (!content.as_merged) {
    write_file_atomically(folder_ / "results.h5", encode_results(content.merged));
    content.merged.configs.clear();
    for (TrialRecord& record : content.merged.records) {
      drop_curves(record);
      record.config = {};
    }
  }
  return results_of(std::move(content), folder_);
}

std::string results_digest(const fs::path& folder, bool every_file) {
  FolderContent content = load_folder(
      folder, {.curves = KeepCurves::kNever, .trust = every_file ? Trust::kNothing : Trust::kFile});
  if (!content.problems.empty()) throw UserError(content.problems.front(), ExitCode::kStore);
  std::map<std::string, std::string> digests;
  for (std::size_t i = 0; i < content.merged.files.size(); ++i)
    digests.emplace(content.merged.records[i].id, content.merged.files[i].digest);
  std::string text = "rlrun results 1\n";
  for (const auto& [id, digest] : digests) text += id + " " + digest + "\n";
  return "sha256:" + sha256_hex(text);
}

}  // namespace rlrun
