#pragma once
// Files that are whole or absent: checked reads and writes over the system calls.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "rlrun/error.hpp"

namespace rlrun {

/// Throws the UserError of a failed system call: "<what> <path>: <reason>". The exit code is 7
/// where the machine ran out of something (disk, quota, file size, memory, descriptors), 5
/// otherwise.
[[noreturn]] void throw_system_error(const std::string& what, const std::filesystem::path& path,
                                     int error);

/// open(2) with O_CLOEXEC, again after interruptions by signals.
int open_retrying(const char* path, int flags, unsigned mode = 0);
/// fsync or fdatasync, again after interruptions by signals.
int sync_retrying(int descriptor, int (*sync)(int));

/// Writes everything or throws; goes on after short and interrupted writes. `path` is for messages.
/// A file size limit is an error and not a signal.
void write_all(int descriptor, std::string_view bytes, const std::filesystem::path& path);

/// The whole content. Throws UserError (exit code 5), also for what is no regular file.
std::string read_file(const std::filesystem::path& path);

/// What tells a file from others that exist at the same time (its inode); 0 if there is none.
std::uint64_t file_number(const std::filesystem::path& path);

/// Whether a name belongs to a file that was still being written.
bool is_temporary_name(const std::filesystem::path& path);

/// A file that gets its name when it is complete. Until then it is `<name>.tmp` in the same folder,
/// which no reader takes for a result and which the next writer of the same name overwrites.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();  ///< Removes the temporary file unless committed.
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::string_view bytes);
  enum class Durability {
    kProcess,  ///< Survives the end of this process; a power cut may leave nothing or damage.
    kDisk,     ///< Survives a power cut: file and folder are synced.
  };
  void commit(Durability durability);

 private:
  std::filesystem::path path_, temporary_;
  int descriptor_ = -1;
  bool exists_ = false;  // the temporary file
};

}  // namespace rlrun
