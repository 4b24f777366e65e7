#include "check/algorithm_check.hpp"

#include <exception>

#include <fmt/format.h>

#include "rlrun/parallel.hpp"

#include "check/check_support.hpp"
#include "check/memory_archive.hpp"
#include "sample/sampler.hpp"

namespace rlrun {
namespace {

// A trial without its files.
class Session {
 public:
  /// `start` names the stream that the algorithm is made from.
  Session(const AlgorithmFactory& make, const EnvFactory& env, const char* start = "algorithm")
      : sampler_(env, root_.fork("sampler")) {
    algorithm_ = make(sampler_.spec(), root_.fork(start));
  }

  /// What was counted and reported in one iteration is added to the trace.
  void iterate(Index index, Index count) {
    Metrics metrics;
    sampler_.begin_iteration(index);
    const std::int64_t before = sampler_.total_steps();
    Iteration it{index, static_cast<double>(index) / static_cast<double>(count),
                 root_.fork("iteration").fork(static_cast<std::uint64_t>(index)), sampler_,
                 metrics};
    algorithm_->iterate(it);
    used_environment_ = used_environment_ && sampler_.total_steps() > before;
    SampleLog log = sampler_.take_log();
    MemoryArchive archive;
    archive("returns", log.episodes.returns);
    archive("lengths", log.episodes.lengths);
    for (auto& [name, value] : metrics) archive(name.c_str(), value);
    trace_.push_back(archive.content());
  }

  [[nodiscard]] std::string save() {
    MemoryArchive archive;
    algorithm_->state(archive);
    sampler_.state(archive);
    return archive.content();
  }
  /// False: something was left over.
  bool restore(const std::string& saved) {
    MemoryArchive archive(saved);
    algorithm_->state(archive);
    sampler_.state(archive);
    return archive.exhausted();
  }

  [[nodiscard]] std::vector<std::string> check_policy(const PolicyFactory& rebuild) const {
    return rlrun::check_policy(algorithm_->policy(), sampler_.spec(), rebuild);
  }
  [[nodiscard]] VectorF params() const { return algorithm_->policy().params(); }
  [[nodiscard]] const std::vector<std::string>& trace() const { return trace_; }
  [[nodiscard]] bool used_environment() const { return used_environment_; }

 private:
  const Rng root_{1};
  TrialSampler sampler_;
  std::unique_ptr<Algorithm> algorithm_;
  std::vector<std::string> trace_;
  bool used_environment_ = true;
};

// What differs between two sessions that should have come to the same end.
void compare(Session& expected, Session& found, std::size_t from, const std::string& when,
             std::vector<std::string>& violations) {
  for (std::size_t i = 0; i < found.trace().size(); ++i)
    if (found.trace()[i] != expected.trace()[from + i]) {
      violations.push_back(
          fmt::format("{}: episodes or metrics of iteration {} differ", when, from + i));
      break;
    }
  if (!same_bits(expected.params(), found.params()))
    violations.push_back(when + ": the policies' parameters differ");
  if (expected.save() != found.save()) violations.push_back(when + ": the saved states differ");
}

void check(const AlgorithmFactory& make, const EnvFactory& env, Index iterations,
           const PolicyFactory& rebuild, AlgorithmCheck& result) {
  std::vector<std::string>& violations = result.violations;
  std::vector<std::string> saved;  // after each iteration

  set_thread_count(1);
  Session first(make, env);
  const VectorF start = first.params();
  for (Index i = 0; i < iterations; ++i) {
    first.iterate(i, iterations);
    saved.push_back(first.save());
  }
  if (!first.used_environment())
    violations.emplace_back("an iteration does not use the environment");
  if (!first.params().allFinite())
    violations.emplace_back("the policy's parameters are not finite");

  result.learned = start.size() == 0 || !same_bits(start, first.params());

  for (const std::string& line : first.check_policy(rebuild))
    violations.push_back("policy, " + line);

  for (const int threads : {1, 4}) {
    set_thread_count(threads);
    Session again(make, env);
    for (Index i = 0; i < iterations; ++i) again.iterate(i, iterations);
    compare(first, again, 0, fmt::format("equal seeds, 1 and {} threads", threads), violations);
  }

  set_thread_count(1);
  for (Index done = 1; done < iterations; ++done) {
    Session resumed(make, env, "another start");
    const std::string when = fmt::format("restored after iteration {}", done - 1);
    if (!resumed.restore(saved[static_cast<std::size_t>(done - 1)]))
      violations.push_back(when + ": restoring asked for less than was saved");
    for (Index i = done; i < iterations; ++i) resumed.iterate(i, iterations);
    compare(first, resumed, static_cast<std::size_t>(done), when, violations);
  }
}

}  // namespace

AlgorithmCheck check_algorithm(const AlgorithmFactory& make, const EnvFactory& env,
                               Index iterations, const PolicyFactory& rebuild) {
  const ThreadCount restore;
  AlgorithmCheck result;
  try {
    check(make, env, iterations, rebuild, result);
  } catch (const std::exception& error) {
    result.violations.push_back(fmt::format("an exception: {}", error.what()));
  }
  return result;
}

}  // namespace rlrun
