#pragma once
// Environments by name from the register function of a plugin that is compiled into the test.

#include <cmath>
#include <map>
#include <string>

#include "rlrun/registry.hpp"

namespace contracts {

/// Gives the named numbers to a parameter struct; the other fields keep their defaults.
class Numbers final : public rlrun::Fields {
 public:
  explicit Numbers(std::map<std::string, double> values) : values_(std::move(values)) {}

  void operator()(const char*, bool&, const char*) override {}
  void operator()(const char* name, std::int64_t& value, const char*, rlrun::Range) override {
    if (const auto i = values_.find(name); i != values_.end()) value = std::llround(i->second);
  }
  void operator()(const char* name, double& value, const char*, rlrun::Range) override {
    if (const auto i = values_.find(name); i != values_.end()) value = i->second;
  }
  void operator()(const char*, std::string&, const char*,
                  const std::vector<std::string>&) override {}
  void operator()(const char*, std::vector<std::int64_t>&, const char*, rlrun::Range) override {}
  void operator()(const char*, rlrun::JsonObject&, const char*) override {}

 private:
  std::map<std::string, double> values_;
};

/// Keeps what a plugin registers.
class Registered final : public rlrun::Registry {
 public:
  explicit Registered(void (*register_function)(rlrun::Registry&)) { register_function(*this); }

  void add(rlrun::EnvEntry entry) override { envs.emplace(entry.name, std::move(entry)); }
  void add(rlrun::WrapperEntry) override {}
  void add(rlrun::PolicyEntry) override {}
  void add(rlrun::AlgorithmEntry) override {}

  [[nodiscard]] rlrun::EnvFactory env(const std::string& name,
                                      std::map<std::string, double> params = {}) const {
    Numbers numbers(std::move(params));
    return envs.at(name).make(numbers);
  }

  std::map<std::string, rlrun::EnvEntry> envs;
};

}  // namespace contracts
