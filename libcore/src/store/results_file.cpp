#include "store/results_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <unordered_map>

#include "rlrun/error.hpp"

#include "store/file.hpp"
#include "store/hdf5.hpp"
#include "store/names.hpp"
#include "store/seal.hpp"
#include "trial/score.hpp"
#include "trial/trial.hpp"

namespace rlrun {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
using Ints = std::vector<std::int64_t>;

// A column made by a function of the trial.
template <class F>
auto column(const std::vector<MergedTrial>& trials, F&& value) {
  std::vector<std::decay_t<decltype(value(trials.front()))>> values;
  values.reserve(trials.size());
  for (const MergedTrial& trial : trials) values.push_back(value(trial));
  return values;
}

constexpr std::array kTimes = {"started", "finished"};

std::string text_of(const json::Value& object, const char* key) {
  const json::Value* value = object.find(key);
  const std::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? "" : *text;
}

// What does not change from trial to trial once, and the times beside it.
void write_provenances(hdf5::File& file, const std::vector<MergedTrial>& trials) {
  std::vector<std::string> distinct;
  std::unordered_map<std::string, std::int64_t> row_of;
  Ints rows;
  for (const MergedTrial& trial : trials) {
    json::Object lasting;
    if (const json::Object* all = trial.record.provenance.if_object())
      for (const auto& member : *all)
        if (std::find(kTimes.begin(), kTimes.end(), member.first) == kTimes.end())
          lasting.push_back(member);
    const auto [row, is_new] =
        row_of.try_emplace(json::canonical(lasting), static_cast<std::int64_t>(distinct.size()));
    if (is_new) distinct.push_back(row->first);
    rows.push_back(row->second);
  }
  file.write_texts("meta/provenances", distinct,
                   {"Program, code and machine, as JSON; /trials/provenance points here.", ""});
  file.write_column("trials/provenance", rows, {"Row in /meta/provenances.", "rows"});
  for (const char* time : kTimes)
    file.write_texts(
        std::string("trials/") + time,
        column(trials, [&](const MergedTrial& t) { return text_of(t.record.provenance, time); }),
        {"When the process of the trial started or finished, in UTC.", ""});
}

// The planned configurations as settings and seeds, and which of them each finished trial has.
void write_plan(hdf5::File& file, const MergedResults& results) {
  std::vector<std::string> settings;
  std::unordered_map<std::string, std::int64_t> setting_of;
  std::unordered_map<std::string, std::int64_t> row_of;  // of a planned trial, by its id
  Ints rows, seeds;
  std::vector<Trial> planned;
  planned.reserve(results.configs.size());
  for (const json::Value& config : results.configs) planned.push_back(Trial::from_config(config));
  const std::vector<std::string> ids = ids_of(planned);
  std::int64_t setting = 0;
  for (std::size_t i = 0; i < planned.size(); ++i) {
    if (i == 0 || !differ_in_seed_alone(planned[i - 1], planned[i])) {
      const auto [entry, is_new] =
          setting_of.try_emplace(json::canonical(without_seed(results.configs[i])),
                                 static_cast<std::int64_t>(settings.size()));
      if (is_new) settings.push_back(entry->first);
      setting = entry->second;
    }
    rows.push_back(setting);
    seeds.push_back(static_cast<std::int64_t>(planned[i].seed));
    row_of.emplace(ids[i], static_cast<std::int64_t>(i));
  }
  file.write_texts("meta/settings", settings,
                   {"Configurations without the seed, as JSON; /planned/setting points here.", ""});
  file.write_column("planned/setting", rows, {"Row in /meta/settings.", "rows"});
  file.write_column("planned/seed", seeds, {"Seed of the planned trial.", ""});
  file.write_column(
      "trials/config",
      column(results.trials, [&](const MergedTrial& t) { return row_of.at(t.record.id); }),
      {"Row of the configuration in /planned.", "rows"});
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
  write_provenances(file, trials);
  numbers(
      "file_bytes", [](const MergedTrial& t) { return t.stamp.bytes; },
      "Size of the trial file when it was merged.", "bytes");
  numbers(
      "file_time", [](const MergedTrial& t) { return t.stamp.time; }, "Time of its last change.",
      "ns");
  numbers(
      "file_changed", [](const MergedTrial& t) { return t.stamp.changed; },
      "Time of the last change of its inode.", "ns");
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

// Of each row of /trials. In version 1 each had a text of its own.
std::vector<json::Value> read_provenances(const hdf5::File& file, const std::string& name,
                                          Columns& trials, bool with_times) {
  std::vector<json::Value> all;
  const std::string place = name + ": meta/provenances";
  if (!file.has("meta/provenances")) {
    for (const std::string& text : trials.texts("provenance"))
      all.push_back(parse_json(text, name + ": trials/provenance"));
    return all;
  }
  std::vector<json::Value> distinct;
  for (const std::string& text : file.read_texts("meta/provenances"))
    distinct.push_back(parse_json(text, place));
  const Ints rows = trials.numbers<std::int64_t>("provenance");
  for (const std::int64_t row : rows) {
    if (row < 0 || row >= static_cast<std::int64_t>(distinct.size()))
      trials.fail("provenance", "names a row that does not exist");
    all.push_back(distinct[static_cast<std::size_t>(row)]);
  }
  for (const char* time : kTimes) {
    if (!with_times) break;
    const std::vector<std::string> texts = trials.texts(time);
    for (std::size_t i = 0; i < all.size(); ++i)
      if (!texts[i].empty()) all[i][time] = texts[i];
  }
  return all;
}

std::vector<json::Value> read_configs(const hdf5::File& file, const std::string& name) {
  std::vector<json::Value> configs;
  if (file.has("meta/configs")) {  // version 1
    for (const std::string& text : file.read_texts("meta/configs"))
      configs.push_back(parse_json(text, name + ": meta/configs"));
    return configs;
  }
  std::vector<json::Value> settings;
  for (const std::string& text : file.read_texts("meta/settings"))
    settings.push_back(parse_json(text, name + ": meta/settings"));
  Columns planned(file, "planned", name);
  const Ints rows = planned.numbers<std::int64_t>("setting"),
             seeds = planned.numbers<std::int64_t>("seed");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] < 0 || rows[i] >= static_cast<std::int64_t>(settings.size()))
      planned.fail("setting", "names a row that does not exist");
    configs.push_back(with_seed(settings[static_cast<std::size_t>(rows[i])], seeds[i]));
  }
  return configs;
}

void read_trials(const hdf5::File& file, const std::string& name, bool with_times,
                 MergedResults& results) {
  Columns columns(file, "trials", name);
  auto ids = columns.texts("id"), labels = columns.texts("label");
  auto kinds = columns.texts("cause_kind"), messages = columns.texts("cause_message"),
       digests = columns.texts("digest");
  const auto status = columns.texts("status");
  std::vector<json::Value> provenances = read_provenances(file, name, columns, with_times);
  const auto iterations = columns.numbers<std::int64_t>("cause_iteration"),
             configs = columns.numbers<std::int64_t>("config"),
             times = columns.numbers<std::int64_t>("file_time"),
             changed = file.has("trials/file_changed")
                           ? columns.numbers<std::int64_t>("file_changed")
                           : Ints(ids.size(), 0);
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
    trial.record.id = std::move(ids[i]);
    trial.record.label = std::move(labels[i]);
    if (!results.configs.empty()) {
      if (configs[i] < 0 || configs[i] >= static_cast<std::int64_t>(results.configs.size()))
        columns.fail("config", "names a row that does not exist");
      trial.record.config = results.configs[static_cast<std::size_t>(configs[i])];
    }
    trial.record.status = status_named(status[i], name);
    trial.record.cause = {std::move(kinds[i]), std::move(messages[i]), iterations[i]};
    trial.record.provenance = std::move(provenances[i]);
    trial.record.wall_seconds = seconds[i];
    trial.record.stored_scores.reserve(scores.size());
    for (const auto& score : scores) trial.record.stored_scores.push_back(score[i]);
    trial.digest = std::move(digests[i]);
    trial.stamp = {bytes[i], times[i], changed[i]};
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
  write_format(file, kResultsFormat);
  file.write_text("meta/experiment", json::canonical(results.experiment),
                  {"The experiment file with its overrides, as JSON.", ""});
  file.write_text("meta/plan", results.plan, {"SHA-256 of experiment.json.", ""});
  write_plan(file, results);
  write_trials(file, results.trials);
  write_curves(file, results.trials);
  write_evaluations(file, results.trials);
  return sealed(file.image());
}

std::optional<MergedResults> read_results_file(const std::filesystem::path& path, bool curves,
                                               const std::string& plan) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  const std::string bytes = read_file(path);
  const std::string name = path.string();
  const hdf5::File file = hdf5::File::from_image(unsealed(bytes, path), name);
  check_format(file, kResultsFormat, name);
  MergedResults results;
  results.experiment = parse_json(file.read_text("meta/experiment"), name + ": meta/experiment");
  if (file.has("meta/plan")) results.plan = file.read_text("meta/plan");
  if (plan.empty() || plan != results.plan) results.configs = read_configs(file, name);
  read_trials(file, name, curves, results);
  if (!curves) return results;
  read_curves(file, name, results);
  read_evaluations(file, name, results);
  return results;
}

}  // namespace rlrun
