#include "recall.hpp"

namespace rlrun::memory {
namespace {

void register_tasks(Registry& registry) {
  registry.add(
      env<Recall>("recall", "Answer a cue that was shown many steps ago", "Osband et al. 2020"));
}

}  // namespace
}  // namespace rlrun::memory

RLRUN_PLUGIN("memory", "1.0.0", "env:recall", rlrun::memory::register_tasks)
