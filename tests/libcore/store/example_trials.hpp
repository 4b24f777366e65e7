#pragma once
// Trials with awkward numbers, for the tests of the store.

#include <array>
#include <bit>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>

#include <unistd.h>

#include "rlrun/rng.hpp"

#include "trial/trial.hpp"
#include "trial/trial_record.hpp"

namespace rlrun::testing {

/// A folder of its own, removed at the end.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "rlrun-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline Trial example_trial(std::uint64_t seed) {
  Trial trial;
  trial.env = {"cartpole", "cartpole", json::Object{{"horizon", std::int64_t{500}}}};
  trial.algorithm = {"trpo", "TRPO", json::Object{{"max_kl", 0.1}, {"note", "a/b \"c\" \xC3\xA9"}}};
  trial.policy = {"gaussian_mlp", "gaussian_mlp", json::Object{{"hidden", json::Array{32, 32}}}};
  trial.budget.iterations = 20;
  trial.seed = seed;
  trial.setting = "max_kl=0.1";
  return trial;
}

/// Columns of random bits, among them every kind of double.
inline TrialRecord example_record(std::uint64_t seed, std::size_t iterations = 20,
                                  std::size_t episodes = 300) {
  Rng rng = Rng(seed).fork("example");
  const auto number = [&] {
    switch (rng.below(8)) {
      case 0:
        return std::numeric_limits<double>::quiet_NaN();
      case 1:
        return -0.0;
      case 2:
        return std::numeric_limits<double>::denorm_min();
      case 3:
        return -std::numeric_limits<double>::infinity();
      default:
        return rng.normal() * 1e3;
    }
  };
  const Trial trial = example_trial(seed);
  TrialRecord record;
  record.id = trial.id();
  record.label = trial.label();
  record.config = trial.config();
  Curves& curves = record.curves;
  for (std::size_t i = 0; i < iterations; ++i) {
    curves.steps.push_back(static_cast<std::int64_t>(i + 1) * 50'000'000'000);
    curves.episodes.push_back(rng.below(100));
    curves.terminated.push_back(rng.below(50));
    curves.unstable.push_back(rng.below(3));
    curves.mean_return.push_back(number());
    curves.std_return.push_back(number());
    curves.min_return.push_back(number());
    curves.max_return.push_back(number());
    curves.mean_length.push_back(number());
    curves.metrics["kl"].push_back(rng.uniform());
    curves.metrics["loss/critic 50% \xC3\xA9."].push_back(number());
  }
  for (std::size_t i = 0; i < episodes; ++i) {
    record.episodes.returns.push_back(number());
    record.episodes.lengths.push_back(static_cast<std::int32_t>(rng.below(500)));
    record.episodes.endings.push_back(static_cast<std::uint8_t>(rng.below(3)));
  }
  // Every other trial is evaluated, three times.
  if (seed % 2 == 1 && iterations > 0)
    for (std::int64_t steps : {50, 100, 150})
      for (int i = 0; i < 5; ++i) {
        record.evaluations.steps.push_back(steps);
        record.evaluations.returns.push_back(number());
        record.evaluations.lengths.push_back(static_cast<std::int32_t>(rng.below(500)));
        record.evaluations.endings.push_back(static_cast<std::uint8_t>(rng.below(3)));
      }
  if (record.evaluations.size() > 0) {
    VectorF best(700);
    rng.fill_normal(best);
    record.best_policy = {100, number(), best};
  }
  record.policy_params.resize(700);
  rng.fill_normal(record.policy_params);
  record.provenance = json::Object{{"host", "example"}, {"seconds", 0.25}};
  record.wall_seconds = 12.5;
  return record;
}

inline TrialRecord example_failure(std::uint64_t seed) {
  TrialRecord record = example_record(seed, 3, 10);
  record.status = TrialStatus::kFailed;
  record.cause = {"signal", "killed by signal 11 (Segmentation fault)", 3};
  record.policy_params.resize(0);
  record.best_policy.reset();
  return record;
}

/// Equal to the last bit: NaN equals NaN, and 0.0 differs from -0.0.
template <class Values>
bool same_bits(const Values& a, const Values& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < static_cast<std::size_t>(a.size()); ++i) {
    const auto x = a.data()[i], y = b.data()[i];
    if constexpr (sizeof x == 8) {
      if (std::bit_cast<std::uint64_t>(x) != std::bit_cast<std::uint64_t>(y)) return false;
    } else if constexpr (sizeof x == 4) {
      if (std::bit_cast<std::uint32_t>(x) != std::bit_cast<std::uint32_t>(y)) return false;
    } else {
      if (x != y) return false;
    }
  }
  return true;
}

inline bool same_curves(const Curves& a, const Curves& b) {
  bool same = same_bits(a.steps, b.steps) && same_bits(a.episodes, b.episodes) &&
              same_bits(a.terminated, b.terminated) && same_bits(a.unstable, b.unstable) &&
              same_bits(a.mean_return, b.mean_return) && same_bits(a.std_return, b.std_return) &&
              same_bits(a.min_return, b.min_return) && same_bits(a.max_return, b.max_return) &&
              same_bits(a.mean_length, b.mean_length) && a.metrics.size() == b.metrics.size();
  for (const auto& [name, values] : a.metrics)
    same = same && b.metrics.count(name) == 1 && same_bits(values, b.metrics.at(name));
  return same;
}

inline bool same_evaluations(const EvaluationLog& a, const EvaluationLog& b) {
  return same_bits(a.steps, b.steps) && same_bits(a.returns, b.returns) &&
         same_bits(a.lengths, b.lengths) && same_bits(a.endings, b.endings);
}

/// What a result file must give back; not the policy parameters and the episode log.
inline bool same_outcome(const TrialRecord& a, const TrialRecord& b) {
  return a.id == b.id && a.label == b.label && a.config == b.config && a.status == b.status &&
         a.cause.kind == b.cause.kind && a.cause.message == b.cause.message &&
         a.cause.iteration == b.cause.iteration && a.wall_seconds == b.wall_seconds &&
         a.provenance == b.provenance && same_curves(a.curves, b.curves) &&
         same_evaluations(a.evaluations, b.evaluations);
}

inline bool same_best(const std::optional<BestPolicy>& a, const std::optional<BestPolicy>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->steps == b->steps &&
         same_bits(std::array{a->mean_return}, std::array{b->mean_return}) &&
         same_bits(a->params, b->params);
}

inline bool same_record(const TrialRecord& a, const TrialRecord& b) {
  return same_outcome(a, b) && same_bits(a.episodes.returns, b.episodes.returns) &&
         same_bits(a.episodes.lengths, b.episodes.lengths) &&
         same_bits(a.episodes.endings, b.episodes.endings) &&
         same_bits(a.policy_params, b.policy_params) && same_best(a.best_policy, b.best_policy);
}

}  // namespace rlrun::testing
