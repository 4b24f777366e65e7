#pragma once
// A small rasteriser for flat pictures: filled convex polygons, discs and lines, no smoothing.

#include <array>
#include <cstdint>
#include <span>

#include "rlrun/env.hpp"

namespace rlrun::canvas {

using Color = std::array<std::uint8_t, 3>;

/// A point in pixels; (0, 0) is the upper left corner of the picture.
struct Pixel {
  double x, y;
};

/// Paints on a frame that outlives it. What lies outside the frame is left out.
class Canvas {
 public:
  /// Gives the frame the memory it needs and fills it.
  Canvas(Frame& frame, Color background);

  void polygon(std::span<const Pixel> corners, Color color);  ///< Convex, either orientation.
  void disc(Pixel center, double radius, Color color);
  void line(Pixel from, Pixel to, double width, Color color);

 private:
  void row(int y, double from, double to, Color color);

  Frame* frame_;
};

}  // namespace rlrun::canvas
