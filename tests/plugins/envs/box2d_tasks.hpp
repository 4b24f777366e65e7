#pragma once
// The plugin under test, which is linked into the test.

#include "contracts/registered.hpp"

extern "C" void rlrun_plugin_register(rlrun::Registry& registry);

namespace box2d_test {

inline rlrun::EnvFactory task(const std::string& name, std::map<std::string, double> params = {}) {
  static const contracts::Registered registered(rlrun_plugin_register);
  return registered.env(name, std::move(params));
}

}  // namespace box2d_test
