#pragma once
// Tasks of the MuJoCo plugin for its tests, made without the plugin border.

#include <memory>

#include "rlrun/error.hpp"

#include "tasks.hpp"

namespace mujoco_tests {

using namespace rlrun;
using namespace rlrun::mujoco;

template <class Task>
std::unique_ptr<Task> make(const typename Task::Params& params = typename Task::Params()) {
  return std::make_unique<Task>(params, Task::load(params));
}

template <class Task>
EnvFactory factory(const typename Task::Params& params = typename Task::Params()) {
  return [params, model = Task::load(params)] { return std::make_unique<Task>(params, model); };
}

/// One test for each task: `test.template operator()<Swimmer>("swimmer")` and so on.
template <class Test>
void for_each_task(Test test) {
  test.template operator()<Swimmer>("swimmer");
  test.template operator()<Hopper>("hopper");
  test.template operator()<Walker2d>("walker2d");
  test.template operator()<HalfCheetah>("half_cheetah");
  test.template operator()<DoubleInvertedPendulum>("double_inverted_pendulum");
}

inline std::size_t index_of(const mjModel& model, int type, const char* name) {
  const int id = mj_name2id(&model, type, name);
  RLRUN_CHECK(id >= 0);
  return static_cast<std::size_t>(id);
}

}  // namespace mujoco_tests
