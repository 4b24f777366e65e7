#pragma once
// Equal parts of many objects in memory once.

#include <string>
#include <unordered_map>

#include "json/json.hpp"

namespace rlrun {

/// Lets objects share those members that are lists or objects and equal to one seen before.
class Interned {
 public:
  json::Value operator()(json::Value object) {
    for (auto& [key, part] : *object.if_object())
      if (part.if_object() != nullptr || part.if_array() != nullptr)
        part = known_.emplace(json::canonical(part), part).first->second;
    return object;
  }

 private:
  std::unordered_map<std::string, json::Value> known_;
};

}  // namespace rlrun
