#include <algorithm>
#include <atomic>
#include <bit>
#include <mutex>

#include "rlrun/error.hpp"

#include "store/hdf5.hpp"
#include "store/hdf5_handle.hpp"

// Buffers go to the file as they lie in memory.
static_assert(std::endian::native == std::endian::little);

namespace rlrun::hdf5 {
namespace {

constexpr std::size_t kChunkBytes = 512 * 1024;

[[noreturn]] void build_failed(const std::string& what) {
  throw UserError("cannot build a result file in memory: " + what + ": " + last_error(),
                  ExitCode::kResources);
}

void must(bool good, const std::string& what) {
  if (!good) build_failed(what);
}

hid_t file_type(Type type) {
  switch (type) {
    case Type::kF64:
      return H5T_IEEE_F64LE;
    case Type::kF32:
      return H5T_IEEE_F32LE;
    case Type::kI64:
      return H5T_STD_I64LE;
    case Type::kU64:
      return H5T_STD_U64LE;
    case Type::kI32:
      return H5T_STD_I32LE;
    case Type::kU8:
      return H5T_STD_U8LE;
  }
  return -1;
}

Handle text_type(std::size_t size) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  must(type.valid() && H5Tset_size(type.get(), std::max<std::size_t>(size, 1)) >= 0 &&
           H5Tset_cset(type.get(), H5T_CSET_UTF8) >= 0 &&
           H5Tset_strpad(type.get(), H5T_STR_NULLPAD) >= 0,
       "text type");
  return type;
}

void attach(hid_t object, const std::string& name, hid_t type, hid_t space, const void* data) {
  const Handle attribute(H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose);
  must(attribute.valid() && H5Awrite(attribute.get(), type, data) >= 0, name);
}

void attach_text(hid_t object, const std::string& name, std::string_view text) {
  const Handle type = text_type(text.size());
  const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  // HDF5 reads one byte of an empty text as well.
  attach(object, name, type.get(), space.get(), text.empty() ? "" : text.data());
}

Handle dataset_options(std::size_t plain_bytes, std::size_t element_bytes,
                       const std::vector<std::uint64_t>& shape) {
  Handle options(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  // Times of creation would make equal contents differ.
  must(options.valid() && H5Pset_obj_track_times(options.get(), false) >= 0, "options");
  std::uint64_t elements = 1;
  for (const std::uint64_t extent : shape) elements *= extent;
  if (shape.empty() || elements == 0 || elements * element_bytes <= plain_bytes) return options;

  // Whole rows to a chunk, as many as make half a mebibyte.
  std::vector<hsize_t> chunk(shape.begin(), shape.end());
  const std::size_t row_bytes = element_bytes * static_cast<std::size_t>(elements / shape[0]);
  chunk[0] = std::clamp<std::uint64_t>(kChunkBytes / row_bytes, 1, shape[0]);
  must(H5Pset_chunk(options.get(), static_cast<int>(chunk.size()), chunk.data()) >= 0 &&
           H5Pset_shuffle(options.get()) >= 0 && H5Pset_deflate(options.get(), 4) >= 0 &&
           H5Pset_fletcher32(options.get()) >= 0,
       "filters");
  return options;
}

}  // namespace

void prepare_library() {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  static std::once_flag once;
  std::call_once(once, [] { H5PLset_loading_state(0); });
}

std::string name_in_memory() {
  static std::atomic<std::uint64_t> count{0};
  return "/dev/null/rlrun-" + std::to_string(count++);
}

std::string last_error() {
  std::string text;
  H5Ewalk2(
      H5E_DEFAULT, H5E_WALK_UPWARD,
      [](unsigned n, const H5E_error2_t* error, void* target) -> herr_t {
        if (n == 0 && error->desc != nullptr) *static_cast<std::string*>(target) = error->desc;
        return 0;
      },
      &text);
  return text.empty() ? "no details" : text;
}

File File::create(std::size_t plain_bytes) {
  prepare_library();
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  // The earliest format, which everything reads. The later ones guard their metadata by checksums,
  // but H5Fget_file_image changes the superblock and not its checksum.
  must(access.valid() && H5Pset_fapl_core(access.get(), std::size_t{256} * 1024, false) >= 0,
       "memory driver");
  const hid_t id = H5Fcreate(name_in_memory().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get());
  must(id >= 0, "file");
  return {id, "(in memory)", plain_bytes};
}

File::File(File&& other) noexcept
    : id_(std::exchange(other.id_, -1)),
      name_(std::move(other.name_)),
      plain_bytes_(other.plain_bytes_) {}

File::~File() {
  if (id_ >= 0) H5Fclose(id_);
}

std::string File::image() const {
  must(H5Fflush(id_, H5F_SCOPE_GLOBAL) >= 0, "flush");
  const ssize_t size = H5Fget_file_image(id_, nullptr, 0);
  must(size > 0, "image size");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  must(H5Fget_file_image(id_, bytes.data(), bytes.size()) == size, "image");
  return bytes;
}

void File::write_attribute(const std::string& name, std::string_view text) {
  attach_text(id_, name, text);
}

void File::write_attribute(const std::string& name, const std::vector<std::int64_t>& values) {
  const hsize_t extent = values.size();
  const Handle space(H5Screate_simple(1, &extent, nullptr), H5Sclose);
  attach(id_, name, H5T_STD_I64LE, space.get(), values.data());
}

void File::write_typed(const std::string& path, std::int64_t type, const void* data,
                       const std::vector<std::uint64_t>& shape, const About& about) {
  const std::vector<hsize_t> extents(shape.begin(), shape.end());
  const Handle space(
      extents.empty() ? H5Screate(H5S_SCALAR)
                      : H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr),
      H5Sclose);
  const Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  must(space.valid() && links.valid() && H5Pset_create_intermediate_group(links.get(), 1) >= 0,
       path);
  const Handle options = dataset_options(plain_bytes_, H5Tget_size(type), shape);
  const Handle dataset(
      H5Dcreate2(id_, path.c_str(), type, space.get(), links.get(), options.get(), H5P_DEFAULT),
      H5Dclose);
  must(dataset.valid(), path);
  const bool empty = std::find(shape.begin(), shape.end(), 0U) != shape.end();
  must(empty || H5Dwrite(dataset.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0, path);
  if (!about.description.empty()) attach_text(dataset.get(), "description", about.description);
  if (!about.unit.empty()) attach_text(dataset.get(), "unit", about.unit);
}

void File::write_raw(const std::string& path, Type type, const void* data,
                     const std::vector<std::uint64_t>& shape, const About& about) {
  write_typed(path, file_type(type), data, shape, about);
}

void File::write_texts(const std::string& path, const std::vector<std::string>& texts,
                       const About& about) {
  std::size_t size = 1;
  for (const std::string& text : texts) size = std::max(size, text.size());
  std::string buffer(size * texts.size(), '\0');
  for (std::size_t i = 0; i < texts.size(); ++i)
    std::copy(texts[i].begin(), texts[i].end(),
              buffer.begin() + static_cast<std::ptrdiff_t>(i * size));
  write_typed(path, text_type(size).get(), buffer.data(), {texts.size()}, about);
}

void File::write_text(const std::string& path, std::string_view text, const About& about) {
  write_typed(path, text_type(text.size()).get(), text.empty() ? "" : text.data(), {}, about);
}

void File::write_samples(const std::string& path, const Matrix& samples, const About& about) {
  write_raw(
      path, Type::kF64, samples.data(),
      {static_cast<std::uint64_t>(samples.cols()), static_cast<std::uint64_t>(samples.rows())},
      about);
}

void File::write_samples(const std::string& path, const MatrixF& samples, const About& about) {
  write_raw(
      path, Type::kF32, samples.data(),
      {static_cast<std::uint64_t>(samples.cols()), static_cast<std::uint64_t>(samples.rows())},
      about);
}

}  // namespace rlrun::hdf5
