// The next version of well_behaved, whose results are others; it fails where it is told to.

#include <cstdlib>
#include <stdexcept>

#include "tiny.hpp"

namespace {

class TinyEnv : public bad::TinyEnv {
 public:
  using bad::TinyEnv::TinyEnv;
  bad::Transition step(bad::VectorFIn action, bad::VectorFOut observation) override {
    if (std::getenv("RLRUN_TEST_FAIL") != nullptr) throw std::runtime_error("told to fail");
    bad::Transition transition = bad::TinyEnv::step(action, observation);
    transition.reward *= 2;
    return transition;
  }
};

void register_all(rlrun::Registry& registry) {
  bad::add_env<TinyEnv>(registry, "tiny");
  bad::add_algorithm(registry, "tiny_search");
}

}  // namespace

RLRUN_PLUGIN("well_behaved", "1.3.0", "env:tiny algorithm:tiny_search", register_all)
