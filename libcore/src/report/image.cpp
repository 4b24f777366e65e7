#include "report/image.hpp"

#include <cstring>

#include <png.h>

#include "rlrun/error.hpp"

#include "store/output.hpp"

namespace rlrun {

std::string encode_png(const Frame& frame) {
  RLRUN_CHECK(frame.width > 0 && frame.height > 0);
  RLRUN_CHECK(frame.rgb.size() ==
              3 * static_cast<std::size_t>(frame.width) * static_cast<std::size_t>(frame.height));
  png_image image;
  std::memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(frame.width);
  image.height = static_cast<png_uint_32>(frame.height);
  image.format = PNG_FORMAT_RGB;
  // An upper bound of the size first, then the file into memory of that size.
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string bytes(size, '\0');
  if (png_image_write_to_memory(&image, bytes.data(), &size, 0, frame.rgb.data(), 0, nullptr) == 0)
    check_failed("libpng encodes a picture", __FILE__, __LINE__, image.message);
  bytes.resize(size);
  return bytes;
}

void write_png(const std::filesystem::path& path, const Frame& frame) {
  write_output(path, encode_png(frame));
}

}  // namespace rlrun
