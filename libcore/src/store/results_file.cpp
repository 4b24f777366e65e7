#include "store/results_file.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "rlrun/error.hpp"

#include "experiment/trial.hpp"
#include "report/report.hpp"
#include "store/file.hpp"
#include "store/hdf5.hpp"
#include "store/names.hpp"
#include "store/seal.hpp"

namespace rlrun {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kFormat = "rlrun-results";
using Ints = std::vector<std::int64_t>;

// A column made by a function of the trial.
template <class F>
auto column(const std::vector<MergedTrial>& trials, F&& value) {
  std::vector<std::decay_t<decltype(value(trials.front()))>> values;
  values.reserve(trials.size());
  for (const MergedTrial& trial : trials) values.push_back(value(trial));
  return values;
}

void write_trials(hdf5::File& file, const std::vector<MergedTrial>& trials) {
  const auto texts = [&](const char* name, const auto& value, const char* description) {
    file.write_texts(std::string("trials/") + name, column(trials, value), {description, ""});
  };
  const auto numbers = [&](const char* name, const auto& value, const char* description,
                           const char* unit = "") {
    file.write_column(std::string("trials/") + name, column(trials, value), {description, unit});
  };
  const std::vector<Trial> settings =
      column(trials, [](const MergedTrial& t) { return Trial::from_config(t.record.config); });
  const auto setting_texts = [&](const char* name, const auto& value, const char* description) {
    std::vector<std::string> values;
    for (const Trial& trial : settings) values.push_back(value(trial));
    file.write_texts(std::string("trials/") + name, values, {description, ""});
  };

  texts(
      "id", [](const MergedTrial& t) { return t.record.id; }, "Hash of the configuration.");
  texts(
      "label", [](const MergedTrial& t) { return t.record.label; }, "Name for people.");
  setting_texts(
      "env", [](const Trial& t) { return t.env.label; }, "Task.");
  setting_texts(
      "algorithm", [](const Trial& t) { return t.algorithm.label; }, "Algorithm.");
  setting_texts(
      "policy", [](const Trial& t) { return t.policy.label; }, "Kind of policy.");
  setting_texts(
      "setting", [](const Trial& t) { return t.setting; }, "Swept values in words.");
  std::vector<std::uint64_t> seeds;
  for (const Trial& trial : settings) seeds.push_back(trial.seed);
  file.write_column("trials/seed", seeds, {"Seed of the trial.", ""});

  texts(
      "status", [](const MergedTrial& t) { return std::string(status_name(t.record.status)); },
      "complete or failed; scores of failed trials are NaN.");
  texts(
      "cause_kind", [](const MergedTrial& t) { return t.record.cause.kind; },
      "Why the trial failed: error, signal, exit, timeout, memory, plugin.");
  texts(
      "cause_message", [](const MergedTrial& t) { return t.record.cause.message; },
      "The same in words.");
  numbers(
      "cause_iteration", [](const MergedTrial& t) { return t.record.cause.iteration; },
      "Where it failed; -1 if unknown.");
  const auto total = [](const std::vector<std::int64_t>& values) {
    std::int64_t sum = 0;
    for (const std::int64_t value : values) sum += value;
    return sum;
  };
  numbers(
      "iterations",
      [](const MergedTrial& t) { return static_cast<std::int64_t>(t.record.curves.size()); },
      "Iterations that were finished.");
  numbers(
      "steps",
      [](const MergedTrial& t) {
        return t.record.curves.size() == 0 ? std::int64_t{0} : t.record.curves.steps.back();
      },
      "Environment steps used.", "steps");
  numbers(
      "episodes", [&](const MergedTrial& t) { return total(t.record.curves.episodes); },
      "Episodes that ended.");
  numbers(
      "unstable", [&](const MergedTrial& t) { return total(t.record.curves.unstable); },
      "Of those, cut because the simulation broke down.");
  numbers(
      "wall_seconds", [](const MergedTrial& t) { return t.record.wall_seconds; },
      "Time used, over all resumptions.", "s");
  for (std::size_t i = 0; i < kAllScores.size(); ++i)
    numbers((std::string("score_") + score_name(kAllScores[i])).c_str(),
            [i](const MergedTrial& t) {
              return t.record.status == TrialStatus::kComplete
                         ? trial_score(t.record, kAllScores[i])
                         : kNan;
            },
            "Score of the trial; NaN if it failed or there was no episode to score.");
  texts(
      "digest", [](const MergedTrial& t) { return t.digest; },
      "SHA-256 of the trial's results proper.");
  texts(
      "provenance", [](const MergedTrial& t) { return json::canonical(t.record.provenance); },
      "Program, machine and times, as JSON.");
  numbers(
      "file_bytes", [](const MergedTrial& t) { return t.stamp.bytes; },
      "Size of the trial file when it was merged.", "bytes");
  numbers(
      "file_time", [](const MergedTrial& t) { return t.stamp.time; }, "Time of its last change.",
      "ns");
}

void write_curves(hdf5::File& file, const std::vector<MergedTrial>& trials) {
  Ints offsets, lengths, rows, iterations;
  std::set<std::string> metrics;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const Curves& curves = trials[i].record.curves;
    offsets.push_back(static_cast<std::int64_t>(rows.size()));
    lengths.push_back(static_cast<std::int64_t>(curves.size()));
    rows.insert(rows.end(), curves.size(), static_cast<std::int64_t>(i));
    for (std::size_t k = 0; k < curves.size(); ++k)
      iterations.push_back(static_cast<std::int64_t>(k));
    for (const auto& metric : curves.metrics) metrics.insert(metric.first);
  }
  file.write_column("trials/curve_offset", offsets, {"First row of the trial in /curves.", "rows"});
  file.write_column("trials/curve_length", lengths, {"Number of its rows.", "rows"});
  file.write_column("curves/trial", rows, {"Row of the trial in /trials.", "rows"});
  file.write_column("curves/iteration", iterations, {"Iteration, from 0.", ""});

  for_each_curve([&](const char* name, auto member, const hdf5::About& about) {
    std::decay_t<decltype(std::declval<Curves>().*member)> all;
    all.reserve(rows.size());
    for (const MergedTrial& trial : trials) {
      const auto& part = trial.record.curves.*member;
      all.insert(all.end(), part.begin(), part.end());
    }
    file.write_column(std::string("curves/") + name, all, about);
  });
  for (const std::string& metric : metrics) {
    std::vector<double> all;
    all.reserve(rows.size());
    for (const MergedTrial& trial : trials) {
      const Curves& curves = trial.record.curves;
      const auto found = curves.metrics.find(metric);
      if (found == curves.metrics.end()) {
        all.insert(all.end(), curves.size(), kNan);
      } else {
        all.insert(all.end(), found->second.begin(), found->second.end());
      }
    }
    file.write_column(
        "metrics/" + dataset_name(metric), all,
        {"Diagnostic of the algorithm, aligned with /curves; NaN where there was none.", ""});
  }
}

// Nothing where no trial was evaluated during its training.
void write_evaluations(hdf5::File& file, const std::vector<MergedTrial>& trials) {
  Ints rows;
  for (std::size_t i = 0; i < trials.size(); ++i)
    rows.insert(rows.end(), trials[i].record.evaluations.size(), static_cast<std::int64_t>(i));
  if (rows.empty()) return;
  file.write_column("evaluations/trial", rows, {"Row of the trial in /trials.", "rows"});
  for_each_evaluation_column([&](const char* name, auto member, const hdf5::About& about) {
    std::decay_t<decltype(std::declval<EvaluationLog>().*member)> all;
    all.reserve(rows.size());
    for (const MergedTrial& trial : trials) {
      const auto& part = trial.record.evaluations.*member;
      all.insert(all.end(), part.begin(), part.end());
    }
    file.write_column(std::string("evaluations/") + name, all, about);
  });
}

json::Value parse_json(const std::string& text, const std::string& place) {
  try {
    return json::parse(text, place);
  } catch (const UserError& error) {
    throw UserError(error.what(), ExitCode::kStore);
  }
}

// Reading: every column of a group has the same number of rows.
class Columns {
 public:
  Columns(const hdf5::File& file, std::string group, std::string name)
      : file_(file), group_(std::move(group)), name_(std::move(name)) {}

  template <class T>
  std::vector<T> numbers(const std::string& column) {
    return checked(column, file_.read_column<T>(group_ + "/" + column));
  }
  std::vector<std::string> texts(const std::string& column) {
    return checked(column, file_.read_texts(group_ + "/" + column));
  }
  void expect(std::size_t rows) { rows_ = rows; }
  [[noreturn]] void fail(const std::string& column, const std::string& what) const {
    throw UserError(name_ + ": " + group_ + "/" + column + ": " + what, ExitCode::kStore);
  }

 private:
  template <class T>
  std::vector<T> checked(const std::string& column, std::vector<T> values) {
    if (!rows_) rows_ = values.size();
    if (values.size() != *rows_) fail(column, "has another length than its neighbours");
    return values;
  }

  const hdf5::File& file_;
  std::string group_, name_;
  std::optional<std::size_t> rows_;
};

void read_trials(const hdf5::File& file, const std::string& name, MergedResults& results) {
  Columns columns(file, "trials", name);
  const auto ids = columns.texts("id"), labels = columns.texts("label");
  const auto status = columns.texts("status"), kinds = columns.texts("cause_kind"),
             messages = columns.texts("cause_message"), digests = columns.texts("digest"),
             provenances = columns.texts("provenance");
  const auto iterations = columns.numbers<std::int64_t>("cause_iteration"),
             configs = columns.numbers<std::int64_t>("config"),
             times = columns.numbers<std::int64_t>("file_time");
  const auto bytes = columns.numbers<std::uint64_t>("file_bytes");
  const auto seconds = columns.numbers<double>("wall_seconds");
  std::vector<std::vector<double>> scores;
  for (const Score score : kAllScores) {
    const std::string column = std::string("score_") + score_name(score);
    // Older files know fewer scores.
    scores.push_back(file.has("trials/" + column) ? columns.numbers<double>(column)
                                                  : std::vector<double>(ids.size(), kNan));
  }
  results.trials.resize(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    MergedTrial& trial = results.trials[i];
    if (configs[i] < 0 || configs[i] >= static_cast<std::int64_t>(results.configs.size()))
      columns.fail("config", "names a row that does not exist");
    trial.record.id = ids[i];
    trial.record.label = labels[i];
    trial.record.config = results.configs[static_cast<std::size_t>(configs[i])];
    trial.record.status = status_named(status[i], name);
    trial.record.cause = {kinds[i], messages[i], iterations[i]};
    trial.record.provenance = parse_json(provenances[i], name + ": trials/provenance");
    trial.record.wall_seconds = seconds[i];
    for (const auto& score : scores) trial.record.stored_scores.push_back(score[i]);
    trial.digest = digests[i];
    trial.stamp = {bytes[i], times[i]};
  }
}

void read_curves(const hdf5::File& file, const std::string& name, MergedResults& results) {
  Columns trials(file, "trials", name);
  trials.expect(results.trials.size());
  const auto offsets = trials.numbers<std::int64_t>("curve_offset"),
             lengths = trials.numbers<std::int64_t>("curve_length");
  std::int64_t rows = 0;
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    if (offsets[i] != rows || lengths[i] < 0 || lengths[i] > (std::int64_t{1} << 40))
      trials.fail("curve_offset", "does not fit the lengths");
    rows += lengths[i];
  }
  Columns columns(file, "curves", name);
  columns.expect(static_cast<std::size_t>(rows));
  const auto part = [&](const auto& all, std::size_t i) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(offsets[i]);
    return std::decay_t<decltype(all)>(begin, begin + static_cast<std::ptrdiff_t>(lengths[i]));
  };
  for_each_curve([&](const char* curve, auto member, const hdf5::About&) {
    using Column = std::decay_t<decltype(std::declval<Curves>().*member)>;
    const Column all = columns.numbers<typename Column::value_type>(curve);
    for (std::size_t i = 0; i < offsets.size(); ++i)
      results.trials[i].record.curves.*member = part(all, i);
  });
  Columns metrics(file, "metrics", name);
  metrics.expect(static_cast<std::size_t>(rows));
  for (const std::string& dataset : file.names("metrics")) {
    const std::vector<double> all = metrics.numbers<double>(dataset);
    for (std::size_t i = 0; i < offsets.size(); ++i) {
      std::vector<double> values = part(all, i);
      const bool has_any = std::any_of(values.begin(), values.end(),
                                       [](double value) { return !std::isnan(value); });
      if (has_any)
        results.trials[i].record.curves.metrics.emplace(metric_name(dataset), std::move(values));
    }
  }
}

void read_evaluations(const hdf5::File& file, const std::string& name, MergedResults& results) {
  if (file.names("evaluations").empty()) return;
  Columns columns(file, "evaluations", name);
  const Ints rows = columns.numbers<std::int64_t>("trial");
  const auto n_trials = static_cast<std::int64_t>(results.trials.size());
  if (std::any_of(rows.begin(), rows.end(),
                  [&](std::int64_t row) { return row < 0 || row >= n_trials; }))
    columns.fail("trial", "names a row that does not exist");
  for_each_evaluation_column([&](const char* column, auto member, const hdf5::About&) {
    using Column = std::decay_t<decltype(std::declval<EvaluationLog>().*member)>;
    const Column all = columns.numbers<typename Column::value_type>(column);
    for (std::size_t i = 0; i < rows.size(); ++i)
      (results.trials[static_cast<std::size_t>(rows[i])].record.evaluations.*member)
          .push_back(all[i]);
  });
}

}  // namespace

std::string encode_results(const MergedResults& results) {
  hdf5::File file = hdf5::File::create();
  write_format(file, kFormat);
  file.write_text("meta/experiment", json::canonical(results.experiment),
                  {"The experiment file with its overrides, as JSON.", ""});
  std::vector<std::string> configs;
  std::map<std::string, std::int64_t> row_of;
  for (const json::Value& config : results.configs) {
    configs.push_back(json::canonical(config));
    row_of.emplace(configs.back(), static_cast<std::int64_t>(configs.size()) - 1);
  }
  file.write_texts(
      "meta/configs", configs,
      {"Configuration of each planned trial, as JSON; /trials/config points here.", ""});
  write_trials(file, results.trials);
  file.write_column(
      "trials/config",
      column(results.trials,
             [&](const MergedTrial& t) { return row_of.at(json::canonical(t.record.config)); }),
      {"Row of the configuration in /meta/configs.", "rows"});
  write_curves(file, results.trials);
  write_evaluations(file, results.trials);
  return sealed(file.image());
}

std::optional<MergedResults> read_results_file(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  const std::string bytes = read_file(path);
  const std::string name = path.string();
  const hdf5::File file = hdf5::File::from_image(unsealed(bytes, path), name);
  check_format(file, kFormat, name);
  MergedResults results;
  results.experiment = parse_json(file.read_text("meta/experiment"), name + ": meta/experiment");
  for (const std::string& text : file.read_texts("meta/configs"))
    results.configs.push_back(parse_json(text, name + ": meta/configs"));
  read_trials(file, name, results);
  read_curves(file, name, results);
  read_evaluations(file, name, results);
  return results;
}

}  // namespace rlrun
