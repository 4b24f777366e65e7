#include "plugin/make_env.hpp"

#include <utility>

#include "plugin/fields.hpp"

namespace rlrun {

std::vector<std::pair<Kind, const Choice*>> entries_of(const Choice& env) {
  std::vector<std::pair<Kind, const Choice*>> entries{{Kind::kEnv, &env}};
  for (const Choice& wrapper : env.with) entries.emplace_back(Kind::kWrapper, &wrapper);
  return entries;
}

EnvFactory make_env(const Choice& env, const LoadedPlugins& plugins) {
  JsonReader params(env.params);
  EnvFactory make = plugins.env(env.name).make(params);
  for (const Choice& wrapper : env.with) {
    JsonReader its_params(wrapper.params);
    make = plugins.wrapper(wrapper.name).make(its_params, std::move(make));
  }
  return make;
}

}  // namespace rlrun
