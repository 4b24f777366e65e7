#include "rlrun/math/schedules.hpp"

namespace rlrun {

const std::vector<std::string>& schedule_names() {
  static const std::vector<std::string> names = {"constant", "linear"};
  return names;
}

}  // namespace rlrun
