// Policies with memory: it is zero where an episode begins and is carried to its end, whoever
// plays, and only algorithms that can train such a policy are given one.

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"
#include "rlrun/registry.hpp"

#include "check/memory_archive.hpp"
#include "contracts/registered.hpp"
#include "sample/play.hpp"
#include "sample/sampler.hpp"
#include "sample/training_evaluation.hpp"

using namespace rlrun;

namespace {

// Its memory is the number of steps since the start of the episode, and its action says so.
class Counting final : public Policy {
 public:
  [[nodiscard]] std::unique_ptr<Policy> clone() const override {
    return std::make_unique<Counting>(*this);
  }
  [[nodiscard]] const VectorF& params() const override { return params_; }
  void set_params(VectorFIn params) override { params_ = params; }
  [[nodiscard]] Index memory_size() const override { return 1; }
  void act(const ActInput& in, MatrixFOut actions, Workspace&) const override {
    MatrixFOut memory = in.memory;
    actions = memory;
    memory.array() += 1;
  }

 private:
  VectorF params_ = VectorF::Zero(1);
};

// Episodes of 1 to 12 steps. Each action that is not the number of steps so far costs 1.
class Audit final : public Env {
 public:
  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng rng, VectorFOut observation) override {
    t_ = 0;
    length_ = 1 + rng.below(12);
    observation(0) = 0;
  }
  Transition step(VectorFIn action, VectorFOut observation) override {
    const bool right = action(0) == static_cast<float>(t_++);
    observation(0) = static_cast<float>(t_);
    return {.reward = right ? 0.0 : -1.0, .terminated = t_ == length_};
  }

 private:
  EnvSpec spec_{.observation = unbounded(1), .action = unbounded(1), .horizon = 100};
  Index t_ = 0, length_ = 0;
};

EnvFactory audit() {
  return [] { return std::make_unique<Audit>(); };
}

double worst(const EpisodeLog& episodes) {
  REQUIRE(episodes.returns.size() > 3);
  return *std::min_element(episodes.returns.begin(), episodes.returns.end());
}

struct NoTraining : Algorithm {
  struct Params {
    void fields(Fields& /*fields*/) {}
  };
  using PolicyType = Policy;
  NoTraining(const Params&, std::unique_ptr<Policy> policy, const EnvSpec&, Rng)
      : policy_(std::move(policy)) {}
  void iterate(Iteration& /*it*/) override {}
  [[nodiscard]] const Policy& policy() const override { return *policy_; }
  void state(Archive& /*archive*/) override {}
  std::unique_ptr<Policy> policy_;
};
struct Search : NoTraining {
  using NoTraining::NoTraining;
  static constexpr bool kTrainsMemory = true;
};

template <class T>
std::unique_ptr<Algorithm> made(std::unique_ptr<Policy> policy) {
  contracts::Numbers none({});
  return algorithm<T>("method", "", "", "").make(none, std::move(policy), Audit().spec(), Rng(1));
}

}  // namespace

TEST_CASE("memory counts the steps of an episode in every verb of the sampler", "[memory]") {
  for (const int threads : {1, 3}) {
    set_thread_count(threads);
    TrialSampler sampler(audit(), Rng(1));
    const Counting policy;
    sampler.begin_iteration(0);
    sampler.collect(policy, 300);
    CHECK(worst(sampler.take_log().episodes) == 0);
    for (Index iteration = 1; iteration < 5; ++iteration) {
      sampler.begin_iteration(iteration);
      sampler.collect_segments(policy, 5, 17);
      CHECK(worst(sampler.take_log().episodes) == 0);
    }
    CHECK(sampler.evaluate(policy, MatrixF::Zero(1, 7), 5, 1.0).returns == Vector::Zero(7));
  }
  set_thread_count(1);
}

TEST_CASE("segments say where sequences begin and what was remembered there", "[memory]") {
  TrialSampler sampler(audit(), Rng(1));
  const Counting policy;
  for (Index iteration = 0; iteration < 3; ++iteration) {
    sampler.begin_iteration(iteration);
    const SegmentBatch& batch = sampler.collect_segments(policy, 5, 17);
    std::vector<Index> starts;
    for (Index column = 0; column < 5 * 17; ++column)
      if (column % 17 == 0 || batch.observations(0, column) == 0) starts.push_back(column);
    REQUIRE(batch.starts == starts);
    REQUIRE(batch.memory.cols() == static_cast<Index>(starts.size()));
    for (std::size_t s = 0; s < starts.size(); ++s)
      CHECK(batch.memory(0, static_cast<Index>(s)) == batch.observations(0, starts[s]));
  }
}

TEST_CASE("memory counts the steps of an episode in evaluations", "[memory]") {
  TrainingEvaluation evaluation(audit(), 20, Rng(2));
  CHECK(worst(evaluation.play(Counting(), 0, nullptr)) == 0);
  CHECK(worst(evaluation.play(Counting(), 1, nullptr)) == 0);
  for (const PlayedEpisode& episode :
       play_episodes(audit(), Counting(), ActMode::kGreedy, 20, Rng(3)))
    CHECK(episode.total_reward == 0);
}

TEST_CASE("memory goes on from a checkpoint in the middle of episodes", "[memory]") {
  const Counting policy;
  TrialSampler sampler(audit(), Rng(1)), resumed(audit(), Rng(1));
  sampler.begin_iteration(0);
  sampler.collect_segments(policy, 5, 17);
  sampler.take_log();
  MemoryArchive saved;
  sampler.state(saved);
  MemoryArchive restored(saved.content());
  resumed.state(restored);
  resumed.begin_iteration(1);
  resumed.collect_segments(policy, 5, 17);
  CHECK(worst(resumed.take_log().episodes) == 0);
}

TEST_CASE("an algorithm that cannot train a policy with memory refuses it", "[memory]") {
  CHECK_NOTHROW(made<Search>(std::make_unique<Counting>()));
  try {
    made<NoTraining>(std::make_unique<Counting>());
    FAIL("it was taken");
  } catch (const UserError& error) {
    CHECK(error.code() == ExitCode::kConfig);
    CHECK(error.what() == std::string("method cannot train a policy with memory, and the given "
                                      "policy keeps 1 numbers of it per episode"));
  }
}
