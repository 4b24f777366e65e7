#include "store/output.hpp"

#include <cerrno>
#include <functional>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rlrun/error.hpp"

#include "store/file.hpp"
#include "store/store.hpp"

namespace rlrun {
namespace {

namespace fs = std::filesystem;

// It was the command line that named the place.
void blame_usage(const std::function<void()>& write) {
  try {
    write();
  } catch (const UserError& error) {
    if (error.code() != ExitCode::kStore) throw;
    throw UserError(error.what(), ExitCode::kUsage);
  }
}

// Whether a name leads to something that a file of the same name must not replace.
bool leads_elsewhere(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

// The standard stream that is this file, to be written at its place and not from the start; -1 if
// none is.
int standard_stream(const struct stat& file) {
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat stream {};
    if (::fstat(descriptor, &stream) == 0 && stream.st_dev == file.st_dev &&
        stream.st_ino == file.st_ino)
      return descriptor;
  }
  return -1;
}

void write_through(const fs::path& path, std::string_view content) {
  struct stat status {};
  const int stream = ::stat(path.c_str(), &status) == 0 ? standard_stream(status) : -1;
  if (stream >= 0) return write_all(stream, content, path);
  const int descriptor = open_retrying(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (descriptor < 0) throw_system_error("cannot write", path, errno);
  try {
    write_all(descriptor, content, path);
  } catch (...) {
    ::close(descriptor);
    throw;
  }
  if (::close(descriptor) != 0 && errno != EINTR) throw_system_error("cannot close", path, errno);
}

[[noreturn]] void refuse(const fs::path& path, int error) {
  throw UserError(
      fmt::format("cannot write {}: {}", path.string(), std::generic_category().message(error)),
      ExitCode::kUsage);
}

}  // namespace

void check_output(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) refuse(path, EISDIR);
    // A regular file is replaced, which is a matter of its folder.
    if (leads_elsewhere(path)) {
      if (::access(path.c_str(), W_OK) != 0) refuse(path, errno);
      return;
    }
  }
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (::stat(folder.c_str(), &status) != 0) refuse(path, errno);
  if (!S_ISDIR(status.st_mode)) refuse(path, ENOTDIR);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) refuse(path, errno);
}

void write_output(const fs::path& path, std::string_view content) {
  blame_usage([&] {
    if (leads_elsewhere(path))
      write_through(path, content);
    else
      write_file_atomically(path, content);
  });
}

void move_to_output(const fs::path& file, const fs::path& path) {
  if (leads_elsewhere(path)) return write_output(path, read_file(file));
  blame_usage([&] {
    if (::rename(file.c_str(), path.c_str()) != 0) throw_system_error("cannot write", path, errno);
  });
}

}  // namespace rlrun
