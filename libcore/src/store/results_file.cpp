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
template <class Row, class F>
auto column(const std::vector<Row>& rows, F&& value) {
  std::vector<std::decay_t<decltype(value(rows.front()))>> values;
  values.reserve(rows.size());
  for (const Row& row : rows) values.push_back(value(row));
  return values;
}

constexpr std::array kTimes = {"started", "finished"};

std::string text_of(const json::Value& object, const char* key) {
  const json::Value* value = object.find(key);
  const std::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? "" : *text;
}

template <class Visit>
void for_each_total(const Visit& visit) {
  using About = hdf5::About;
  visit("iterations", &CurveTotals::iterations, About{"Iterations that were finished.", ""});
  visit("steps", &CurveTotals::steps, About{"Environment steps used.", "steps"});
  visit("episodes", &CurveTotals::episodes, About{"Episodes that ended.", ""});
  visit("unstable", &CurveTotals::unstable,
        About{"Of those, cut because the simulation broke down.", ""});
  visit("ended_steps", &CurveTotals::ended_steps,
        About{"Of the steps, those of episodes that ended.", "steps"});
  visit("shortest", &CurveTotals::shortest,
        About{"Least mean length of an iteration's episodes.", "steps"});
  visit("longest", &CurveTotals::longest, About{"Greatest mean length of the same.", "steps"});
  visit("updates", &CurveTotals::updates,
        About{"Updates made; NaN where the algorithm does not count them.", ""});
}

// What does not change from trial to trial once, and the times beside it.
void write_provenances(hdf5::File& file, const std::vector<TrialRecord>& trials) {
  std::vector<std::string> distinct;
  std::unordered_map<std::string, std::int64_t> row_of;
  Ints rows;
  for (const TrialRecord& trial : trials) {
    json::Object lasting;
    if (const json::Object* all = trial.provenance.if_object())
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
        column(trials, [&](const TrialRecord& t) { return text_of(t.provenance, time); }),
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
  file.write_column("trials/config",
                    column(results.records, [&](const TrialRecord& t) { return row_of.at(t.id); }),
                    {"Row of the configuration in /planned.", "rows"});
}

void write_trials(hdf5::File& file, const std::vector<TrialRecord>& trials) {
  const auto texts = [&](const char* name, const auto& value, const char* description) {
    file.write_texts(std::string("trials/") + name, column(trials, value), {description, ""});
  };
  const auto numbers = [&](const char* name, const auto& value, const char* description,
                           const char* unit = "") {
    file.write_column(std::string("trials/") + name, column(trials, value), {description, unit});
  };
  const std::vector<Trial> settings =
      column(trials, [](const TrialRecord& t) { return Trial::from_config(t.config); });
  const auto setting_texts = [&](const char* name, const auto& value, const char* description) {
    std::vector<std::string> values;
    for (const Trial& trial : settings) values.push_back(value(trial));
    file.write_texts(std::string("trials/") + name, values, {description, ""});
  };

  texts(
      "id", [](const TrialRecord& t) { return t.id; }, "Hash of the configuration.");
  texts(
      "label", [](const TrialRecord& t) { return t.label; }, "Name for people.");
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
      "status", [](const TrialRecord& t) { return std::string(status_name(t.status)); },
      "complete or failed; scores of failed trials are NaN.");
  texts(
      "cause_kind", [](const TrialRecord& t) { return t.cause.kind; },
      "Why the trial failed: error, signal, exit, timeout, memory, plugin.");
  texts(
      "cause_message", [](const TrialRecord& t) { return t.cause.message; }, "The same in words.");
  numbers(
      "cause_iteration", [](const TrialRecord& t) { return t.cause.iteration; },
      "Where it failed; -1 if unknown.");
  const std::vector<CurveTotals> totals =
      column(trials, [](const TrialRecord& t) { return t.totals(); });
  for_each_total([&](const char* name, auto member, const hdf5::About& about) {
    file.write_column(std::string("trials/") + name,
                      column(totals, [&](const CurveTotals& all) { return all.*member; }), about);
  });
  numbers(
      "wall_seconds", [](const TrialRecord& t) { return t.wall_seconds; },
      "Time used, over all resumptions.", "s");
  for (std::size_t i = 0; i < kAllScores.size(); ++i)
    numbers((std::string("score_") + score_name(kAllScores[i])).c_str(),
            [i](const TrialRecord& t) {
              return t.status == TrialStatus::kComplete ? trial_score(t, kAllScores[i]) : kNan;
            },
            "Score of the trial; NaN if it failed or there was no episode to score.");
  write_provenances(file, trials);
}

void write_files(hdf5::File& file, const std::vector<MergedFile>& files) {
  file.write_texts("trials/digest", column(files, [](const MergedFile& f) { return f.digest; }),
                   {"SHA-256 of the trial's results proper.", ""});
  file.write_column("trials/file_bytes",
                    column(files, [](const MergedFile& f) { return f.stamp.bytes; }),
                    {"Size of the trial file when it was merged.", "bytes"});
  file.write_column("trials/file_time",
                    column(files, [](const MergedFile& f) { return f.stamp.time; }),
                    {"Time of its last change.", "ns"});
  file.write_column("trials/file_changed",
                    column(files, [](const MergedFile& f) { return f.stamp.changed; }),
                    {"Time of the last change of its inode.", "ns"});
}

void write_curves(hdf5::File& file, const std::vector<TrialRecord>& trials) {
  Ints offsets, lengths, rows, iterations;
  std::set<std::string> metrics;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const Curves& curves = trials[i].curves;
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
    for (const TrialRecord& trial : trials) {
      const auto& part = trial.curves.*member;
      all.insert(all.end(), part.begin(), part.end());
    }
    file.write_column(std::string("curves/") + name, all, about);
  });
  for (const std::string& metric : metrics) {
    std::vector<double> all;
    all.reserve(rows.size());
    for (const TrialRecord& trial : trials) {
      const Curves& curves = trial.curves;
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
void write_evaluations(hdf5::File& file, const std::vector<TrialRecord>& trials) {
  Ints rows;
  for (std::size_t i = 0; i < trials.size(); ++i)
    rows.insert(rows.end(), trials[i].evaluations.size(), static_cast<std::int64_t>(i));
  if (rows.empty()) return;
  file.write_column("evaluations/trial", rows, {"Row of the trial in /trials.", "rows"});
  for_each_evaluation_column([&](const char* name, auto member, const hdf5::About& about) {
    std::decay_t<decltype(std::declval<EvaluationLog>().*member)> all;
    all.reserve(rows.size());
    for (const TrialRecord& trial : trials) {
      const auto& part = trial.evaluations.*member;
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
  std::vector<std::string> finished = file.has("trials/finished")
                                          ? columns.texts("finished")
                                          : std::vector<std::string>(ids.size());
  results.records.resize(ids.size());
  results.files.resize(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    TrialRecord& record = results.records[i];
    record.id = std::move(ids[i]);
    record.label = std::move(labels[i]);
    if (!results.configs.empty()) {
      if (configs[i] < 0 || configs[i] >= static_cast<std::int64_t>(results.configs.size()))
        columns.fail("config", "names a row that does not exist");
      record.config = results.configs[static_cast<std::size_t>(configs[i])];
    }
    record.status = status_named(status[i], name);
    record.cause = {std::move(kinds[i]), std::move(messages[i]), iterations[i]};
    record.provenance = std::move(provenances[i]);
    record.finished = std::move(finished[i]);
    record.wall_seconds = seconds[i];
    record.stored_scores.reserve(scores.size());
    for (const auto& score : scores) record.stored_scores.push_back(score[i]);
    results.files[i] = {std::move(digests[i]), {bytes[i], times[i], changed[i]}};
  }
}

void read_totals(const hdf5::File& file, const std::string& name, MergedResults& results) {
  Columns columns(file, "trials", name);
  columns.expect(results.records.size());
  for (TrialRecord& record : results.records) record.stored_totals.emplace();
  for_each_total([&](const char* column, auto member, const hdf5::About&) {
    using Number = std::decay_t<decltype(std::declval<CurveTotals>().*member)>;
    const std::vector<Number> all = columns.numbers<Number>(column);
    for (std::size_t i = 0; i < all.size(); ++i) *results.records[i].stored_totals.*member = all[i];
  });
}

void read_curves(const hdf5::File& file, const std::string& name, MergedResults& results) {
  Columns trials(file, "trials", name);
  trials.expect(results.records.size());
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
      results.records[i].curves.*member = part(all, i);
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
        results.records[i].curves.metrics.emplace(metric_name(dataset), std::move(values));
    }
  }
}

void read_evaluations(const hdf5::File& file, const std::string& name, MergedResults& results) {
  if (file.names("evaluations").empty()) return;
  Columns columns(file, "evaluations", name);
  const Ints rows = columns.numbers<std::int64_t>("trial");
  const auto n_trials = static_cast<std::int64_t>(results.records.size());
  if (std::any_of(rows.begin(), rows.end(),
                  [&](std::int64_t row) { return row < 0 || row >= n_trials; }))
    columns.fail("trial", "names a row that does not exist");
  for_each_evaluation_column([&](const char* column, auto member, const hdf5::About&) {
    using Column = std::decay_t<decltype(std::declval<EvaluationLog>().*member)>;
    const Column all = columns.numbers<typename Column::value_type>(column);
    for (std::size_t i = 0; i < rows.size(); ++i)
      (results.records[static_cast<std::size_t>(rows[i])].evaluations.*member).push_back(all[i]);
  });
}

// Whether scores and totals can stand for the curves: they are all there, as this program computes
// them.
bool is_current(const hdf5::File& file) {
  const std::vector<std::int64_t> version = file.read_int_attribute("rlrun_format_version");
  return version.at(0) == kResultsFormat.major && version.at(1) == kResultsFormat.minor;
}

}  // namespace

std::string encode_results(const MergedResults& results) {
  hdf5::File file = hdf5::File::create();
  write_format(file, kResultsFormat);
  file.write_text("meta/experiment", json::canonical(results.experiment),
                  {"The experiment file with its overrides, as JSON.", ""});
  file.write_text("meta/plan", results.plan, {"SHA-256 of experiment.json.", ""});
  write_plan(file, results);
  write_trials(file, results.records);
  write_files(file, results.files);
  write_curves(file, results.records);
  write_evaluations(file, results.records);
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
  results.current = is_current(file);
  if (!curves && results.current) {
    read_totals(file, name, results);
    return results;
  }
  read_curves(file, name, results);
  read_evaluations(file, name, results);
  return results;
}

}  // namespace rlrun
