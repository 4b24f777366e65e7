// Changes the locale of the process that loads it.

#include <clocale>

#include "tiny.hpp"

namespace {

void register_all(rlrun::Registry& registry) {
  std::setlocale(LC_ALL, "C.UTF-8");
  bad::add_env(registry, "changes_locale_at_load");
}

}  // namespace

RLRUN_PLUGIN("changes_locale_at_load", "1.0.0", "env:changes_locale_at_load", register_all)
