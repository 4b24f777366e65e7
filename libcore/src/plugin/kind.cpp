#include "plugin/catalog.hpp"

namespace rlrun {

const char* kind_name(Kind kind) {
  switch (kind) {
    case Kind::kEnv:
      return "env";
    case Kind::kWrapper:
      return "wrapper";
    case Kind::kPolicy:
      return "policy";
    case Kind::kAlgorithm:
      return "algorithm";
  }
  return "?";
}

}  // namespace rlrun
