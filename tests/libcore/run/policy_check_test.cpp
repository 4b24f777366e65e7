#include "run/policy_check.hpp"

#include <catch2/catch.hpp>

using namespace rlrun;

namespace {

enum class Fault { kNone, kSeesOthers, kSharesAStream, kForgetsInClone, kNan };

// a = theta o + memory + noise; the memory counts calls.
class Faulty final : public Policy {
 public:
  explicit Faulty(Fault fault) : fault_(fault), params_(VectorF::Constant(1, 0.5F)) {}
  [[nodiscard]] std::unique_ptr<Policy> clone() const override {
    auto copy = std::make_unique<Faulty>(fault_);
    if (fault_ == Fault::kForgetsInClone) copy->params_(0) = 1;
    return copy;
  }
  [[nodiscard]] const VectorF& params() const override { return params_; }
  void set_params(VectorFIn params) override { params_ = params; }
  [[nodiscard]] Index memory_size() const override { return 1; }
  void act(ActMode mode, MatrixFIn observations, MatrixFOut memory, std::span<Rng> streams,
           MatrixFOut actions, Workspace& /*workspace*/) const override {
    for (Index j = 0; j < observations.cols(); ++j) {
      Rng& stream = streams[fault_ == Fault::kSharesAStream ? 0 : std::size_t(j)];
      actions(0, j) = params_(0) * observations(0, j) + memory(0, j);
      if (mode == ActMode::kExplore) actions(0, j) += static_cast<float>(stream.normal());
      if (fault_ == Fault::kSeesOthers) actions(0, j) += 1e-6F * observations.mean();
      if (fault_ == Fault::kNan) actions(0, j) = std::numeric_limits<float>::quiet_NaN();
      memory(0, j) += 1;
    }
  }

 private:
  Fault fault_;
  VectorF params_;
};

std::vector<std::string> violations(Fault fault) {
  return check_policy(Faulty(fault), {.observation = unbounded(2), .action = box(1, -1, 1)});
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
}
