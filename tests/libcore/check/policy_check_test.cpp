#include "check/policy_check.hpp"

#include <catch2/catch.hpp>

using namespace rlrun;

namespace {

enum class Fault {
  kNone,
  kSeesOthers,
  kSharesAStream,
  kForgetsInClone,
  kSharesWithClone,
  kNan,
  kKeepsCount,
  kCountsInstances
};

// a = theta o + a constant of the stream + memory + noise; the memory counts calls.
class Faulty final : public Policy {
 public:
  explicit Faulty(Fault fault, Rng rng = Rng(1))
      : fault_(fault),
        params_(VectorF::Constant(1, 0.5F)),
        shared_(std::make_shared<float>(0.0F)),
        constant_(static_cast<float>(rng.uniform())) {
    if (fault == Fault::kCountsInstances) constant_ = static_cast<float>(++instances);
  }
  [[nodiscard]] std::unique_ptr<Policy> clone() const override {
    auto copy = std::make_unique<Faulty>(*this);
    if (fault_ == Fault::kForgetsInClone) copy->params_(0) = 1;
    return copy;
  }
  [[nodiscard]] const VectorF& params() const override { return params_; }
  void set_params(VectorFIn params) override {
    params_ = params;
    if (fault_ == Fault::kSharesWithClone) *shared_ = params(0);
  }
  [[nodiscard]] Index memory_size() const override { return 1; }
  void act(const ActInput& in, MatrixFOut actions, Workspace& /*workspace*/) const override {
    MatrixFOut memory = in.memory;
    for (Index j = 0; j < in.observations.cols(); ++j) {
      Rng& stream = in.streams[fault_ == Fault::kSharesAStream ? 0 : std::size_t(j)];
      actions(0, j) = params_(0) * in.observations(0, j) + constant_ + *shared_ + memory(0, j);
      if (in.mode == ActMode::kExplore) actions(0, j) += static_cast<float>(stream.normal());
      if (fault_ == Fault::kSeesOthers) actions(0, j) += 1e-6F * in.observations.mean();
      if (fault_ == Fault::kNan) actions(0, j) = std::numeric_limits<float>::quiet_NaN();
      if (fault_ == Fault::kKeepsCount) actions(0, j) += static_cast<float>(++calls);
      memory(0, j) += 1;
    }
  }

  static inline int instances = 0, calls = 0;

 private:
  Fault fault_;
  VectorF params_;
  std::shared_ptr<float> shared_;
  float constant_;
};

const EnvSpec kTask = {.observation = unbounded(2), .action = box(1, -1, 1)};

std::vector<std::string> violations(Fault fault) {
  return check_policy(Faulty(fault), kTask);
}

}  // namespace

TEST_CASE("a policy that keeps the laws passes", "[policy_check]") {
  CHECK(violations(Fault::kNone).empty());
}

TEST_CASE("each broken law of a policy is named", "[policy_check]") {
  using Catch::Matchers::Contains;
  CHECK_THAT(violations(Fault::kSeesOthers).at(0), Contains("with 1 others in the call"));
  CHECK_THAT(violations(Fault::kSharesAStream).at(0), Contains("exploring: a column"));
  CHECK_THAT(violations(Fault::kForgetsInClone).at(0), Contains("a clone acts differently"));
  CHECK_THAT(violations(Fault::kNan).at(0), Contains("not finite"));
  CHECK_THAT(violations(Fault::kSharesWithClone).at(0), Contains("own parameters are set again"));
  CHECK_THAT(violations(Fault::kKeepsCount).at(0), Contains("when it is asked again"));
}

TEST_CASE("a policy follows from its stream and its parameters alone", "[policy_check]") {
  const auto rebuilt_from = [](Fault fault, std::uint64_t seed) {
    const Faulty policy(fault);
    return check_policy(policy, kTask, [&] { return std::make_unique<Faulty>(fault, Rng(seed)); });
  };
  CHECK(rebuilt_from(Fault::kNone, 1).empty());
  CHECK_THAT(rebuilt_from(Fault::kNone, 2).at(0), Catch::Contains("built anew"));
  CHECK_THAT(rebuilt_from(Fault::kCountsInstances, 1).at(0), Catch::Contains("built anew"));
}
