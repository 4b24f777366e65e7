#include "report/number.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace rlrun {

int decimals_for(double largest) {
  largest = std::abs(largest);
  if (!(largest < 10) || largest == 0) return 1;
  if (largest >= 1) return 2;
  return std::clamp(2 - static_cast<int>(std::floor(std::log10(largest))), 2, 8);
}

std::string number_text(double value, int decimals) {
  constexpr double kLong = 1e7;
  if (std::isnan(value)) return "";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  if (std::abs(value) >= kLong) return fmt::format("{:.3e}", value);
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (text.find_first_not_of("-0.") == std::string::npos && text.front() == '-') text.erase(0, 1);
  return text;
}

std::string number_text(double value) {
  return std::isnan(value) ? "none" : number_text(value, decimals_for(value));
}

std::string counted(std::size_t n, const std::string& what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

}  // namespace rlrun
