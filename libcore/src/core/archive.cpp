#include "rlrun/archive.hpp"

#include <string>

#include "rlrun/error.hpp"
#include "rlrun/rng.hpp"

namespace rlrun {
namespace {

std::string text_of(std::int64_t rows, std::int64_t cols) {
  return std::to_string(rows) + " x " + std::to_string(cols);
}

// A value that has a size when it is restored is used with that size.
template <class Values>
void make_room(const char* name, Values& values, std::int64_t rows, std::int64_t cols) {
  const bool fits = rows >= 0 && cols >= 0 &&
                    (values.size() == 0 || (values.rows() == rows && values.cols() == cols));
  if (!fits)
    throw UserError("the stored '" + std::string(name) + "' is " + text_of(rows, cols) + ", but " +
                        text_of(values.rows(), values.cols()) + " is needed",
                    ExitCode::kStore);
  values.resize(rows, cols);
}

// A list or a text takes any size.
template <class Values>
void make_room(const char* name, Values& values, std::int64_t size) {
  if constexpr (requires { values.rows(); }) {
    make_room(name, values, size, 1);
  } else {
    if (size < 0)
      throw UserError("the stored '" + std::string(name) + "' has a negative size",
                      ExitCode::kStore);
    values.resize(static_cast<std::size_t>(size));
  }
}

}  // namespace

void Archive::operator()(const char* name, bool& value) {
  std::uint8_t byte = value ? 1 : 0;
  bytes(name, &byte, 1);
  value = byte != 0;
}
void Archive::operator()(const char* name, int& value) {
  bytes(name, &value, sizeof value);
}
void Archive::operator()(const char* name, std::int64_t& value) {
  bytes(name, &value, sizeof value);
}
void Archive::operator()(const char* name, std::uint64_t& value) {
  bytes(name, &value, sizeof value);
}
void Archive::operator()(const char* name, double& value) {
  bytes(name, &value, sizeof value);
}
void Archive::operator()(const char* name, float& value) {
  bytes(name, &value, sizeof value);
}

// What has a size is stored as its size and its content.
#define RLRUN_ARCHIVE_LIST(Type, element)                                        \
  void Archive::operator()(const char* name, Type& value) {                      \
    auto size = static_cast<std::int64_t>(value.size());                         \
    (*this)(name, size);                                                         \
    if (restoring()) make_room(name, value, size);                               \
    bytes(name, value.data(), static_cast<std::size_t>(size) * sizeof(element)); \
  }
RLRUN_ARCHIVE_LIST(std::string, char)
RLRUN_ARCHIVE_LIST(Vector, double)
RLRUN_ARCHIVE_LIST(VectorF, float)
RLRUN_ARCHIVE_LIST(std::vector<double>, double)
RLRUN_ARCHIVE_LIST(std::vector<std::int64_t>, std::int64_t)
RLRUN_ARCHIVE_LIST(std::vector<std::int32_t>, std::int32_t)
RLRUN_ARCHIVE_LIST(std::vector<std::uint8_t>, std::uint8_t)
#undef RLRUN_ARCHIVE_LIST

#define RLRUN_ARCHIVE_MATRIX(Type, element)                                             \
  void Archive::operator()(const char* name, Type& value) {                             \
    std::int64_t rows = value.rows(), cols = value.cols();                              \
    (*this)(name, rows);                                                                \
    (*this)(name, cols);                                                                \
    if (restoring()) make_room(name, value, rows, cols);                                \
    bytes(name, value.data(), static_cast<std::size_t>(rows * cols) * sizeof(element)); \
  }
RLRUN_ARCHIVE_MATRIX(Matrix, double)
RLRUN_ARCHIVE_MATRIX(MatrixF, float)
#undef RLRUN_ARCHIVE_MATRIX

void Archive::operator()(const char* /*name*/, Rng& value) {
  value.state(*this);
}

void Archive::values(const char* name, float* data, Index count) {
  bytes(name, data, static_cast<std::size_t>(count) * sizeof(float));
}

}  // namespace rlrun
