#include <algorithm>

#include "rlrun/error.hpp"

#include "store/file.hpp"
#include "store/hdf5.hpp"
#include "store/hdf5_handle.hpp"

namespace rlrun::hdf5 {
namespace {

// More than any result needs, and less than what would bring a machine down.
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30;
constexpr std::uint64_t kMostNames = 100'000;

struct Layout {
  Handle dataset, type, space;
  std::vector<hsize_t> shape;
  std::uint64_t elements = 1;
  std::size_t element_bytes = 0;
  H5T_class_t kind = H5T_NO_CLASS;
};

hid_t memory_type(Type type) {
  switch (type) {
    case Type::kF64:
      return H5T_NATIVE_DOUBLE;
    case Type::kF32:
      return H5T_NATIVE_FLOAT;
    case Type::kI64:
      return H5T_NATIVE_INT64;
    case Type::kU64:
      return H5T_NATIVE_UINT64;
    case Type::kI32:
      return H5T_NATIVE_INT32;
    case Type::kU8:
      return H5T_NATIVE_UINT8;
  }
  return -1;
}

// Text of a fixed size, without its padding.
std::string unpadded(const char* data, std::size_t size) {
  while (size > 0 && data[size - 1] == '\0') --size;
  return {data, size};
}

bool is_fixed_text(hid_t type) {
  return H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0;
}

// What a dataset says about itself, checked against limits before anything is allocated by it.
template <class Fail>
Layout open_dataset(hid_t file, const std::string& path, const Fail& fail) {
  Handle dataset(H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose);
  if (!dataset.valid()) fail("missing or unreadable: " + last_error());
  Handle type(H5Dget_type(dataset.get()), H5Tclose);
  Handle space(H5Dget_space(dataset.get()), H5Sclose);
  if (!type.valid() || !space.valid()) fail("unreadable: " + last_error());
  Layout layout{std::move(dataset), std::move(type), std::move(space), {}, 1, 0, H5T_NO_CLASS};
  const int rank = H5Sget_simple_extent_ndims(layout.space.get());
  if (rank < 0 || rank > 2) fail("has neither zero, one nor two dimensions");
  layout.shape.resize(static_cast<std::size_t>(rank));
  if (rank > 0 &&
      H5Sget_simple_extent_dims(layout.space.get(), layout.shape.data(), nullptr) != rank)
    fail("unreadable shape: " + last_error());
  layout.element_bytes = H5Tget_size(layout.type.get());
  layout.kind = H5Tget_class(layout.type.get());
  if (layout.element_bytes == 0) fail("unreadable type: " + last_error());
  std::uint64_t bytes = std::max<std::uint64_t>(layout.element_bytes, sizeof(double));
  if (bytes > kMostBytes) fail("is too large");
  for (const hsize_t extent : layout.shape) {
    if (extent != 0 && bytes > kMostBytes / extent) fail("is too large");
    bytes *= std::max<hsize_t>(extent, 1);
    layout.elements *= extent;
  }
  return layout;
}

// Converts to double.
template <class Fail>
void read_doubles(const Layout& layout, double* target, const Fail& fail) {
  if (layout.elements > 0 &&
      H5Dread(layout.dataset.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, target) < 0)
    fail("unreadable: " + last_error());
}

}  // namespace

void File::fail(const std::string& path, const std::string& what) const {
  throw UserError(name_ + ": " + path + ": " + what, ExitCode::kStore);
}

File File::from_image(std::string_view image, std::string name) {
  prepare_library();
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  if (!access.valid() || H5Pset_fapl_core(access.get(), std::size_t{256} * 1024, false) < 0 ||
      // HDF5 copies the image and does not change it, though its signature does not say so.
      H5Pset_file_image(access.get(), const_cast<char*>(image.data()), image.size()) < 0)
    throw UserError(name + ": cannot be held in memory: " + last_error(), ExitCode::kResources);
  const hid_t id = H5Fopen(name_in_memory().c_str(), H5F_ACC_RDONLY, access.get());
  if (id < 0)
    throw UserError(name + ": is no HDF5 file or is damaged: " + last_error(), ExitCode::kStore);
  return {id, std::move(name), 0};
}

File File::open(const std::filesystem::path& path) {
  return from_image(read_file(path), path.string());
}

bool File::has(const std::string& path) const {
  // Each step of the path has to exist before the next may be asked for.
  for (std::size_t slash = path.find('/');; slash = path.find('/', slash + 1)) {
    if (H5Lexists(id_, path.substr(0, slash).c_str(), H5P_DEFAULT) <= 0) return false;
    if (slash == std::string::npos) return true;
  }
}

std::vector<std::string> File::names(const std::string& group) const {
  std::vector<std::string> names;
  if (!has(group)) return names;
  const Handle handle(H5Gopen2(id_, group.c_str(), H5P_DEFAULT), H5Gclose);
  if (!handle.valid()) fail(group, "is no group: " + last_error());
  const herr_t status = H5Literate(
      handle.get(), H5_INDEX_NAME, H5_ITER_NATIVE, nullptr,
      [](hid_t, const char* name, const H5L_info_t*, void* target) -> herr_t {
        auto& list = *static_cast<std::vector<std::string>*>(target);
        list.emplace_back(name);
        return list.size() > kMostNames ? -1 : 0;
      },
      &names);
  if (status < 0) fail(group, "unreadable: " + last_error());
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::int64_t> File::shape(const std::string& path) const {
  const Layout layout = open_dataset(id_, path, [&](const std::string& w) { fail(path, w); });
  return {layout.shape.begin(), layout.shape.end()};
}

std::string File::read_attribute(const std::string& name) const {
  const Handle attribute(H5Aopen(id_, name.c_str(), H5P_DEFAULT), H5Aclose);
  if (!attribute.valid()) fail(name, "attribute is missing");
  const Handle type(H5Aget_type(attribute.get()), H5Tclose);
  const Handle space(H5Aget_space(attribute.get()), H5Sclose);
  if (!type.valid() || !space.valid() || !is_fixed_text(type.get()) ||
      H5Sget_simple_extent_npoints(space.get()) != 1 || H5Tget_size(type.get()) > 65536)
    fail(name, "attribute is not text");
  std::string text(H5Tget_size(type.get()), '\0');
  if (H5Aread(attribute.get(), type.get(), text.data()) < 0)
    fail(name, "attribute is unreadable: " + last_error());
  return unpadded(text.data(), text.size());
}

std::vector<std::int64_t> File::read_int_attribute(const std::string& name) const {
  const Handle attribute(H5Aopen(id_, name.c_str(), H5P_DEFAULT), H5Aclose);
  if (!attribute.valid()) fail(name, "attribute is missing");
  const Handle type(H5Aget_type(attribute.get()), H5Tclose);
  const Handle space(H5Aget_space(attribute.get()), H5Sclose);
  const hssize_t count = space.valid() ? H5Sget_simple_extent_npoints(space.get()) : -1;
  if (!type.valid() || H5Tget_class(type.get()) != H5T_INTEGER || count < 0 || count > 1024)
    fail(name, "attribute is not a short list of whole numbers");
  std::vector<std::int64_t> values(static_cast<std::size_t>(count));
  if (H5Aread(attribute.get(), H5T_NATIVE_INT64, values.data()) < 0)
    fail(name, "attribute is unreadable: " + last_error());
  return values;
}

void File::read_raw(const std::string& path, Type type,
                    const std::function<void*(std::size_t)>& allocate) const {
  const Layout layout = open_dataset(id_, path, [&](const std::string& w) { fail(path, w); });
  if (layout.shape.size() != 1) fail(path, "does not have exactly one dimension");
  if (H5Tequal(layout.type.get(), memory_type(type)) <= 0) fail(path, "has another type of number");
  void* target = allocate(static_cast<std::size_t>(layout.elements));
  if (layout.elements > 0 &&
      H5Dread(layout.dataset.get(), memory_type(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, target) < 0)
    fail(path, "unreadable: " + last_error());
}

std::vector<std::string> File::read_texts(const std::string& path) const {
  const Layout layout = open_dataset(id_, path, [&](const std::string& w) { fail(path, w); });
  if (layout.shape.size() != 1 || !is_fixed_text(layout.type.get()))
    fail(path, "is no column of texts");
  const std::size_t count = layout.elements, size = layout.element_bytes;
  std::string buffer(count * size, '\0');
  if (count > 0 && H5Dread(layout.dataset.get(), layout.type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT,
                           buffer.data()) < 0)
    fail(path, "unreadable: " + last_error());
  std::vector<std::string> texts(count);
  for (std::size_t i = 0; i < count; ++i) texts[i] = unpadded(buffer.data() + i * size, size);
  return texts;
}

std::string File::read_text(const std::string& path) const {
  const Layout layout = open_dataset(id_, path, [&](const std::string& w) { fail(path, w); });
  if (!layout.shape.empty() || !is_fixed_text(layout.type.get())) fail(path, "is not text");
  std::string text(layout.element_bytes, '\0');
  if (H5Dread(layout.dataset.get(), layout.type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, text.data()) <
      0)
    fail(path, "unreadable: " + last_error());
  return unpadded(text.data(), text.size());
}

std::vector<double> File::read_numbers(const std::string& path) const {
  const Layout layout = open_dataset(id_, path, [&](const std::string& w) { fail(path, w); });
  if (layout.kind != H5T_FLOAT && layout.kind != H5T_INTEGER) fail(path, "holds no numbers");
  if (layout.shape.size() != 1) fail(path, "must have one dimension");
  std::vector<double> values(layout.elements);
  read_doubles(layout, values.data(), [&](const std::string& w) { fail(path, w); });
  return values;
}

Matrix File::read_samples(const std::string& path) const {
  const Layout layout = open_dataset(id_, path, [&](const std::string& w) { fail(path, w); });
  if (layout.kind != H5T_FLOAT && layout.kind != H5T_INTEGER) fail(path, "holds no numbers");
  if (layout.shape.size() != 2) fail(path, "must have two dimensions");
  Matrix samples(static_cast<Index>(layout.shape[1]), static_cast<Index>(layout.shape[0]));
  read_doubles(layout, samples.data(), [&](const std::string& w) { fail(path, w); });
  return samples;
}

}  // namespace rlrun::hdf5
