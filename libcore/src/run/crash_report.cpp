#include "run/crash_report.hpp"

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstring>

#include <dlfcn.h>
#include <execinfo.h>
#include <link.h>
#include <unistd.h>

#include "run/function_name.hpp"

namespace rlrun {
namespace {

constexpr int kCrashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
constexpr int kMostCalls = 64;
constexpr unsigned kMostSeconds = 5;

// Everything below runs in the handler: no memory is taken.

std::atomic<int> crashed_with{0};
char name[1024];

// One line, as long as its buffer.
class Line {
 public:
  Line() { *this << kCrashReportMark; }
  ~Line() {
    text_[size_++] = '\n';
    for (std::size_t done = 0; done < size_;) {
      const ssize_t n = write(STDERR_FILENO, text_ + done, size_ - done);
      if (n <= 0) break;
      done += std::size_t(n);
    }
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  Line& operator<<(std::string_view part) {
    for (const char c : part)
      if (size_ < sizeof text_ - 1) text_[size_++] = c;
    return *this;
  }
  Line& operator<<(std::uint64_t number) { return digits(number, 10); }
  Line& hex(std::uint64_t number) {
    *this << "0x";
    return digits(number, 16);
  }

 private:
  Line& digits(std::uint64_t number, unsigned base) {
    char reversed[20];
    std::size_t n = 0;
    do reversed[n++] = "0123456789abcdef"[number % base];
    while ((number /= base) > 0);
    while (n > 0) *this << std::string_view(&reversed[--n], 1);
    return *this;
  }

  char text_[4096];
  std::size_t size_ = 0;
};

struct Call {
  std::uint64_t offset = 0;       // as the file counts addresses
  const link_map* map = nullptr;  // of the file; null if the address lies in none
  const char* file = "";
};

// A return address lies behind its call, perhaps in the next function; the place of the crash
// itself does not.
Call call_at(void* address, bool is_return) {
  const std::uint64_t place = reinterpret_cast<std::uintptr_t>(address) - (is_return ? 1 : 0);
  Dl_info info;
  void* map = nullptr;
  if (dladdr1(reinterpret_cast<void*>(place), &info, &map, RTLD_DL_LINKMAP) == 0 || map == nullptr)
    return {place, nullptr, ""};
  const auto* file = static_cast<const link_map*>(map);
  return {place - file->l_addr, file, info.dli_fname};
}

// The one function that crashes of the report itself, and its exceeding the time, lead to.
void end(int /*signal*/) {
  const int signal = crashed_with;
  std::signal(signal, SIG_DFL);
  raise(signal);
}

void report(int signal) {
  int none = 0;
  if (!crashed_with.compare_exchange_strong(none, signal)) pause();  // another thread reports
  for (const int crash : kCrashes) std::signal(crash, end);
  std::signal(SIGALRM, end);
  alarm(kMostSeconds);

  void* addresses[kMostCalls];
  Call calls[kMostCalls];
  const int all = backtrace(addresses, kMostCalls);
  constexpr int kOwn = 2;  // this function and the one that called it for the kernel
  Line() << "signal " << std::uint64_t(signal) << "; the calls that led to it, the last one first";
  for (int i = kOwn; i < all; ++i) {
    calls[i] = call_at(addresses[i], i > kOwn);
    const Call& call = calls[i];
    find_function_name(call.file, call.offset, name, sizeof name);
    Line line;
    line << "#" << std::uint64_t(i - kOwn) << " " << (name[0] == '\0' ? "?" : name) << " in "
         << (call.map == nullptr ? "no file" : call.file) << " at ";
    line.hex(call.offset);
  }
  Line() << "for files and lines (of what was compiled with -g):";
  for (int i = kOwn; i < all; ++i) {
    bool first = calls[i].map != nullptr;
    for (int k = kOwn; k < i; ++k) first = first && calls[k].map != calls[i].map;
    if (!first) continue;
    Line line;
    line << "addr2line -Cfipe " << calls[i].file;
    for (int k = i; k < all; ++k)
      if (calls[k].map == calls[i].map) (line << " ").hex(calls[k].offset);
  }
  Line() << "to see more: rlrun run ALGORITHM ENV --debug, as plugins/DEBUGGING.md says";
  end(signal);
}

}  // namespace

void report_crashes() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  // The first call loads what it needs, which cannot be done in the handler.
  void* address = nullptr;
  backtrace(&address, 1);
  // A stack that has overflowed has no room for the report.
  static char stack[1 << 16];
  stack_t other{};
  other.ss_sp = stack;
  other.ss_size = sizeof stack;
  sigaltstack(&other, nullptr);
  struct sigaction action {};
  action.sa_handler = report;
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  for (const int crash : kCrashes) sigaction(crash, &action, nullptr);
#endif
}

}  // namespace rlrun
