#include "store/file.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store.hpp"

namespace rlrun {
namespace {

bool out_of_resources(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
      return true;
    default:
      return false;
  }
}

// A write beyond the file size limit raises a signal that ends the process by default. Within this
// scope it only fails with EFBIG; a signal raised meanwhile is taken back.
class FileSizeSignalBlocked {
 public:
  FileSizeSignalBlocked() {
    sigemptyset(&signal_);
    sigaddset(&signal_, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &signal_, &before_);
  }
  ~FileSizeSignalBlocked() {
    if (sigismember(&before_, SIGXFSZ) == 1) return;
    const timespec now{};
    while (sigtimedwait(&signal_, nullptr, &now) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  FileSizeSignalBlocked(const FileSizeSignalBlocked&) = delete;
  FileSizeSignalBlocked& operator=(const FileSizeSignalBlocked&) = delete;

 private:
  sigset_t signal_{}, before_{};
};

// A rename is durable once its folder is. Some file systems cannot sync folders and say EINVAL.
void sync_folder(const std::filesystem::path& folder) {
  const int descriptor = open_retrying(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) throw_system_error("cannot open folder", folder, errno);
  const int error = sync_retrying(descriptor, ::fsync) == 0 ? 0 : errno;
  ::close(descriptor);
  if (error != 0 && error != EINVAL) throw_system_error("cannot sync folder", folder, error);
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

int open_retrying(const char* path, int flags, unsigned mode) {
  int descriptor = -1;
  do descriptor = ::open(path, flags | O_CLOEXEC, mode);
  while (descriptor < 0 && errno == EINTR);
  return descriptor;
}

int sync_retrying(int descriptor, int (*sync)(int)) {
  int result = 0;
  do result = sync(descriptor);
  while (result != 0 && errno == EINTR);
  return result;
}

void throw_system_error(const std::string& what, const std::filesystem::path& path, int error) {
  throw UserError(
      fmt::format("{} {}: {}", what, path.string(), std::generic_category().message(error)),
      out_of_resources(error) ? ExitCode::kResources : ExitCode::kStore);
}

void write_all(int descriptor, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    ssize_t written = 0;
    int error = 0;
    {
      const FileSizeSignalBlocked blocked;
      written = ::write(descriptor, bytes.data(), bytes.size());
      error = errno;
    }
    if (written < 0) {
      if (error == EINTR) continue;
      throw_system_error("cannot write", path, error);
    }
    // Nothing written and no error: an odd file system, and retrying for ever would hang.
    if (written == 0) throw_system_error("cannot write", path, ENOSPC);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string read_file(const std::filesystem::path& path) {
  // Without O_NONBLOCK, opening a FIFO that lies there by mistake would wait for ever.
  const int descriptor = open_retrying(path.c_str(), O_RDONLY | O_NONBLOCK);
  if (descriptor < 0) throw_system_error("cannot read", path, errno);
  struct stat status {};
  int error = ::fstat(descriptor, &status) == 0 ? 0 : errno;
  if (error == 0 && !S_ISREG(status.st_mode)) error = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  std::string content;
  if (error == 0) {
    content.resize(static_cast<std::size_t>(status.st_size));
    std::size_t filled = 0;
    while (filled < content.size()) {
      const ssize_t n = ::read(descriptor, content.data() + filled, content.size() - filled);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) error = errno;
      if (n <= 0) break;
      filled += static_cast<std::size_t>(n);
    }
    content.resize(filled);
  }
  ::close(descriptor);
  if (error != 0) throw_system_error("cannot read", path, error);
  return content;
}

std::uint64_t file_number(const std::filesystem::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

bool is_temporary_name(const std::filesystem::path& path) {
  return path.extension() == ".tmp";
}

AtomicFile::AtomicFile(std::filesystem::path path)
    : path_(std::move(path)), temporary_(path_.string() + ".tmp") {
  descriptor_ = open_retrying(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (descriptor_ < 0) throw_system_error("cannot create", temporary_, errno);
  exists_ = true;
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (exists_) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) {
  write_all(descriptor_, bytes, temporary_);
}

void AtomicFile::commit(Durability durability) {
  // A failed fsync is final: the kernel may have dropped the pages and would report success next.
  if (durability == Durability::kDisk && sync_retrying(descriptor_, ::fsync) != 0)
    throw_system_error("cannot sync", temporary_, errno);
  const int closed = ::close(descriptor_);
  descriptor_ = -1;
  if (closed != 0 && errno != EINTR) throw_system_error("cannot close", temporary_, errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0)
    throw_system_error("cannot rename to", path_, errno);
  exists_ = false;
  if (durability == Durability::kDisk) sync_folder(folder_of(path_));
}

void write_file_atomically(const std::filesystem::path& path, std::string_view content) {
  AtomicFile file(path);
  file.write(content);
  file.commit(AtomicFile::Durability::kDisk);
}

}  // namespace rlrun
