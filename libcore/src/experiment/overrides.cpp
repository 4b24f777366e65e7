#include "experiment/overrides.hpp"

#include <algorithm>

#include "rlrun/error.hpp"

#include "experiment/format.hpp"

namespace rlrun::experiment {
namespace {

// Places inside a value from the command line would read like places of the file.
void forget_places(json::Value& value) {
  value.set_where({});
  value.set_where_key({});
  if (json::Array* array = value.if_array())
    for (json::Value& item : *array) forget_places(item);
  if (json::Object* object = value.if_object())
    for (auto& member : *object) forget_places(member.second);
}

// A place of the format that a path has reached.
struct Spot {
  json::Value* value;
  std::string path;  // as far as it was followed
};

class Override {
 public:
  explicit Override(const std::string& setting) : setting_(setting) {
    const auto [path, text] = split_setting(setting);
    rest_ = path;
    value_ = setting_value(setting, text);
  }

  void apply(json::Value& root) { in_part({&root, ""}, Part::kExperiment); }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    throw UserError("setting " + named(setting_) + ": " + message);
  }

  static std::string quoted_path(const Spot& spot) {
    return spot.path.empty() ? "the experiment" : named(spot.path);
  }

  // The next key of the path, up to a dot.
  std::string take_key(const Spot& spot) {
    if (rest_.empty()) fail("the path ends with a dot");
    const std::size_t dot = std::min(rest_.find('.'), rest_.size());
    const std::string key = rest_.substr(0, dot);
    if (key.empty()) fail("an empty key below " + quoted_path(spot));
    advance(dot);
    return key;
  }

  void advance(std::size_t used) {
    ended_ = used >= rest_.size();
    rest_.erase(0, ended_ ? used : used + 1);
  }

  static Spot below(const Spot& spot, const std::string& key, json::Value& value) {
    return {&value, spot.path.empty() ? key : spot.path + "." + key};
  }

  void in_part(const Spot& spot, Part part) {
    if (spot.value->if_object() == nullptr)
      fail(quoted_path(spot) + " is not an object but " + spot.value->type_name());
    const std::string name = take_key(spot);
    const Key* key = find_key(part, name);
    if (key == nullptr && !(is_note(part, name) && ended_))
      fail("unknown key " + named(name) + " below " + quoted_path(spot) +
           hint(name, key_names(part)));
    if (part == Part::kBudget) *spot.value = json::Object{};  // steps or iterations, not both
    json::Value& member = (*spot.value)[name];
    if (ended_) {
      member = value_;
      return;
    }
    in_shape(below(spot, name, member), key->shape);
  }

  void in_shape(const Spot& spot, Shape shape) {
    switch (shape) {
      case Shape::kValue:
        fail(quoted_path(spot) + " has nothing below it");
      case Shape::kSeeds:
        return in_seeds(spot);
      case Shape::kBudget:
        become_object(spot);
        return in_part(spot, Part::kBudget);
      case Shape::kEvaluation:
        become_object(spot);
        return in_part(spot, Part::kEvaluation);
      case Shape::kPolicy:
        name_to_object(spot);
        return in_part(spot, Part::kPolicy);
      case Shape::kEnvs:
        return in_list(spot, Part::kEnv);
      case Shape::kWrappers:
        if (spot.value->is_null()) *spot.value = json::Array{};
        return in_list(spot, Part::kWrapper);
      case Shape::kAlgorithms:
        return in_list(spot, Part::kAlgorithm);
      case Shape::kParams:
      case Shape::kGrid:
        return in_map(spot);
      case Shape::kLinked:
        return in_linked(spot);
      case Shape::kPerEnvs:
        return in_per_envs(spot);
    }
  }

  static void become_object(const Spot& spot) {
    if (spot.value->is_null()) *spot.value = json::Object{};
  }

  // "trpo" is short for {"name": "trpo"}.
  static void name_to_object(const Spot& spot) {
    become_object(spot);
    if (spot.value->if_string() == nullptr) return;
    const json::Value name = *spot.value;
    *spot.value = json::Object{{"name", name}};
    spot.value->set_where(name.where());
  }

  void in_seeds(const Spot& spot) {
    const bool by_count = rest_.starts_with("count") || rest_.starts_with("base");
    if (by_count && spot.value->if_object() == nullptr) *spot.value = json::Object{};
    if (by_count) return in_part(spot, Part::kSeeds);
    set_element(spot);
  }

  // Parameters may have dots in their names ("policy.hidden"): all that is left is the key.
  void in_map(const Spot& spot) {
    become_object(spot);
    if (spot.value->if_object() == nullptr) fail(quoted_path(spot) + " is not an object");
    if (rest_.empty()) fail("the path ends with a dot");
    (*spot.value)[rest_] = value_;
  }

  void in_linked(const Spot& spot) {
    json::Value& group = element(spot, take_key(spot));
    if (ended_) {
      group = value_;
    } else {
      in_map(below(spot, "", group));
    }
  }

  void set_element(const Spot& spot) {
    json::Value& item = element(spot, take_key(spot));
    if (!ended_) fail(quoted_path(spot) + " has nothing below its elements");
    item = value_;
  }

  json::Value& element(const Spot& spot, const std::string& index) {
    json::Array* list = spot.value->if_array();
    if (list == nullptr) fail(quoted_path(spot) + " is not a list but " + spot.value->type_name());
    const bool digits = !index.empty() && index.size() < 9 &&
                        index.find_first_not_of("0123456789") == std::string::npos;
    if (!digits || static_cast<std::size_t>(std::stoi(index)) >= list->size())
      fail(quoted_path(spot) + " has no element " + named(index) + "; it has " +
           std::to_string(list->size()) + ", counted from 0");
    return (*list)[static_cast<std::size_t>(std::stoi(index))];
  }

  // Whether the rest of the path starts with a whole key. Names and labels may have dots in them.
  [[nodiscard]] bool rest_starts_with(const std::string& key) const {
    return !key.empty() && rest_.starts_with(key) &&
           (rest_.size() == key.size() || rest_[key.size()] == '.');
  }

  // By label or name, else by index. The longest fitting one counts, a label before a name.
  void in_list(const Spot& spot, Part part) {
    json::Array* list = spot.value->if_array();
    if (list == nullptr) fail(quoted_path(spot) + " is not a list but " + spot.value->type_name());
    std::vector<std::string> known;
    json::Value* found = nullptr;
    std::string found_key;
    bool found_label = false, ambiguous = false;
    const auto consider = [&](json::Value& item, const std::string& key, bool label) {
      known.push_back(key);
      if (!rest_starts_with(key) || key.size() < found_key.size()) return;
      if (key.size() == found_key.size()) {
        if (&item == found || (found_label && !label)) return;
        ambiguous = found_label == label;
      } else {
        ambiguous = false;
      }
      found = &item;
      found_key = key;
      found_label = label;
    };
    for (json::Value& item : *list) {
      if (const std::string* name = item.if_string()) consider(item, *name, false);
      for (const char* key : {"label", "name"})
        if (const json::Value* text = item.find(key))
          if (text->if_string() != nullptr)
            consider(item, *text->if_string(), key == std::string("label"));
    }
    if (ambiguous)
      fail(quoted_path(spot) + " has several " + named(found_key) + "; use an index or a label");
    if (found != nullptr) {
      advance(found_key.size());
    } else {
      found_key = take_key(spot);
      if (found_key.find_first_not_of("0123456789") != std::string::npos)
        fail(std::string("unknown ") + part_name(part) + " " + named(found_key) +
             hint(found_key, known));
      found = &element(spot, found_key);
    }
    const Spot item = below(spot, found_key, *found);
    if (ended_) {
      *found = value_;
      return;
    }
    name_to_object(item);
    in_part(item, part);
  }

  void in_per_envs(const Spot& spot) {
    become_object(spot);
    json::Object* object = spot.value->if_object();
    if (object == nullptr) fail(quoted_path(spot) + " is not an object");
    std::string key;
    for (const auto& member : *object)
      if (rest_starts_with(member.first) && member.first.size() > key.size()) key = member.first;
    if (key.empty()) {
      key = take_key(spot);
    } else {
      advance(key.size());
    }
    json::Value& member = (*spot.value)[key];
    if (ended_) {
      member = value_;
      return;
    }
    become_object({&member, ""});
    in_part(below(spot, key, member), Part::kPerEnv);
  }

  const std::string& setting_;
  std::string rest_;
  bool ended_ = false;
  json::Value value_;
};

}  // namespace

std::pair<std::string, std::string> split_setting(const std::string& setting) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string::npos || equals == 0)
    throw UserError("setting " + named(setting) + ": expected KEY=VALUE", ExitCode::kUsage);
  return {setting.substr(0, equals), setting.substr(equals + 1)};
}

json::Value setting_value(const std::string& setting, const std::string& text) {
  const std::string place = "setting " + named(setting);
  json::Value value;
  try {
    value = json::parse(text, place);
  } catch (const UserError&) {
    const std::size_t start = text.find_first_not_of(" \t\n\r");
    const bool json = start != std::string::npos &&
                      (text[start] == '{' || text[start] == '[' || text[start] == '"');
    if (json) throw;
    return json::Value(text);
  }
  forget_places(value);
  return value;
}

void apply_overrides(json::Value& root, const std::vector<std::string>& overrides) {
  for (const std::string& setting : overrides) Override(setting).apply(root);
}

}  // namespace rlrun::experiment
