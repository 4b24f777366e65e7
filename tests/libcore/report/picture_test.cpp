// Pictures and films as files.

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <catch2/catch.hpp>
#include <png.h>

#include "rlrun/error.hpp"

#include "report/film.hpp"
#include "report/image.hpp"

using namespace rlrun;

namespace {

Frame pattern(int width, int height) {
  Frame frame{width, height, {}};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (const int c : {x, y, x * y}) frame.rgb.push_back(static_cast<std::uint8_t>(c));
  return frame;
}

struct Scratch {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("rlrun-pictures-" + std::to_string(getpid()));
  Scratch() { std::filesystem::create_directory(folder); }
  ~Scratch() { std::filesystem::remove_all(folder); }
  [[nodiscard]] auto files() const {
    return std::distance(std::filesystem::directory_iterator(folder), {});
  }
};

}  // namespace

TEST_CASE("a PNG file holds the picture, pixel by pixel", "[image]") {
  for (const auto& [width, height] : {std::pair(1, 1), std::pair(17, 5), std::pair(300, 200)}) {
    const Frame frame = pattern(width, height);
    const std::string bytes = encode_png(frame);
    CHECK(bytes == encode_png(frame));
    png_image image;
    std::memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    REQUIRE(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) != 0);
    REQUIRE(image.width == static_cast<png_uint_32>(width));
    REQUIRE(image.height == static_cast<png_uint_32>(height));
    image.format = PNG_FORMAT_RGB;
    std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(image));
    REQUIRE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr) != 0);
    CHECK(pixels == frame.rgb);
  }
}

TEST_CASE("a film is a file once it is finished, and only then", "[film]") {
  const Scratch scratch;
  const auto path = scratch.folder / "-odd 'name'.mp4";
  {
    Film film(path, 64, 48, 30);
    film.add(pattern(64, 48));
  }
  CHECK(scratch.files() == 0);
  Film film(path, 64, 48, 30);
  for (int i = 0; i < 5; ++i) film.add(pattern(64, 48));
  film.finish();
  CHECK(scratch.files() == 1);
  CHECK(std::filesystem::file_size(path) > 500);
}

TEST_CASE("a film says why it cannot be made", "[film]") {
  using Catch::Contains;
  const Scratch scratch;
  CHECK_THROWS_WITH(
      [&] {
        Film film(scratch.folder / "no" / "such.mp4", 640, 480, 30);
        for (int i = 0; i < 200; ++i) film.add(pattern(640, 480));
        film.finish();
      }(),
      Contains("ffmpeg"));
  const std::string path = std::getenv("PATH");
  setenv("PATH", scratch.folder.c_str(), 1);
  CHECK_THROWS_WITH(Film(scratch.folder / "a.mp4", 64, 48, 30), Contains("install ffmpeg"));
  setenv("PATH", path.c_str(), 1);
}
