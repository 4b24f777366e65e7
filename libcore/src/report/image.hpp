#pragma once
// Pictures as PNG files. The one user of libpng.

#include <filesystem>
#include <string>

#include "rlrun/env.hpp"

namespace rlrun {

/// The bytes of a PNG file; the same picture gives the same bytes.
std::string encode_png(const Frame& frame);
/// Throws UserError as write_output does.
void write_png(const std::filesystem::path& path, const Frame& frame);

}  // namespace rlrun
