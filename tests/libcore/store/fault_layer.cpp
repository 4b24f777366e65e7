// A layer between a program and the C library, for LD_PRELOAD, that counts the calls which change
// regular files, but not those to the standard streams, and injects faults:
//
//   RLRUN_FAULT_MODE  count  write the number of calls to stderr at the end
//                     kill   kill the process in the middle of call number RLRUN_FAULT_AT
//                     full   from call number RLRUN_FAULT_AT on, the disk is full
//                     slow   opening, writing and syncing are interrupted, writes take only some of
//                            the bytes
//   RLRUN_FAULT_SHARED  a file of zeros, a page long: with it the calls of all processes count
//                       together, and a kill also takes the first of them, the parent of the others
//
// Syncing is only counted: a kill does not lose what the kernel has, and tests should be quick.

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

namespace {

enum class Mode { kOff, kCount, kKill, kFull, kSlow };

Mode mode() {
  static const Mode mode = [] {
    const char* name = std::getenv("RLRUN_FAULT_MODE");
    if (name == nullptr) return Mode::kOff;
    if (std::strcmp(name, "count") == 0) return Mode::kCount;
    if (std::strcmp(name, "kill") == 0) return Mode::kKill;
    if (std::strcmp(name, "full") == 0) return Mode::kFull;
    if (std::strcmp(name, "slow") == 0) return Mode::kSlow;
    return Mode::kOff;
  }();
  return mode;
}

struct Shared {
  std::atomic<long> calls{0};
  std::atomic<pid_t> first{0};
};

Shared& shared() {
  static Shared& page = []() -> Shared& {
    static Shared own;
    const char* path = std::getenv("RLRUN_FAULT_SHARED");
    if (path == nullptr) return own;
    // Without the layer's own functions, which count.
    const int descriptor = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, O_RDWR));
    void* memory =
        ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (descriptor < 0 || memory == MAP_FAILED) std::abort();
    ::close(descriptor);
    auto& mapped = *static_cast<Shared*>(memory);  // zeros are its initial state
    pid_t nobody = 0;
    mapped.first.compare_exchange_strong(nobody, ::getpid());
    return mapped;
  }();
  return page;
}

// Counts this call; true if the fault strikes it.
bool strikes() {
  static const char* text = std::getenv("RLRUN_FAULT_AT");
  static const long at = text == nullptr ? 0 : std::atol(text);
  const long call = ++shared().calls;
  if (mode() == Mode::kKill) return call == at;
  if (mode() == Mode::kFull) return call >= at;
  return false;
}

bool is_regular(int descriptor) {
  struct stat status {};
  return descriptor > STDERR_FILENO && ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

// Only returns where the disk is full.
int fault() {
  if (mode() == Mode::kKill) {
    if (const pid_t first = shared().first; first > 0) ::kill(first, SIGKILL);
    ::kill(::getpid(), SIGKILL);
  }
  errno = ENOSPC;
  return -1;
}

template <class F>
F* next(const char* name) {
  return reinterpret_cast<F*>(::dlsym(RTLD_NEXT, name));
}

// Every third call in slow mode.
bool interrupted() {
  static long turn = 0;
  if (mode() != Mode::kSlow || ++turn % 3 != 0) return false;
  errno = EINTR;
  return true;
}

template <class Open>
int open_file(const char* name, const char* path, int flags, mode_t permissions) {
  if ((flags & O_CREAT) != 0 && interrupted()) return -1;
  if ((flags & O_CREAT) != 0 && strikes()) return fault();
  return next<Open>(name)(path, flags, permissions);
}

// A full disk does not keep anybody from removing what is there.
void before_removal(const char* path) {
  if (::access(path, F_OK) == 0 && strikes() && mode() == Mode::kKill) fault();
}

struct Report {
  Report() { shared(); }
  ~Report() {
    if (mode() == Mode::kCount && std::getenv("RLRUN_FAULT_SHARED") == nullptr)
      ::dprintf(2, "%ld\n", shared().calls.load());
  }
} report;

}  // namespace

extern "C" {

ssize_t write(int descriptor, const void* data, size_t size) {
  static auto* const real = next<ssize_t(int, const void*, size_t)>("write");
  if (!is_regular(descriptor)) return real(descriptor, data, size);
  if (mode() == Mode::kSlow) {
    if (interrupted()) return -1;
    return real(descriptor, data, size < 1000 ? (size + 1) / 2 : 1000);
  }
  static bool was_short = false;
  if (!strikes()) return real(descriptor, data, size);
  // The first to be struck gets half of its bytes through, as a real disk does.
  if (!was_short && size > 1) {
    was_short = true;
    const ssize_t written = real(descriptor, data, size / 2);
    if (mode() == Mode::kKill) fault();
    return written;
  }
  return fault();
}

int ftruncate(int descriptor, off_t size) {
  if (strikes()) return fault();
  return next<int(int, off_t)>("ftruncate")(descriptor, size);
}

int remove(const char* path) {
  before_removal(path);
  return next<int(const char*)>("remove")(path);
}

int unlink(const char* path) {
  before_removal(path);
  return next<int(const char*)>("unlink")(path);
}

int fsync(int) {
  if (interrupted()) return -1;
  return strikes() ? fault() : 0;
}

int fdatasync(int) {
  if (interrupted()) return -1;
  return strikes() ? fault() : 0;
}

int rename(const char* from, const char* to) {
  if (strikes()) return fault();
  return next<int(const char*, const char*)>("rename")(from, to);
}

int mkdir(const char* path, mode_t permissions) {
  if (strikes()) return fault();
  return next<int(const char*, mode_t)>("mkdir")(path, permissions);
}

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t permissions = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return open_file<int(const char*, int, ...)>("open", path, flags, permissions);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t permissions = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return open_file<int(const char*, int, ...)>("open64", path, flags, permissions);
}

}  // extern "C"
