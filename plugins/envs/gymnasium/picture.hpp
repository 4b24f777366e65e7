#pragma once

#include <cstdint>
#include <string_view>

#include "rlrun/env.hpp"

namespace rlrun::gymnasium {

/// Fits a picture (three bytes a pixel, row by row) into the frame: each pixel is the mean of those
/// that it covers, what is left of the frame is black.
void fit(std::string_view rgb, int width, int height, Frame& frame);

}  // namespace rlrun::gymnasium
