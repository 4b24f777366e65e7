#include "task_process.hpp"

#include <cerrno>
#include <cstdint>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "rlrun/error.hpp"

namespace rlrun::gymnasium {
namespace {

// The kinds of answers, as serve.py has them.
constexpr char kDone = 'd', kText = 'l', kTaskFailed = 't', kUserError = 'u';
// Looks into the pipe before the thread sleeps: a few microseconds, for to be woken takes longer.
constexpr int kLooks = 20;

std::pair<Descriptor, Descriptor> pipe_ends(int flags) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | flags) != 0) refuse("make a pipe for Python");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

}  // namespace

TaskProcess::TaskProcess(std::shared_ptr<Interpreter> interpreter)
    : interpreter_(std::move(interpreter)) {
  std::tie(own_reader_, requests_) = pipe_ends(0);
  Descriptor their_answers;
  std::tie(answers_, their_answers) = pipe_ends(0);
  // Python sets its size when it knows the task.
  memory_file_ = checked(memfd_create("rlrun-gymnasium", MFD_CLOEXEC), "make memory for Python");
  pid_ = interpreter_->make_task(own_reader_, their_answers, memory_file_);
  their_answers.close();
  fcntl(answers_.get(), F_SETFL, O_NONBLOCK);
  watch_ = checked(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)), "watch a Python process");
  introduction_ = wait_for_text();
}

TaskProcess::~TaskProcess() {
  if (memory_ != nullptr) munmap(memory_, size_);
}

void TaskProcess::map(std::size_t bytes) {
  size_ = bytes;
  memory_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory_file_.get(), 0);
  if (memory_ == MAP_FAILED) {
    memory_ = nullptr;
    refuse("map memory for Python");
  }
  memory_file_.close();
}

void TaskProcess::ask(Request request) {
  const char byte = static_cast<char>(request);
  while (write(requests_.get(), &byte, 1) < 0 && errno == EINTR) {
  }
}

char TaskProcess::next_byte() {
  char byte = 0;
  for (int looks = 0;; ++looks) {
    const ssize_t n = read(answers_.get(), &byte, 1);
    if (n == 1) return byte;
    if (n == 0) gone();
    if (looks < kLooks) continue;
    pollfd events[2] = {{.fd = answers_.get(), .events = POLLIN, .revents = 0},
                        {.fd = watch_.get(), .events = POLLIN, .revents = 0}};
    poll(events, 2, -1);
    // The process may have left children that hold the pipe open.
    if (events[0].revents == 0 && events[1].revents != 0) gone();
  }
}

void TaskProcess::wait() {
  if (const char kind = next_byte(); kind != kDone) fail(kind);
}

std::string TaskProcess::wait_for_text() {
  if (const char kind = next_byte(); kind != kText) fail(kind);
  return read_text();
}

void TaskProcess::read_all(char* to, std::size_t size) {
  while (size > 0) {
    *to = next_byte();  // waits
    ++to;
    --size;
    const ssize_t n = read(answers_.get(), to, size);
    if (n > 0) {
      to += n;
      size -= static_cast<std::size_t>(n);
    }
  }
}

std::string TaskProcess::read_text() {
  std::uint64_t size = 0;
  read_all(reinterpret_cast<char*>(&size), sizeof size);
  std::string text(size, '\0');
  read_all(text.data(), text.size());
  return text;
}

void TaskProcess::fail(char kind) {
  if (kind == kUserError) throw UserError(read_text());
  if (kind == kTaskFailed) throw TrialError("the task raised " + read_text());
  throw TrialError("the Python process of the task wrote into the pipe to rlrun");
}

void TaskProcess::gone() {
  throw TrialError("the Python process of the task " + interpreter_->ending_of(pid_));
}

}  // namespace rlrun::gymnasium
