#pragma once
// Numbers for people.

#include <cstddef>
#include <string>

namespace rlrun {

/// One decimal, as in published tables, and more where the largest number beside is small.
int decimals_for(double largest);

/// So many decimals, and no "-0.0"; in powers of ten from ten million on; empty for NaN.
std::string number_text(double value, int decimals);

/// The number alone, with the decimals that fit it; "none" for NaN.
std::string number_text(double value);

/// "1 trial", "3 trials".
std::string counted(std::size_t n, const std::string& what);

}  // namespace rlrun
