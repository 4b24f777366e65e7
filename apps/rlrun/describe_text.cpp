#include "describe_text.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "cli/wrap.hpp"

namespace rlrun::commands {
namespace {

std::string number(double value) {
  std::ostringstream text;
  text.precision(12);
  text << value;
  return text.str();
}

/// "at least 2", "0 < x <= 1", "a, b or c", or "".
std::string range_text(const FieldInfo& field) {
  std::string text;
  if (!field.choices.empty()) {
    for (std::size_t i = 0; i < field.choices.size(); ++i)
      text += (i == 0 ? "" : i + 1 == field.choices.size() ? " or " : ", ") + field.choices[i];
    return text;
  }
  const Range& range = field.range;
  const bool low = std::isfinite(range.low), high = std::isfinite(range.high);
  if (low && high)
    text = (range.open_low ? "(" : "[") + number(range.low) + ", " + number(range.high) +
           (range.open_high ? ")" : "]");
  else if (low)
    text = (range.open_low ? "more than " : "at least ") + number(range.low);
  else if (high)
    text = (range.open_high ? "less than " : "at most ") + number(range.high);
  return !text.empty() && field.type == "int_list" ? "each " + text : text;
}

std::string pad(const std::string& text, std::size_t width) {
  return text + std::string(width > text.size() ? width - text.size() : 0, ' ');
}

std::string bounds_text(const json::Value& bounds, const char* unbounded) {
  if (bounds.is_null()) return unbounded;
  return json::canonical(bounds);
}

/// "4 numbers, unbounded", "1 number in [-10, 10]", "one of 3".
std::string space_text(const json::Value& space) {
  const json::Value* type = space.find("type");
  if (type == nullptr || type->if_string() == nullptr) return "?";
  if (*type->if_string() == "discrete") return "one of " + json::canonical(*space.find("n"));
  if (*type->if_string() == "multi_discrete")
    return "several choices, of " + json::canonical(*space.find("n"));
  const json::Value &low = *space.find("low"), &high = *space.find("high");
  const std::string size = json::canonical(*space.find("size"));
  std::string text = size + (size == "1" ? " number" : " numbers");
  if (const json::Value* shape = space.find("shape")) text += ", shape " + json::canonical(*shape);
  if (low.is_null() && high.is_null()) return text + ", unbounded";
  return text + " in [" + bounds_text(low, "-inf") + ", " + bounds_text(high, "inf") + "]";
}

/// The lines of facts about a task, as (label, text).
std::vector<std::pair<std::string, std::string>> fact_lines(const json::Value& facts) {
  std::vector<std::pair<std::string, std::string>> lines;
  if (const json::Value* problem = facts.find("problem"))
    return {{"not known", *problem->if_string()}};
  lines.emplace_back("observation", space_text(*facts.find("observation")));
  lines.emplace_back("action", space_text(*facts.find("action")));
  lines.emplace_back("horizon", json::canonical(*facts.find("horizon")) + " steps");
  std::string state;
  for (const json::Value& field : *facts.find("state")->if_array())
    state += (state.empty() ? "" : ", ") + *field.find("name")->if_string() + " (" +
             json::canonical(*field.find("size")) + ")";
  lines.emplace_back("state", state.empty() ? "cannot be set" : state);
  std::string quantities;
  for (const json::Value& quantity : *facts.find("quantities")->if_array())
    quantities += (quantities.empty() ? "" : ", ") + *quantity.find("name")->if_string() + " in [" +
                  json::canonical(*quantity.find("low")) + ", " +
                  json::canonical(*quantity.find("high")) + "]";
  if (!quantities.empty()) lines.emplace_back("can vary", quantities);
  lines.emplace_back("pictures", *facts.find("renderable")->if_bool() ? "yes" : "no");
  return lines;
}

std::vector<std::pair<std::string, std::string>> head_lines(const EntryInfo& info) {
  std::vector<std::pair<std::string, std::string>> lines;
  if (!info.reference.empty()) lines.emplace_back("reference", info.reference);
  lines.emplace_back("plugin", info.path.empty() ? info.plugin : info.plugin + " " + info.version);
  if (info.kind == Kind::kAlgorithm)
    lines.emplace_back("trains", "a " + info.policy_kind + "; '" + info.default_policy +
                                     (info.default_policy == "gaussian_mlp"
                                          ? "' ('categorical_mlp' for choices) unless"
                                          : "' unless") +
                                     " the experiment names another");
  return lines;
}

/// Text in a cell of a table.
std::string cell(std::string text) {
  for (std::size_t i = 0; (i = text.find('|', i)) != std::string::npos; i += 2)
    text.insert(i, "\\");
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

std::string describe_text(const EntryInfo& info, const json::Value& facts) {
  std::string text = std::string(kind_name(info.kind)) + " " + info.name + "\n";
  text += cli::wrap(info.summary, 2) + "\n\n";
  auto lines = head_lines(info);
  if (!info.path.empty()) lines.emplace_back("file", info.path.string());
  if (!facts.is_null())
    for (auto& line : fact_lines(facts)) lines.push_back(std::move(line));
  for (const auto& [label, value] : lines) text += "  " + pad(label, 13) + value + "\n";
  text += info.schema.empty() ? "\nno parameters\n" : "\nparameters\n";
  for (const FieldInfo& field : info.schema) {
    const std::string range = range_text(field);
    text += "  " + field.name + " = " + field.default_value + "  (" + field.type +
            (range.empty() ? "" : ", " + range) + ")\n";
    text += cli::wrap(field.doc, 6) + "\n";
  }
  return text;
}

std::string describe_markdown(const EntryInfo& info, const json::Value& facts) {
  std::string text = "# " + info.name + "\n\n" + info.summary + "\n\n";
  for (const auto& [label, value] : head_lines(info)) text += "- " + label + ": " + value + "\n";
  if (!facts.is_null())
    for (const auto& [label, value] : fact_lines(facts)) text += "- " + label + ": " + value + "\n";
  if (info.schema.empty()) return text + "\nNo parameters.\n";
  text += "\n| parameter | type | default | range | meaning |\n|---|---|---|---|---|\n";
  for (const FieldInfo& field : info.schema)
    text += "| `" + field.name + "` | " + field.type + " | `" + cell(field.default_value) + "` | " +
            cell(range_text(field)) + " | " + cell(field.doc) + " |\n";
  return text;
}

}  // namespace rlrun::commands
