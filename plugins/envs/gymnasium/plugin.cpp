#include "rlrun/plugin.hpp"

#include <cstdlib>

#include "task.hpp"

namespace rlrun::gymnasium {
namespace {

struct Params {
  std::string id = "CartPole-v1";
  JsonObject kwargs;
  std::int64_t horizon = 0;
  std::string module, wrappers, python;

  void fields(Fields& f) {
    f("id", id, "The task's name in Gymnasium's registry.");
    f("kwargs", kwargs, "Keyword arguments of gymnasium.make for it.");
    f("horizon", horizon,
      "Steps after which an episode is cut off; 0: the time limit that the task is registered "
      "with.",
      at_least(0));
    f("module", module, "A Python module to import first, which registers the task.");
    f("wrappers", wrappers,
      "Wrappers around it from the inside outwards, as module:Class separated by spaces.");
    f("python", python,
      "The interpreter; if empty, RLRUN_PYTHON of the environment, else python3.");
  }
};

std::string interpreter_of(const Params& params) {
  if (!params.python.empty()) return params.python;
  const char* from_environment = std::getenv("RLRUN_PYTHON");
  return from_environment != nullptr && *from_environment != '\0' ? from_environment : "python3";
}

// Instances share the interpreter that has imported their module.
EnvFactory factory(Fields& values) {
  const auto params = detail::read_params<Params>(values);
  const auto interpreter = std::make_shared<Interpreter>(
      interpreter_of(params),
      std::vector<std::string>{params.id, params.kwargs.text, params.module, params.wrappers});
  return [interpreter, horizon = params.horizon] { return Task::make(interpreter, horizon); };
}

void register_tasks(Registry& registry) {
  EnvEntry entry;
  entry.name = "gymnasium";
  entry.summary = "Any Gymnasium task, in Python processes beside rlrun";
  entry.reference = "Gymnasium 1.x, gymnasium.farama.org";
  entry.visit_defaults = [](Fields& f) { Params{}.fields(f); };
  entry.make = factory;
  registry.add(std::move(entry));
}

}  // namespace
}  // namespace rlrun::gymnasium

RLRUN_PLUGIN("gymnasium", "1.0.0", "env:gymnasium", rlrun::gymnasium::register_tasks)
