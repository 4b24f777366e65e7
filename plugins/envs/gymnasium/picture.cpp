#include "picture.hpp"

#include <algorithm>
#include <cmath>

namespace rlrun::gymnasium {
namespace {

// The source pixels that pixel `i` of `n` covers, at least one.
std::pair<int, int> covered(int i, int n, int source) {
  const auto begin = static_cast<int>(static_cast<std::int64_t>(i) * source / n);
  const auto end = static_cast<int>((static_cast<std::int64_t>(i) + 1) * source / n);
  return {begin, std::max(end, begin + 1)};
}

}  // namespace

void fit(std::string_view rgb, int width, int height, Frame& frame) {
  const double scale = std::min(double(frame.width) / width, double(frame.height) / height);
  const int w = std::clamp(static_cast<int>(std::lround(scale * width)), 1, frame.width);
  const int h = std::clamp(static_cast<int>(std::lround(scale * height)), 1, frame.height);
  const int left = (frame.width - w) / 2, top = (frame.height - h) / 2;
  frame.rgb.assign(std::size_t(3) * std::size_t(frame.width) * std::size_t(frame.height), 0);
  for (int y = 0; y < h; ++y) {
    const auto [y0, y1] = covered(y, h, height);
    for (int x = 0; x < w; ++x) {
      const auto [x0, x1] = covered(x, w, width);
      for (int c = 0; c < 3; ++c) {
        int sum = 0;
        for (int v = y0; v < y1; ++v)
          for (int u = x0; u < x1; ++u)
            sum += static_cast<std::uint8_t>(rgb[std::size_t((v * width + u) * 3 + c)]);
        const int n = (y1 - y0) * (x1 - x0);
        frame.rgb[std::size_t(((top + y) * frame.width + left + x) * 3 + c)] =
            static_cast<std::uint8_t>((sum + n / 2) / n);
      }
    }
  }
}

}  // namespace rlrun::gymnasium
