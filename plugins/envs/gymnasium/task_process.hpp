#pragma once
// One task in its Python process, and how it is talked to.

#include <memory>
#include <string>

#include "descriptor.hpp"
#include "interpreter.hpp"

namespace rlrun::gymnasium {

/// Memory that both sides see: this, then observation and action as floats, each from a multiple of
/// 64 bytes on.
struct Head {
  double reward;
  std::uint64_t flags;  // 1: terminated, 2: truncated
  std::uint64_t seed;
};
inline constexpr std::size_t kHeadSize = 64;

enum class Request : char { kStep = 's', kReset = 'r', kPicture = 'p' };

/// A request is one byte in a pipe, its answer one in another; what belongs to them lies in memory.
class TaskProcess {
 public:
  /// Makes the process and waits for what it says of itself. Throws UserError if the task cannot be
  /// made as the experiment says.
  explicit TaskProcess(std::shared_ptr<Interpreter> interpreter);
  ~TaskProcess();
  TaskProcess(const TaskProcess&) = delete;
  TaskProcess& operator=(const TaskProcess&) = delete;

  [[nodiscard]] const std::string& introduction() const { return introduction_; }
  /// Maps the memory; once, when the sizes are known.
  void map(std::size_t bytes);
  [[nodiscard]] Head& head() const { return *static_cast<Head*>(memory_); }
  [[nodiscard]] float* floats_at(std::size_t offset) const {
    return reinterpret_cast<float*>(static_cast<char*>(memory_) + offset);
  }

  /// Does not wait.
  void ask(Request request);
  /// Waits for the answer to a step or reset. Throws TrialError with what Python raised, or with how
  /// its process ended.
  void wait();
  /// Waits for an answer that is a text.
  std::string wait_for_text();

 private:
  [[nodiscard]] char next_byte();
  void read_all(char* to, std::size_t size);
  std::string read_text();
  [[noreturn]] void fail(char kind);
  [[noreturn]] void gone();

  std::shared_ptr<Interpreter> interpreter_;
  Descriptor requests_, answers_, memory_file_;
  Descriptor own_reader_;  // of requests: so that writing one to a dead process is no SIGPIPE
  Descriptor watch_;
  pid_t pid_ = -1;
  void* memory_ = nullptr;
  std::size_t size_ = 0;
  std::string introduction_;
};

}  // namespace rlrun::gymnasium
