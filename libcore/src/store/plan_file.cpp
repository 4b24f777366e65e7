// experiment.json: what a folder's trials are.
//
// JSON with one line for each setting and each trial, so that people can search and compare it. The
// last line is a seal over all bytes before it. A file is read line by line: 100,000 trials as one
// JSON value would take more memory than everything else. Files of version 1 have no seal and repeat
// the whole configuration for each trial.

#include <algorithm>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "store/file.hpp"
#include "store/interned.hpp"
#include "store/store.hpp"
#include "trial/trial.hpp"

namespace rlrun {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFormat = "rlrun-plan";
constexpr std::int64_t kVersion = 2;
// Members of the experiment are indented, and line breaks in texts escaped: none of these stands
// anywhere else.
constexpr std::string_view kSettings = "\n\"settings\": [\n", kTrials = "],\n\"trials\": [\n",
                           kSealed = "],\n\"seal\": \"sha256:", kEnd = "\"\n}\n";
constexpr std::size_t kHashDigits = 64;

[[noreturn]] void refuse(const std::string& file, const std::string& what) {
  throw UserError(file + ": " + what, ExitCode::kStore);
}

// What is known to be JSON of ours, unless the file is damaged.
json::Value parse(std::string_view text, const std::string& file) {
  try {
    return json::parse(text, file);
  } catch (const UserError& error) {
    throw UserError(error.what(), ExitCode::kStore);
  }
}

const json::Value& member(const json::Value& value, const char* key, const std::string& file) {
  const json::Value* found = value.find(key);
  if (found == nullptr) refuse(file, fmt::format("'{}' is missing", key));
  return *found;
}

const std::string& text_member(const json::Value& value, const char* key, const std::string& file) {
  const std::string* text = member(value, key, file).if_string();
  if (text == nullptr) refuse(file, fmt::format("'{}' is no text", key));
  return *text;
}

std::int64_t whole_member(const json::Value& value, const char* key, const std::string& file) {
  const std::int64_t* number = member(value, key, file).if_int();
  if (number == nullptr) refuse(file, fmt::format("'{}' is no whole number", key));
  return *number;
}

// Returns the version.
std::int64_t check_format(const json::Value& head, const std::string& file) {
  const json::Value* format = head.find("rlrun_format");
  if (format == nullptr || *format != json::Value(kFormat))
    refuse(file, "is no plan written by rlrun");
  const std::int64_t version = whole_member(head, "rlrun_format_version", file);
  if (version < 1 || version > kVersion) refuse(file, "was written by a newer rlrun");
  return version;
}

std::vector<Trial> trials_of(const std::vector<json::Value>& configs) {
  std::vector<Trial> trials;
  trials.reserve(configs.size());
  for (const json::Value& config : configs) trials.push_back(Trial::from_config(config));
  return trials;
}

// Takes trials one by one and checks that ids are those of the configurations: a part at a time, as
// all trials at once would take as much memory as the plan.
class PlanReader {
 public:
  PlanReader(const std::string& file, bool with_configs)
      : file_(file), with_configs_(with_configs) {}

  void set_experiment(json::Value experiment) { plan_.experiment = std::move(experiment); }
  void add(const std::string& id, json::Value config) {
    try {
      unchecked_.push_back(Trial::from_config(config));
    } catch (const UserError& error) {
      refuse(file_, error.what());
    }
    plan_.ids.push_back(id);
    if (with_configs_) plan_.configs.push_back(std::move(config));
    constexpr std::size_t kPart = 1000;
    if (unchecked_.size() == kPart) check();
  }
  Store::Plan finish() {
    check();
    return std::move(plan_);
  }

 private:
  void check() {
    const std::vector<std::string> ids = ids_of(unchecked_);
    const auto claimed = plan_.ids.end() - static_cast<std::ptrdiff_t>(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (const std::string& id = claimed[static_cast<std::ptrdiff_t>(i)]; id != ids[i])
        refuse(file_, fmt::format("damaged: trial {} ({}) has the configuration of trial {}", id,
                                  unchecked_[i].label(), ids[i]));
    unchecked_.clear();
  }

  const std::string& file_;
  bool with_configs_;
  Store::Plan plan_;
  std::vector<Trial> unchecked_;  // the last of the plan
};

Store::Plan read_version_1(const json::Value& value, const std::string& file, bool with_configs) {
  PlanReader plan(file, with_configs);
  plan.set_experiment(member(value, "experiment", file));
  const json::Array* trials = member(value, "trials", file).if_array();
  if (trials == nullptr) refuse(file, "'trials' is no list");
  Interned interned;
  for (const json::Value& trial : *trials) {
    const json::Value& config = member(trial, "config", file);
    if (config.if_object() == nullptr) refuse(file, "'config' is no object");
    plan.add(text_member(trial, "id", file), interned(config));
  }
  return plan.finish();
}

// The content before the seal; none for a file without one.
std::optional<std::string_view> unsealed_plan(std::string_view text, const std::string& file) {
  const std::size_t seal_bytes = kSealed.size() + kHashDigits + kEnd.size();
  const std::size_t at = text.size() < seal_bytes ? 0 : text.size() - seal_bytes;
  const std::string_view seal = text.substr(at);
  if (!seal.starts_with(kSealed) || !seal.ends_with(kEnd)) return std::nullopt;
  if (seal.substr(kSealed.size(), kHashDigits) != sha256_hex(text.substr(0, at)))
    refuse(file, "damaged, or changed after it was written: the content does not fit its seal");
  return text.substr(0, at);
}

// The part of a text up to a mark, which is cut off with it.
std::string_view take_until(std::string_view& text, std::string_view mark,
                            const std::string& file) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) refuse(file, "is no plan written by rlrun");
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(at + mark.size());
  return part;
}

// The lines of a list without the commas between them.
template <class Visit>
void for_each_line(std::string_view lines, const Visit& visit) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (line.ends_with(',')) line.remove_suffix(1);
    visit(line);
  }
}

Store::Plan read_version_2(std::string_view content, const std::string& file, bool with_configs) {
  PlanReader plan(file, with_configs);
  const json::Value head =
      parse(std::string(take_until(content, kSettings, file)) + "\"settings\": []}", file);
  check_format(head, file);
  plan.set_experiment(member(head, "experiment", file));
  std::vector<json::Value> settings;
  Interned interned;
  for_each_line(take_until(content, kTrials, file), [&](std::string_view line) {
    json::Value setting = parse(line, file);
    if (setting.if_object() == nullptr) refuse(file, "a setting is no object");
    settings.push_back(interned(std::move(setting)));
  });
  for_each_line(content, [&](std::string_view line) {
    const json::Value trial = parse(line, file);
    const auto row = static_cast<std::size_t>(whole_member(trial, "setting", file));
    if (row >= settings.size()) refuse(file, "a trial names a setting that does not exist");
    plan.add(text_member(trial, "id", file),
             with_seed(settings[row], whole_member(trial, "seed", file)));
  });
  return plan.finish();
}

std::string encode(const json::Value& experiment, const std::vector<Trial>& trials) {
  const std::vector<std::string> ids = ids_of(trials);

  std::string settings, rows;
  std::unordered_map<std::string, std::size_t> row_of;
  std::size_t row = 0;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (i == 0 || !differ_in_seed_alone(trials[i - 1], trials[i])) {
      const auto [entry, is_new] =
          row_of.try_emplace(json::canonical(without_seed(trials[i].config())), row_of.size());
      row = entry->second;
      if (is_new) settings += (settings.empty() ? "" : ",\n") + entry->first;
    }
    rows += fmt::format("{}{{\"id\": \"{}\", \"setting\": {}, \"seed\": {}}}",
                        rows.empty() ? "" : ",\n", ids[i], row,
                        static_cast<std::int64_t>(trials[i].seed));
  }
  const auto lines = [](const std::string& text) { return text.empty() ? text : text + "\n"; };
  std::string text =
      fmt::format("{{\n\"rlrun_format\": {},\n\"rlrun_format_version\": {},\n\"experiment\": {},",
                  json::quote(kFormat), kVersion, json::pretty(experiment));
  text += kSettings;
  text += lines(settings);
  text += kTrials;
  text += lines(rows);
  const std::string hash = sha256_hex(text);
  text += kSealed;
  text += hash;
  text += kEnd;
  return text;
}

bool holds(const fs::path& path, std::string_view text) {
  std::error_code ignored;
  return fs::exists(path, ignored) && read_file(path) == text;
}

}  // namespace

void Store::write_plan(const json::Value& experiment,
                       const std::vector<json::Value>& configs) const {
  write_plan(experiment, trials_of(configs));
}

void Store::write_plan(const json::Value& experiment, const std::vector<Trial>& trials) const {
  const std::string text = encode(experiment, trials);
  const fs::path path = folder_ / "experiment.json";
  if (!holds(path, text)) write_file_atomically(path, text);
}

bool Store::has_plan(const json::Value& experiment, const std::vector<Trial>& trials) const {
  return holds(folder_ / "experiment.json", encode(experiment, trials));
}

std::optional<Store::Plan> Store::read_plan(bool with_configs) const {
  const fs::path path = folder_ / "experiment.json";
  const std::string file = path.string();
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return std::nullopt;
  const std::string text = read_file(path);
  if (text.empty())
    refuse(file, "is empty; the next `rlrun sweep` of the experiment writes it anew");
  Plan plan;
  if (const auto content = unsealed_plan(text, file)) {
    plan = read_version_2(*content, file, with_configs);
  } else {
    const json::Value value = parse(text, file);
    if (check_format(value, file) != 1)
      refuse(file, "damaged, or changed after it was written: its seal is missing");
    plan = read_version_1(value, file, with_configs);
  }
  plan.hash = sha256_hex(text);
  return plan;
}

}  // namespace rlrun
