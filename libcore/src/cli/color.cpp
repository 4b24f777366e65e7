#include "cli/color.hpp"

#include <cstdlib>
#include <string_view>

#include <unistd.h>

#include "rlrun/error.hpp"

#include "cli/options.hpp"

namespace rlrun::cli {
namespace {

enum class Choice { kAuto, kAlways, kNever };
Choice g_choice = Choice::kAuto;  // set once, while the command line is read

}  // namespace

void set_color_choice(const std::string& choice) {
  if (choice == "auto") {
    g_choice = Choice::kAuto;
  } else if (choice == "always") {
    g_choice = Choice::kAlways;
  } else if (choice == "never") {
    g_choice = Choice::kNever;
  } else {
    throw UserError("--color " + choice + ": expected auto, always or never", ExitCode::kUsage);
  }
}

bool use_color(int descriptor) {
  if (g_choice != Choice::kAuto) return g_choice == Choice::kAlways;
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* terminal = std::getenv("TERM");
  if (terminal == nullptr || std::string_view(terminal) == "dumb") return false;
  return isatty(descriptor) == 1;
}

}  // namespace rlrun::cli
