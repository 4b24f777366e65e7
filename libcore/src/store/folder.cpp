// Reading a result folder as a whole.

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <map>
#include <unordered_map>

#include <fmt/format.h>
#include <sys/stat.h>

#include "rlrun/error.hpp"

#include "experiment/trial.hpp"
#include "report/report.hpp"
#include "store/file.hpp"
#include "store/names.hpp"
#include "store/results_file.hpp"
#include "store/unfinished.hpp"

namespace rlrun {
namespace {

namespace fs = std::filesystem;

FileStamp stamp_of(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw_system_error("cannot read", path, errno);
  return {static_cast<std::uint64_t>(status.st_size),
          std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

std::vector<double> scores(const TrialRecord& record) {
  std::vector<double> values;
  for (const Score score : kAllScores)
    values.push_back(record.status == TrialStatus::kComplete
                         ? trial_score(record, score)
                         : std::numeric_limits<double>::quiet_NaN());
  return values;
}

MergedTrial load_trial(const fs::path& path, const std::string& id, bool episodes) {
  MergedTrial trial;
  trial.stamp = stamp_of(path);
  trial.record = read_trial(path);
  if (trial.record.id != id)
    throw UserError(fmt::format("{}: holds trial {}, not the one it is named after", path.string(),
                                trial.record.id),
                    ExitCode::kStore);
  Trial::from_config(trial.record.config);  // throws if this program does not understand it
  trial.digest = trial_digest(trial.record);
  trial.record.stored_scores = scores(trial.record);
  trial.record.policy_params.resize(0);
  trial.record.best_policy.reset();
  if (!episodes) trial.record.episodes = {};
  return trial;
}

// The planned configuration says how the trial is called today.
void take_labels(MergedTrial& trial, const json::Value& planned) {
  trial.record.config = planned;
  trial.record.label = Trial::from_config(planned).label();
}

bool same_content(const MergedResults& a, const MergedResults& b) {
  const auto same = [](const json::Value& x, const json::Value& y) {
    return json::canonical(x) == json::canonical(y);
  };
  return same(a.experiment, b.experiment) &&
         std::equal(a.configs.begin(), a.configs.end(), b.configs.begin(), b.configs.end(), same) &&
         std::equal(a.trials.begin(), a.trials.end(), b.trials.begin(), b.trials.end(),
                    [](const MergedTrial& x, const MergedTrial& y) {
                      return x.record.id == y.record.id && x.stamp == y.stamp;
                    });
}

}  // namespace

FolderContent load_folder(const fs::path& folder, const LoadOptions& options) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    throw UserError(folder.string() + ": there is no such result folder", ExitCode::kStore);
  const Store store(folder);
  const std::vector<std::string> committed = store.committed();
  const std::optional<Store::Plan> plan = store.read_plan();

  FolderContent content;
  std::optional<MergedResults> merged;
  try {
    if (options.trust_merged || committed.empty())
      merged = read_results_file(folder / "results.h5");
  } catch (const UserError& error) {
    // Without trial files it is all there is; with them it is only a copy.
    if (committed.empty()) throw;
    content.problems.push_back(std::string(error.what()) + "; read from the trial files instead");
  }
  if (!plan && committed.empty() && !merged)
    throw UserError(
        folder.string() + ": holds no results (no experiment.json, results.h5 or trials)",
        ExitCode::kStore);

  std::unordered_map<std::string, const MergedTrial*> known;
  if (merged)
    for (const MergedTrial& trial : merged->trials) known.emplace(trial.record.id, &trial);

  std::vector<std::string> ids = committed;
  if (plan) {
    ids = plan->ids;
  } else if (committed.empty()) {
    ids.clear();
    for (const MergedTrial& trial : merged->trials) ids.push_back(trial.record.id);
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto copy = known.find(ids[i]);
    const bool has_file = std::binary_search(committed.begin(), committed.end(), ids[i]);
    if (!has_file && !(committed.empty() && copy != known.end())) continue;  // not finished
    try {
      const fs::path path = store.trial_path(ids[i]);
      const bool up_to_date =
          !has_file || (options.trust_merged && !options.episodes && copy != known.end() &&
                        copy->second->stamp == stamp_of(path));
      MergedTrial trial = up_to_date ? *copy->second : load_trial(path, ids[i], options.episodes);
      if (plan) take_labels(trial, plan->configs[i]);
      content.merged.trials.push_back(std::move(trial));
    } catch (const UserError& error) {
      content.problems.emplace_back(error.what());
    }
  }

  if (plan) {
    content.merged.experiment = plan->experiment;
    content.merged.configs = plan->configs;
  } else if (committed.empty()) {
    content.merged.experiment = merged->experiment;
    content.merged.configs = merged->configs;
  } else {
    for (const MergedTrial& trial : content.merged.trials)
      content.merged.configs.push_back(trial.record.config);
  }
  content.as_merged = merged && same_content(*merged, content.merged);
  return content;
}

Results read_results(const fs::path& folder, bool with_episodes) {
  FolderContent content = load_folder(folder, {.episodes = with_episodes, .trust_merged = true});
  Results results;
  const json::Value* title = content.merged.experiment.find("title");
  const std::string* text = title == nullptr ? nullptr : title->if_string();
  results.title =
      text != nullptr ? *text : fs::absolute(folder).lexically_normal().filename().string();
  results.planned = std::move(content.merged.configs);
  for (MergedTrial& trial : content.merged.trials)
    results.trials.push_back(std::move(trial.record));
  results.unfinished = read_unfinished(folder, results.planned, results.trials);
  results.problems = std::move(content.problems);
  return results;
}

std::string results_digest(const fs::path& folder) {
  // Every trial file is read: a digest vouches for the files and not for a copy.
  FolderContent content = load_folder(folder, {.episodes = false, .trust_merged = false});
  if (!content.problems.empty()) throw UserError(content.problems.front(), ExitCode::kStore);
  std::map<std::string, std::string> digests;
  for (const MergedTrial& trial : content.merged.trials)
    digests.emplace(trial.record.id, trial.digest);
  std::string text = "rlrun results 1\n";
  for (const auto& [id, digest] : digests) text += id + " " + digest + "\n";
  return "sha256:" + sha256_hex(text);
}

}  // namespace rlrun
