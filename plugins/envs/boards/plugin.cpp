#include "catch.hpp"

namespace rlrun::boards {
namespace {

void register_tasks(Registry& registry) {
  registry.add(env<Catch>("catch", "Catch a falling ball, seen as a picture of 10 x 10",
                          "Mnih et al. 2014; Osband et al. 2020"));
}

}  // namespace
}  // namespace rlrun::boards

RLRUN_PLUGIN("boards", "1.0.0", "env:catch", rlrun::boards::register_tasks)
