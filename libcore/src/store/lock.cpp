// Who may write into a result folder.
//
// The truth is flock(2): the kernel drops it with the last process that holds the descriptor. The
// record in the file only says whom to name, and whether waiting makes sense.

#include <cerrno>
#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/file.hpp"
#include "store/store.hpp"

namespace rlrun {
namespace {

// The workers of a killed runner die in a moment, and the lock with them. A runner that was killed
// this instant still looks alive.
constexpr auto kPatienceWithDead = std::chrono::milliseconds(3000);
constexpr auto kPatienceWithLiving = std::chrono::milliseconds(300);
constexpr auto kPause = std::chrono::milliseconds(20);

struct Owner {
  std::string host, boot;
  long pid = 0;
  std::string started;  // in clock ticks since the boot; tells apart processes that share a pid
  double since = 0;     // Unix time of taking the lock
};

std::string host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 && name[0] != '\0' ? name : "unknown";
}

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  file >> id;
  return id.empty() ? "unknown" : id;
}

// Fields 3 and 22 of /proc/<pid>/stat; field 2, the name, may contain anything but ends at the last
// parenthesis.
bool process_facts(long pid, char& state, std::string& started) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  if (!std::getline(file, line)) return false;
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return false;
  std::istringstream fields(line.substr(name_end + 1));
  fields >> state;
  for (int field = 4; field <= 22; ++field) fields >> started;
  return !fields.fail();
}

std::string record_of_this_process() {
  char state = 0;
  std::string started = "unknown";
  process_facts(::getpid(), state, started);
  const std::chrono::duration<double> since = std::chrono::system_clock::now().time_since_epoch();
  return fmt::format("host {}\npid {}\nstarted {}\nboot {}\nsince {:.3f}\n", host_name(),
                     ::getpid(), started, boot_id(), since.count());
}

// None where the record is missing or half written.
std::optional<Owner> read_owner(int descriptor) {
  char buffer[1024];
  const ssize_t size = ::pread(descriptor, buffer, sizeof buffer, 0);
  if (size <= 0) return std::nullopt;
  std::istringstream lines(std::string(buffer, static_cast<std::size_t>(size)));
  Owner owner;
  std::string host, pid, started, boot, since;
  if (!(lines >> host >> owner.host >> pid >> owner.pid >> started >> owner.started >> boot >>
        owner.boot >> since >> owner.since))
    return std::nullopt;
  return owner;
}

// A zombie has closed its files and counts as dead. What runs on another machine cannot be asked.
bool is_alive(const Owner& owner) {
  if (owner.host != host_name()) return true;
  if (owner.boot != boot_id()) return false;
  char state = 0;
  std::string started;
  return process_facts(owner.pid, state, started) && started == owner.started && state != 'Z' &&
         state != 'X';
}

bool same_file(int descriptor, const std::filesystem::path& path) {
  struct stat opened {
  }, named{};
  return ::fstat(descriptor, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

// True if taken, false if somebody else has it.
bool try_lock(int descriptor, int operation, const std::filesystem::path& path) {
  while (::flock(descriptor, operation | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno == EINTR) continue;
    throw UserError(
        fmt::format("{}: this file system does not offer locks ({}), so two runners could mix; "
                    "choose a results folder on a local disk with --results",
                    path.string(), std::generic_category().message(errno)),
        ExitCode::kStore);
  }
  return true;
}

[[noreturn]] void refuse(const std::filesystem::path& folder, const std::optional<Owner>& owner) {
  const std::string who =
      !owner ? "another process"
      : is_alive(*owner)
          ? fmt::format("process {} on {}", owner->pid, owner->host)
          : fmt::format("workers that process {} on {} left behind", owner->pid, owner->host);
  throw UserError(fmt::format("{} is in use by {}; wait for its end, stop it, or choose another "
                              "folder with --results",
                              folder.string(), who),
                  ExitCode::kStore);
}

void write_record(int descriptor, const std::filesystem::path& path) {
  if (::ftruncate(descriptor, 0) != 0) throw_system_error("cannot write", path, errno);
  write_all(descriptor, record_of_this_process(), path);
}

// The lock file, opened for its owner. What a link points to is none of our files.
int open_lock(const std::filesystem::path& path) {
  // O_APPEND, so that a record always starts where the file was cut; O_NONBLOCK for a FIFO.
  const int descriptor =
      open_retrying(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0666);
  struct stat status {};
  if (descriptor >= 0 && ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode))
    return descriptor;
  if (descriptor < 0 && errno != ELOOP) throw_system_error("cannot open", path, errno);
  if (descriptor >= 0) ::close(descriptor);
  throw UserError(path.string() +
                      ": is no file of rlrun's; remove it, or choose another folder "
                      "with --results",
                  ExitCode::kStore);
}

// The folder as well, because anybody can remove the file. Not every file system can lock folders.
bool try_lock_folder(int descriptor) {
  return descriptor < 0 || ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

int open_folder(const std::filesystem::path& folder) {
  return open_retrying(folder.c_str(), O_RDONLY | O_DIRECTORY);
}

// A shared lock, held for an instant only: it cannot be had while a runner works.
bool is_locked(int descriptor) {
  return descriptor >= 0 && ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

}  // namespace

StoreLock::StoreLock(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "lock";
  const auto start = std::chrono::steady_clock::now();
  for (;;) {
    descriptor_ = open_lock(path);
    folder_descriptor_ = open_folder(folder);
    try {
      const bool taken =
          try_lock(descriptor_, LOCK_EX, path) && try_lock_folder(folder_descriptor_);
      // Between opening and locking, somebody may have removed the file.
      if (taken && same_file(descriptor_, path)) {
        write_record(descriptor_, path);
        return;
      }
      if (!taken) {
        const std::optional<Owner> owner = read_owner(descriptor_);
        // Without a record, somebody is just about to write it.
        const auto patience = owner && is_alive(*owner) ? kPatienceWithLiving : kPatienceWithDead;
        if (std::chrono::steady_clock::now() - start > patience) refuse(folder, owner);
      }
    } catch (...) {
      ::close(descriptor_);
      ::close(folder_descriptor_);
      throw;
    }
    ::close(descriptor_);
    ::close(folder_descriptor_);
    std::this_thread::sleep_for(kPause);
  }
}

// Closing and not unlocking: unlocking would take the lock from forked workers as well.
StoreLock::~StoreLock() {
  ::close(descriptor_);
  ::close(folder_descriptor_);
}

std::optional<LockHolder> lock_holder(const std::filesystem::path& folder) {
  const int file = open_retrying((folder / "lock").c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const int folder_itself = open_folder(folder);
  std::optional<LockHolder> holder;
  if (is_locked(file) || is_locked(folder_itself)) {
    holder.emplace();
    if (const std::optional<Owner> owner = read_owner(file)) {
      holder->host = owner->host;
      holder->pid = owner->pid;
      holder->since = owner->since;
    }
  }
  ::close(file);
  ::close(folder_itself);
  return holder;
}

}  // namespace rlrun
