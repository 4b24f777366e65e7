#pragma once
// The one door to gnuplot.

#include <filesystem>

namespace rlrun {

/// Runs a script in its own folder, without a shell and without the user's start-up files. Throws
/// UserError if gnuplot is missing or complains.
void run_gnuplot(const std::filesystem::path& script);

}  // namespace rlrun
