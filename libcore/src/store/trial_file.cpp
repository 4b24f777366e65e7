// The file of one trial. README.md shows its layout.

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "store/file.hpp"
#include "store/hdf5.hpp"
#include "store/names.hpp"
#include "store/seal.hpp"
#include "store/store.hpp"

namespace rlrun {
namespace {

// Most columns of most trials are short, and filters would cost more than they save.
constexpr std::size_t kPlainBytes = 4096;

json::Value read_json(const hdf5::File& file, const std::string& dataset, const std::string& name) {
  try {
    return json::parse(file.read_text(dataset), name + ": " + dataset);
  } catch (const UserError& error) {
    throw UserError(error.what(), ExitCode::kStore);
  }
}

void write_curves(hdf5::File& file, const Curves& curves) {
  for_each_curve([&](const char* name, auto member, const hdf5::About& about) {
    RLRUN_CHECK((curves.*member).size() == curves.size());
    file.write_column(std::string("curves/") + name, curves.*member, about);
  });
  for (const auto& [name, column] : curves.metrics) {
    RLRUN_CHECK(column.size() == curves.size());
    file.write_column("metrics/" + dataset_name(name), column,
                      {"Diagnostic of the algorithm; NaN where an iteration had none.", ""});
  }
}

void write_episodes(hdf5::File& file, const EpisodeLog& episodes) {
  RLRUN_CHECK(episodes.lengths.size() == episodes.returns.size() &&
              episodes.endings.size() == episodes.returns.size());
  file.write_column(
      "episodes/return", episodes.returns,
      {"Sum of the rewards; of a broken episode, what it counts as (NaN: nothing).", ""});
  file.write_column("episodes/length", episodes.lengths, {"Length of the episode.", "steps"});
  file.write_column("episodes/ending", episodes.endings,
                    {"0 cut off at the horizon, 1 ended by the task, 2 unstable simulation.", ""});
}

EpisodeLog read_episodes(const hdf5::File& file, const std::string& name) {
  EpisodeLog episodes;
  episodes.returns = file.read_column<double>("episodes/return");
  episodes.lengths = file.read_column<std::int32_t>("episodes/length");
  episodes.endings = file.read_column<std::uint8_t>("episodes/ending");
  const bool known_endings = std::all_of(episodes.endings.begin(), episodes.endings.end(),
                                         [](std::uint8_t ending) { return ending <= 2; });
  if (episodes.lengths.size() != episodes.returns.size() ||
      episodes.endings.size() != episodes.returns.size() || !known_endings)
    throw UserError(name + ": episodes: columns do not fit together", ExitCode::kStore);
  return episodes;
}

Curves read_curves(const hdf5::File& file, const std::string& name) {
  Curves curves;
  for_each_curve([&](const char* column_name, auto member, const hdf5::About&) {
    auto& column = curves.*member;
    using Value = typename std::decay_t<decltype(column)>::value_type;
    column = file.read_column<Value>(std::string("curves/") + column_name);
    if (column.size() != curves.size())
      throw UserError(name + ": curves/" + column_name + ": has another length than curves/steps",
                      ExitCode::kStore);
  });
  for (const std::string& dataset : file.names("metrics")) {
    std::vector<double> column = file.read_column<double>("metrics/" + dataset);
    if (column.size() != curves.size())
      throw UserError(name + ": metrics/" + dataset + ": has another length than curves/steps",
                      ExitCode::kStore);
    curves.metrics.emplace(metric_name(dataset), std::move(column));
  }
  return curves;
}

void write_evaluations(hdf5::File& file, const EvaluationLog& log) {
  if (log.size() == 0) return;
  for_each_evaluation_column([&](const char* name, auto member, const hdf5::About& about) {
    RLRUN_CHECK((log.*member).size() == log.size());
    file.write_column(std::string("evaluations/") + name, log.*member, about);
  });
}

EvaluationLog read_evaluations(const hdf5::File& file, const std::string& name) {
  EvaluationLog log;
  if (file.names("evaluations").empty()) return log;
  for_each_evaluation_column([&](const char* column_name, auto member, const hdf5::About&) {
    auto& column = log.*member;
    using Value = typename std::decay_t<decltype(column)>::value_type;
    column = file.read_column<Value>(std::string("evaluations/") + column_name);
    if (column.size() != log.size())
      throw UserError(name + ": evaluations: columns do not fit together", ExitCode::kStore);
  });
  return log;
}

VectorF read_params(const hdf5::File& file, const std::string& dataset) {
  const std::vector<float> params = file.read_column<float>(dataset);
  return Eigen::Map<const VectorF>(params.data(), static_cast<Index>(params.size()));
}

std::optional<BestPolicy> read_best_policy(const hdf5::File& file, const std::string& name) {
  if (file.names("policy_best").empty()) return std::nullopt;
  const auto steps = file.read_column<std::int64_t>("policy_best/steps");
  const auto mean_return = file.read_column<double>("policy_best/mean_return");
  if (steps.size() != 1 || mean_return.size() != 1)
    throw UserError(name + ": policy_best: one number each was expected", ExitCode::kStore);
  return BestPolicy{steps[0], mean_return[0], read_params(file, "policy_best/params")};
}

}  // namespace

void write_format(hdf5::File& file, const Format& format) {
  file.write_attribute("rlrun_format", format.name);
  file.write_attribute("rlrun_format_version", {format.major, format.minor});
}

void check_format(const hdf5::File& file, const Format& format, const std::string& name) {
  if (file.read_attribute("rlrun_format") != format.name)
    throw UserError(name + ": is no file of the format " + format.name, ExitCode::kStore);
  const std::vector<std::int64_t> version = file.read_int_attribute("rlrun_format_version");
  if (version.size() != 2 || version[0] > format.major)
    throw UserError(
        fmt::format(
            "{}: was written by a newer rlrun: format version {}, and this program knows {}", name,
            version.empty() ? -1 : version[0], format.major),
        ExitCode::kStore);
}

std::string encode_trial(const TrialRecord& record) {
  hdf5::File file = hdf5::File::create(kPlainBytes);
  write_format(file, kTrialFormat);
  file.write_text("id", record.id, {"Hash of the configuration.", ""});
  file.write_text("label", record.label, {"Name for people.", ""});
  file.write_text("config", json::canonical(record.config), {"All parameters, as JSON.", ""});
  file.write_text("provenance", json::canonical(record.provenance),
                  {"Program, machine and times, as JSON; no part of the results proper.", ""});
  file.write_text("status", status_name(record.status), {"complete or failed.", ""});
  file.write_text("cause/kind", record.cause.kind, {"Why the trial failed.", ""});
  file.write_text("cause/message", record.cause.message, {"The same in words.", ""});
  file.write_column("cause/iteration", std::vector<std::int64_t>{record.cause.iteration},
                    {"Where it failed; -1 if unknown.", ""});
  file.write_column("wall_seconds", std::vector<double>{record.wall_seconds},
                    {"Time used, over all resumptions.", "s"});
  write_curves(file, record.curves);
  write_episodes(file, record.episodes);
  write_evaluations(file, record.evaluations);
  file.write_column("policy/params",
                    std::vector<float>(record.policy_params.begin(), record.policy_params.end()),
                    {"Parameters of the policy at the end.", ""});
  if (record.best_policy) {
    const BestPolicy& best = *record.best_policy;
    file.write_column("policy_best/params",
                      std::vector<float>(best.params.begin(), best.params.end()),
                      {"Parameters of the policy with the best evaluation.", ""});
    file.write_column("policy_best/steps", std::vector<std::int64_t>{best.steps},
                      {"Training steps used up when it was evaluated.", "steps"});
    file.write_column("policy_best/mean_return", std::vector<double>{best.mean_return},
                      {"Mean return of that evaluation.", ""});
  }
  return sealed(file.image());
}

void write_trial(const std::filesystem::path& path, const TrialRecord& record) {
  write_file_atomically(path, encode_trial(record));
}

TrialRecord decode_trial(std::string_view bytes, const std::filesystem::path& path) {
  const std::string name = path.string();
  const hdf5::File file = hdf5::File::from_image(unsealed(bytes, path), name);
  check_format(file, kTrialFormat, name);
  TrialRecord record;
  record.id = file.read_text("id");
  record.label = file.read_text("label");
  record.config = read_json(file, "config", name);
  record.provenance = read_json(file, "provenance", name);
  record.status = status_named(file.read_text("status"), name);
  record.cause.kind = file.read_text("cause/kind");
  record.cause.message = file.read_text("cause/message");
  const auto iteration = file.read_column<std::int64_t>("cause/iteration");
  const auto wall_seconds = file.read_column<double>("wall_seconds");
  if (iteration.size() != 1 || wall_seconds.size() != 1)
    throw UserError(name + ": cause/iteration and wall_seconds: one number each was expected",
                    ExitCode::kStore);
  record.cause.iteration = iteration[0];
  record.wall_seconds = wall_seconds[0];
  record.curves = read_curves(file, name);
  record.episodes = read_episodes(file, name);
  record.evaluations = read_evaluations(file, name);
  record.policy_params = read_params(file, "policy/params");
  record.best_policy = read_best_policy(file, name);
  return record;
}

TrialRecord read_trial(const std::filesystem::path& path) {
  return decode_trial(read_file(path), path);
}

}  // namespace rlrun
