#pragma once
// The only door to HDF5: files in memory, made of columns, texts and small matrices.
//
// A file is built as an image in memory and written by our own code, because HDF5's own writing
// leaves damaged files behind when it is killed or the disk is full. Likewise a file is read into
// memory before HDF5 sees it. Every failure is a UserError (exit code 5 for reading, 7 for
// building) that names file and dataset.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "rlrun/types.hpp"

namespace rlrun::hdf5 {

enum class Type : std::uint8_t { kF64, kF32, kI64, kU64, kI32, kU8 };

template <class T>
constexpr Type type_of() {
  if constexpr (std::is_same_v<T, double>) return Type::kF64;
  if constexpr (std::is_same_v<T, float>) return Type::kF32;
  if constexpr (std::is_same_v<T, std::int64_t>) return Type::kI64;
  if constexpr (std::is_same_v<T, std::uint64_t>) return Type::kU64;
  if constexpr (std::is_same_v<T, std::int32_t>) return Type::kI32;
  if constexpr (std::is_same_v<T, std::uint8_t>) return Type::kU8;
}

/// Switches HDF5's own printing of errors off in this thread, and its loading of filter plugins.
/// Files do it themselves; a process that forks calls it so that its children need not start the
/// library.
void prepare_library();

/// What a reader of the file should know about a column; becomes its attributes.
struct About {
  std::string description;
  std::string unit;  ///< "" for plain numbers and texts.
};

/// An HDF5 file in memory, being built or open for reading.
class File {
 public:
  /// An empty file. Datasets of up to `plain_bytes` bytes are stored without filters, which saves
  /// time where a file has many small ones; the others are chunked, shuffled, deflated and carry
  /// Fletcher-32 checksums.
  static File create(std::size_t plain_bytes = 0);
  /// Opens an image for reading. `name` stands in messages.
  static File from_image(std::string_view image, std::string name);
  /// Reads a file of any origin into memory and opens it.
  static File open(const std::filesystem::path& path);
  File(File&& other) noexcept;
  File& operator=(File&&) = delete;
  ~File();

  /// The bytes of the file that was built.
  [[nodiscard]] std::string image() const;

  // Building. A path is "name" or "group/name"; groups are made as needed.

  void write_attribute(const std::string& name, std::string_view text);
  void write_attribute(const std::string& name, const std::vector<std::int64_t>& values);
  template <class T>
  void write_column(const std::string& path, const std::vector<T>& values, const About& about) {
    write_raw(path, type_of<T>(), values.data(), {values.size()}, about);
  }
  /// Texts as UTF-8 of the longest one's size, padded with zeros.
  void write_texts(const std::string& path, const std::vector<std::string>& texts,
                   const About& about);
  void write_text(const std::string& path, std::string_view text, const About& about);
  /// One row in the file for each column of the matrix: (dim, n) here, (n, dim) there.
  void write_samples(const std::string& path, const Matrix& samples, const About& about);
  void write_samples(const std::string& path, const MatrixF& samples, const About& about);

  // Reading.

  [[nodiscard]] bool has(const std::string& path) const;
  /// Names in a group, sorted; empty if there is no such group.
  [[nodiscard]] std::vector<std::string> names(const std::string& group) const;
  [[nodiscard]] std::vector<std::int64_t> shape(const std::string& path) const;
  [[nodiscard]] std::string read_attribute(const std::string& name) const;
  [[nodiscard]] std::vector<std::int64_t> read_int_attribute(const std::string& name) const;
  /// A one-dimensional dataset of exactly this type.
  template <class T>
  [[nodiscard]] std::vector<T> read_column(const std::string& path) const {
    std::vector<T> values;
    read_raw(path, type_of<T>(), [&](std::size_t count) {
      values.resize(count);
      return static_cast<void*>(values.data());
    });
    return values;
  }
  [[nodiscard]] std::vector<std::string> read_texts(const std::string& path) const;
  [[nodiscard]] std::string read_text(const std::string& path) const;

  // Reading what others wrote: numbers of any width or byte order become double.

  /// One-dimensional.
  [[nodiscard]] std::vector<double> read_numbers(const std::string& path) const;
  /// Two-dimensional, one row in the file for each column of the result.
  [[nodiscard]] Matrix read_samples(const std::string& path) const;

 private:
  File(std::int64_t id, std::string name, std::size_t plain_bytes)
      : id_(id), name_(std::move(name)), plain_bytes_(plain_bytes) {}
  void write_raw(const std::string& path, Type type, const void* data,
                 const std::vector<std::uint64_t>& shape, const About& about);
  void write_typed(const std::string& path, std::int64_t type, const void* data,
                   const std::vector<std::uint64_t>& shape, const About& about);
  void read_raw(const std::string& path, Type type,
                const std::function<void*(std::size_t)>& allocate) const;
  [[noreturn]] void fail(const std::string& path, const std::string& what) const;

  std::int64_t id_ = -1;
  std::string name_;
  std::size_t plain_bytes_ = 0;
};

}  // namespace rlrun::hdf5
