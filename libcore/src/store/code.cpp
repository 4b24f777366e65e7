#include "store/code.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace rlrun {
namespace {

std::string text_of(const json::Value& object, const char* key) {
  const json::Value* value = object.find(key);
  const std::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? "" : *text;
}

const CodePart* part_named(const Code& code, const std::string& name) {
  const auto found = std::find_if(code.begin(), code.end(),
                                  [&](const CodePart& part) { return part.name == name; });
  return found == code.end() ? nullptr : &*found;
}

bool has_hashes(const Code& code) {
  return std::any_of(code.begin(), code.end(),
                     [](const CodePart& part) { return !part.sha256.empty(); });
}

// Seeds of one place; all numbers only as long as a person reads them.
std::string seeds_text(std::vector<std::uint64_t> seeds) {
  constexpr std::size_t kShown = 12;
  std::sort(seeds.begin(), seeds.end());
  std::string text = seeds.size() == 1 ? "seed " : "seeds ";
  for (std::size_t i = 0; i < seeds.size() && i < kShown; ++i)
    text += (i > 0 ? ", " : "") + std::to_string(seeds[i]);
  if (seeds.size() > kShown) text += fmt::format(" and {} more", seeds.size() - kShown);
  return text;
}

}  // namespace

json::Value to_json(const Code& code) {
  json::Array parts;
  for (const CodePart& part : code)
    parts.push_back(
        json::Object{{"name", part.name}, {"version", part.version}, {"sha256", part.sha256}});
  return parts;
}

Code code_in(const json::Value& provenance) {
  Code code;
  const json::Value* parts = provenance.find("code");
  if (parts != nullptr && parts->if_array() != nullptr) {
    for (const json::Value& part : *parts->if_array())
      code.push_back({text_of(part, "name"), text_of(part, "version"), text_of(part, "sha256")});
    return code;
  }
  if (const json::Value* build = provenance.find("build"))
    code.push_back({"rlrun", build_version(*build), ""});
  return code;
}

std::string build_version(const json::Value& build) {
  constexpr std::size_t kDigits = 9;
  const json::Value* dirty = build.find("dirty");
  const bool changed = dirty != nullptr && dirty->if_bool() != nullptr && *dirty->if_bool();
  return text_of(build, "version") + "+" + text_of(build, "commit").substr(0, kDigits) +
         (changed ? ".changed" : "");
}

std::string code_change(const Code& from, const Code& to) {
  if (to.empty()) return "";
  std::string change;
  const auto add = [&](const std::string& text) { change += (change.empty() ? "" : ", ") + text; };
  bool unknown = from.empty();
  for (const CodePart& now : to) {
    const CodePart* before = part_named(from, now.name);
    if (before == nullptr) {
      // What recorded no hashes did not say which plugins it used either.
      if (has_hashes(from)) add(fmt::format("{} none -> {}", now.name, now.version));
      unknown = unknown || !has_hashes(from);
    } else if (before->version != now.version) {
      add(fmt::format("{} {} -> {}", now.name, before->version, now.version));
    } else if (before->sha256.empty() != now.sha256.empty()) {
      unknown = true;
    } else if (before->sha256 != now.sha256) {
      add(fmt::format("{} {} rebuilt", now.name, now.version));
    }
  }
  return change.empty() && unknown ? "unknown" : change;
}

std::vector<std::string> changes_to_newest(const std::vector<const TrialRecord*>& records) {
  // Most results of a folder were made by the same code, which they share in memory.
  struct MadeBy {
    Code code;
    std::string finished;  // the last of them
    std::string change;
  };
  std::vector<MadeBy> makers;
  std::vector<std::size_t> maker_of;
  const json::Value* before = nullptr;
  for (const TrialRecord* record : records) {
    const json::Value& provenance = record->provenance;
    const json::Value* made_by = provenance.find("code");
    if (before == nullptr || made_by == nullptr || !made_by->shares(*before))
      makers.push_back({code_in(provenance), "", ""});
    before = made_by;
    makers.back().finished =
        std::max(makers.back().finished,
                 record->finished.empty() ? text_of(provenance, "finished") : record->finished);
    maker_of.push_back(makers.size() - 1);
  }
  std::map<std::string, std::pair<std::string, CodePart>> newest;  // by name: time and part
  for (const MadeBy& maker : makers)
    for (const CodePart& part : maker.code) {
      auto& [time, known] = newest[part.name];
      // Of two of the same time, what has a hash says more.
      if (known.name.empty() || maker.finished > time ||
          (maker.finished == time && known.sha256.empty() && !part.sha256.empty())) {
        time = maker.finished;
        known = part;
      }
    }
  for (MadeBy& maker : makers) {
    Code to;
    for (const auto& [name, part] : newest)
      if (maker.code.empty() || part_named(maker.code, name) != nullptr) to.push_back(part.second);
    maker.change = code_change(maker.code, to);
  }
  std::vector<std::string> changes;
  changes.reserve(maker_of.size());
  for (const std::size_t maker : maker_of) changes.push_back(makers[maker].change);
  return changes;
}

std::vector<std::string> describe_other_code(const std::vector<CodeOfResult>& changed,
                                             std::size_t total) {
  constexpr std::size_t kShownPlaces = 8;
  std::map<std::string, std::map<std::string, std::vector<std::uint64_t>>> changes;  // to places
  for (const CodeOfResult& result : changed)
    changes[result.change][result.place].push_back(result.seed);
  std::vector<std::string> lines;
  for (const auto& [change, places] : changes) {
    std::string where;
    std::size_t count = 0, shown = 0;
    for (const auto& [place, seeds] : places) {
      count += seeds.size();
      if (shown++ < kShownPlaces)
        where += fmt::format("{}{} ({})", where.empty() ? "" : ", ", place, seeds_text(seeds));
    }
    if (places.size() > kShownPlaces)
      where += fmt::format(" and {} more", places.size() - kShownPlaces);
    lines.push_back(fmt::format(
        "{} of {} results {} made by {}: {}", count, total, count == 1 ? "was" : "were",
        change == "unknown" ? "unknown code" : fmt::format("other code ({})", change), where));
  }
  return lines;
}

}  // namespace rlrun
