#include "experiment/node.hpp"

#include <cmath>

namespace rlrun::experiment {
namespace {

std::string escaped(const std::string& key) {
  std::string text;
  if (key.size() > 200) return "...";  // the line and the column say where
  for (const char c : key) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    }
  }
  return text;
}

}  // namespace

void Node::fail_at(json::Location where, const std::string& message, ExitCode code) const {
  std::string place = *file_ + ":";
  if (where.line > 0)
    place += std::to_string(where.line) + ":" + std::to_string(where.column) + ":";
  if (!pointer_.empty()) place += " " + pointer_;
  if (where.line == 0) place += " (as set on the command line)";
  const bool bare = pointer_.empty() && where.line > 0;
  throw UserError(place + (bare ? " " : ": ") + message, code);
}

void Node::fail(const std::string& message, ExitCode code) const {
  fail_at(value_->where(), message, code);
}

void Node::fail_at_key(const json::Value& member, const std::string& message) const {
  fail_at(member.where_key(), message, ExitCode::kConfig);
}

void Node::wrong_type(const char* expected) const {
  std::string shown = value_->type_name();
  if (value_->if_array() == nullptr && value_->if_object() == nullptr && !value_->is_null()) {
    std::string text = json::canonical(*value_);
    if (text.size() > 60) text = text.substr(0, 57) + "...";
    shown += " " + text;
  }
  fail(std::string("expected ") + expected + ", not " + shown);
}

const json::Object& Node::object() const {
  const json::Object* object = value_->if_object();
  if (object == nullptr) wrong_type("an object");
  return *object;
}

const json::Array& Node::array() const {
  const json::Array* array = value_->if_array();
  if (array == nullptr) wrong_type("a list");
  return *array;
}

const std::string& Node::text() const {
  const std::string* text = value_->if_string();
  if (text == nullptr) wrong_type("text");
  return *text;
}

std::int64_t Node::whole(std::int64_t low, std::int64_t high) const {
  std::int64_t number = 0;
  if (const std::int64_t* i = value_->if_int()) {
    number = *i;
  } else if (const double* d = value_->if_double();  // 25e6 is how people write it
             d != nullptr && std::floor(*d) == *d && std::abs(*d) < 9e15) {
    number = static_cast<std::int64_t>(*d);
  } else {
    wrong_type("a whole number");
  }
  if (number < low) fail(std::to_string(number) + " must be at least " + std::to_string(low));
  if (number > high) fail(std::to_string(number) + " must be at most " + std::to_string(high));
  return number;
}

double Node::number(double low, double high) const {
  double number = 0;
  if (const std::int64_t* i = value_->if_int()) {
    number = static_cast<double>(*i);
  } else if (const double* d = value_->if_double()) {
    number = *d;
  } else {
    wrong_type("a number");
  }
  const auto text = [](double x) { return json::canonical(json::Value(x)); };
  if (number < low) fail(text(number) + " must be at least " + text(low));
  if (number > high) fail(text(number) + " must be at most " + text(high));
  return number;
}

std::optional<Node> Node::find(const std::string& key) const {
  const json::Value* member = value_->find(key);
  if (member == nullptr) return std::nullopt;
  return Node(*member, *file_, pointer_ + "/" + escaped(key));
}

Node Node::at(const std::string& key) const {
  std::optional<Node> member = find(key);
  if (!member) fail("'" + key + "' is missing");
  return *member;
}

std::vector<Node> Node::elements() const {
  std::vector<Node> nodes;
  for (const json::Value& item : array())
    nodes.emplace_back(item, *file_, pointer_ + "/" + std::to_string(nodes.size()));
  return nodes;
}

std::vector<std::pair<std::string, Node>> Node::members() const {
  std::vector<std::pair<std::string, Node>> nodes;
  for (const auto& [key, member] : object())
    nodes.emplace_back(key, Node(member, *file_, pointer_ + "/" + escaped(key)));
  return nodes;
}

void Node::check_keys(Part part) const {
  for (const auto& [key, member] : object())
    if (find_key(part, key) == nullptr && !is_note(part, key))
      fail_at_key(member, "unknown key " + named(key) + hint(key, key_names(part)));
  for (const Key& key : keys_of(part))
    if (key.required && value_->find(key.name) == nullptr)
      fail(std::string("'") + key.name + "' is missing");
}

}  // namespace rlrun::experiment
