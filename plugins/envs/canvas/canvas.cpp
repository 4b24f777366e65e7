#include "canvas.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rlrun::canvas {
namespace {

// First and last row whose centre can lie between two heights, cut to the picture. Computed in
// double: a coordinate far outside does not fit an int.
struct Rows {
  int first, last;
};
Rows rows(double low, double high, int height) {
  const double first = std::clamp(std::ceil(low - 0.5), 0.0, static_cast<double>(height));
  const double last = std::clamp(std::floor(high - 0.5), -1.0, height - 1.0);
  return {static_cast<int>(first), static_cast<int>(last)};
}

}  // namespace

Canvas::Canvas(Frame& frame, Color background) : frame_(&frame) {
  frame.rgb.resize(3 * static_cast<std::size_t>(frame.width) *
                   static_cast<std::size_t>(frame.height));
  for (int y = 0; y < frame.height; ++y) row(y, 0, frame.width, background);
}

// A pixel is painted if its centre lies in [from, to].
void Canvas::row(int y, double from, double to, Color color) {
  const auto [first, last] = rows(from, to, frame_->width);
  auto* pixel = frame_->rgb.data() + 3 * (static_cast<std::ptrdiff_t>(y) * frame_->width + first);
  for (int x = first; x <= last; ++x) pixel = std::copy(color.begin(), color.end(), pixel);
}

void Canvas::polygon(std::span<const Pixel> corners, Color color) {
  const auto [lowest, highest] = std::minmax_element(
      corners.begin(), corners.end(), [](const Pixel& a, const Pixel& b) { return a.y < b.y; });
  const auto [first, last] = rows(lowest->y, highest->y, frame_->height);
  for (int y = first; y <= last; ++y) {
    // A convex outline crosses the middle of a row at two places.
    const double middle = y + 0.5;
    double left = std::numeric_limits<double>::infinity(), right = -left;
    for (std::size_t i = 0; i < corners.size(); ++i) {
      const Pixel a = corners[i], b = corners[(i + 1) % corners.size()];
      if ((a.y <= middle) == (b.y <= middle)) continue;
      const double x = a.x + (b.x - a.x) * (middle - a.y) / (b.y - a.y);
      left = std::min(left, x);
      right = std::max(right, x);
    }
    if (left <= right) row(y, left, right, color);
  }
}

void Canvas::disc(Pixel center, double radius, Color color) {
  const auto [first, last] = rows(center.y - radius, center.y + radius, frame_->height);
  for (int y = first; y <= last; ++y) {
    const double dy = y + 0.5 - center.y;
    const double half = std::sqrt(std::max(0.0, radius * radius - dy * dy));
    row(y, center.x - half, center.x + half, color);
  }
}

void Canvas::line(Pixel from, Pixel to, double width, Color color) {
  const double dx = to.x - from.x, dy = to.y - from.y, length = std::hypot(dx, dy);
  if (length == 0) return disc(from, width / 2, color);
  const double nx = -dy / length * width / 2, ny = dx / length * width / 2;
  const std::array<Pixel, 4> corners{{{from.x + nx, from.y + ny},
                                      {to.x + nx, to.y + ny},
                                      {to.x - nx, to.y - ny},
                                      {from.x - nx, from.y - ny}}};
  polygon(corners, color);
}

}  // namespace rlrun::canvas
