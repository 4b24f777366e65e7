// The rasteriser, by counting pixels, and what the pictures of the tasks show.

#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "box2d_tasks.hpp"
#include "canvas.hpp"

using namespace rlrun;
using canvas::Canvas;
using canvas::Color;
using canvas::Pixel;

namespace {

constexpr Color kPaper{255, 255, 255}, kInk{1, 2, 3};

Color at(const Frame& frame, int x, int y) {
  const auto i = static_cast<std::size_t>(3 * (y * frame.width + x));
  return {frame.rgb[i], frame.rgb[i + 1], frame.rgb[i + 2]};
}

int painted(const Frame& frame) {
  int count = 0;
  for (int y = 0; y < frame.height; ++y)
    for (int x = 0; x < frame.width; ++x) count += at(frame, x, y) == kInk;
  return count;
}

Frame blank() {
  return {.width = 40, .height = 30, .rgb = {}};
}

}  // namespace

TEST_CASE("a polygon covers the pixels whose centres it holds", "[picture]") {
  Frame frame = blank();
  Canvas paper(frame, kPaper);
  CHECK(painted(frame) == 0);
  const Pixel rectangle[] = {{10, 5}, {20, 5}, {20, 12}, {10, 12}};
  paper.polygon(rectangle, kInk);
  CHECK(painted(frame) == 70);
  CHECK(at(frame, 10, 5) == kInk);
  CHECK(at(frame, 19, 11) == kInk);
  CHECK(at(frame, 20, 11) == kPaper);
  CHECK(at(frame, 19, 12) == kPaper);

  Frame other = blank();
  Canvas reversed(other, kPaper);
  const Pixel backwards[] = {{10, 12}, {20, 12}, {20, 5}, {10, 5}};
  reversed.polygon(backwards, kInk);
  CHECK(other.rgb == frame.rgb);
}

TEST_CASE("lines and discs have their area", "[picture]") {
  Frame frame{.width = 200, .height = 200, .rgb = {}};
  Canvas paper(frame, kPaper);
  paper.disc({100, 100}, 50, kInk);
  CHECK(painted(frame) == Approx(3.14159 * 2500).epsilon(0.01));
  paper = Canvas(frame, kPaper);
  paper.line({20, 30}, {140, 190}, 6, kInk);  // 200 long
  CHECK(painted(frame) == Approx(1200).epsilon(0.01));
}

TEST_CASE("what lies outside the picture is left out", "[picture]") {
  Frame frame = blank();
  Canvas paper(frame, kPaper);
  const Pixel around[] = {{-1e30, -1e30}, {1e30, -1e30}, {1e30, 1e30}, {-1e30, 1e30}};
  const Pixel above[] = {{5, -20}, {15, -20}, {15, -3}, {5, -3}};
  paper.polygon(above, kInk);
  paper.disc({-100, 15}, 20, kInk);
  paper.line({50, -5}, {90, 60}, 3, kInk);
  CHECK(painted(frame) == 0);
  paper.polygon(around, kInk);
  CHECK(painted(frame) == 40 * 30);
}

TEST_CASE("the tasks can be told apart in a picture, and their bodies are visible", "[picture]") {
  std::set<std::string> pictures;
  for (const char* name : {"cartpole_balancing", "cartpole_swingup", "mountain_car", "acrobot"}) {
    const auto env = box2d_test::task(name)();
    VectorF observation(env->spec().obs_dim());
    env->reset(Rng(0), observation);
    env->step(VectorF::Zero(1), observation);
    Frame frame{.width = 320, .height = 240, .rgb = {}};
    dynamic_cast<Renderable&>(*env).render(frame);
    std::set<Color> colors;
    for (int y = 0; y < frame.height; ++y)
      for (int x = 0; x < frame.width; ++x) colors.insert(at(frame, x, y));
    CHECK(colors.size() >= 4);  // sky, ground, mark and at least one body
    pictures.emplace(frame.rgb.begin(), frame.rgb.end());
  }
  CHECK(pictures.size() == 4);
}
