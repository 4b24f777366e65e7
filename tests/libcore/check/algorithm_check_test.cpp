#include "check/algorithm_check.hpp"

#include <atomic>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"
#include "rlrun/policies/gaussian_mlp.hpp"

#include "contracts/toy_envs.hpp"

using namespace rlrun;

namespace {

// Walks randomly through parameter space, with one fault of each kind.
class Faulty final : public Algorithm {
 public:
  enum class Fault {
    kNone,
    kForgetsCounter,
    kForgetsPolicy,
    kCountsThreads,
    kGlobal,
    kIdle,
    kNan,
    kThrows,
    kWaits
  };

  Faulty(Fault fault, const EnvSpec& spec, const Rng& rng)
      : fault_(fault), policy_({.hidden = {4}}, spec, rng) {}

  void iterate(Iteration& it) override {
    static std::atomic<int> calls{0};
    if (fault_ == Fault::kThrows) throw TrialError("no luck");
    if (fault_ != Fault::kIdle) it.sampler.collect(policy_, 40);
    ++counter_;
    if (fault_ == Fault::kWaits) return;
    VectorF params = policy_.params();
    VectorF noise(params.size());
    it.rng.fill_normal(noise);
    params += static_cast<float>(counter_) * noise;
    if (fault_ == Fault::kCountsThreads) params(0) += static_cast<float>(thread_count());
    if (fault_ == Fault::kGlobal) params(0) += static_cast<float>(++calls);
    if (fault_ == Fault::kNan && it.index == 2) params(0) = std::numeric_limits<float>::quiet_NaN();
    policy_.set_params(params);
  }
  [[nodiscard]] const Policy& policy() const override { return policy_; }
  void state(Archive& archive) override {
    if (fault_ != Fault::kForgetsCounter) archive("counter", counter_);
    if (fault_ == Fault::kForgetsPolicy) return;
    VectorF params = policy_.params();
    archive("policy", params);
    if (archive.restoring()) policy_.set_params(params);
  }

 private:
  Fault fault_;
  GaussianMlp policy_;
  std::int64_t counter_ = 0;
};

AlgorithmFactory making(Faulty::Fault fault) {
  return [fault](const EnvSpec& spec, const Rng& rng) -> std::unique_ptr<Algorithm> {
    return std::make_unique<Faulty>(fault, spec, rng);
  };
}

std::string violations(Faulty::Fault fault) {
  std::string all;
  for (const std::string& line :
       check_algorithm(making(fault), toys::factory<toys::Regulator>(), 3).violations)
    all += line + "\n";
  return all;
}

}  // namespace

TEST_CASE("the algorithm check finds what it says it finds", "[run]") {
  using Fault = Faulty::Fault;
  using Catch::Contains;
  CHECK(violations(Fault::kNone).empty());
  CHECK_THAT(violations(Fault::kForgetsCounter), Contains("restored after iteration 0"));
  CHECK_THAT(violations(Fault::kForgetsPolicy), Contains("policies' parameters differ"));
  CHECK_THAT(violations(Fault::kCountsThreads), Contains("1 and 4 threads"));
  CHECK_THAT(violations(Fault::kGlobal), Contains("1 and 1 threads"));
  CHECK_THAT(violations(Fault::kIdle), Contains("does not use the environment"));
  CHECK_THAT(violations(Fault::kNan), Contains("not finite"));
  CHECK_THAT(violations(Fault::kThrows), Contains("no luck"));
  CHECK(thread_count() == 1);  // put back
}

TEST_CASE("the algorithm check says where nothing was learned", "[run]") {
  using Fault = Faulty::Fault;
  const auto check = [](Fault fault) {
    return check_algorithm(making(fault), toys::factory<toys::Regulator>(), 3);
  };
  CHECK(check(Fault::kNone).learned);
  CHECK_FALSE(check(Fault::kWaits).learned);
  CHECK(check(Fault::kWaits).violations.empty());
}
