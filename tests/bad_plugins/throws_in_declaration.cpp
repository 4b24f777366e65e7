// Throws while it declares its parameters.

#include <stdexcept>

#include "tiny.hpp"

namespace {

struct Throws : bad::TinyEnv {
  struct Params : bad::TinyEnv::Params {
    void fields(rlrun::Fields& /*f*/) { throw std::runtime_error("the form is missing"); }
  };
  using TinyEnv::TinyEnv;
};

void register_all(rlrun::Registry& registry) {
  bad::add_env<Throws>(registry, "throws_in_declaration");
}

}  // namespace

RLRUN_PLUGIN("throws_in_declaration", "1.0.0", "env:throws_in_declaration", register_all)
