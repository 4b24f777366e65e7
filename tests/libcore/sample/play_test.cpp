// Episodes outside of trials: evaluation, and replay from files.

#include "sample/play.hpp"

#include <cmath>
#include <filesystem>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"
#include "rlrun/policies/uniform.hpp"

#include "check/state_replay.hpp"
#include "contracts/toy_envs.hpp"
#include "store/hdf5.hpp"
#include "store/store.hpp"

using namespace rlrun;

namespace {

/// A point on a line that is pushed by the action; ends beyond 1, breaks down beyond 5.
class Point : public Env, public StateAccess {
 public:
  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng rng, VectorFOut observation) override {
    x_ = rng.uniform(-0.5, 0.5);
    pushes_ = 0;
    round(observation);
  }
  Transition step(VectorFIn action, VectorFOut observation) override {
    x_ += static_cast<double>(action(0));
    ++pushes_;
    round(observation);
    return {.reward = x_, .terminated = x_ > 1 && x_ <= 5, .unstable = x_ > 5};
  }
  [[nodiscard]] std::vector<Field> state_fields() const override { return {{"x", 1}}; }
  void set_state(const std::vector<Vector>& values, VectorFOut observation) override {
    x_ = values[0](0);
    round(observation);
  }
  [[nodiscard]] std::vector<Vector> get_state() const override { return {Vector::Constant(1, x_)}; }
  void observe(VectorOut observation) const override { observation << x_, double(pushes_); }

 private:
  void round(VectorFOut observation) const {
    Vector exact(2);
    observe(exact);
    observation = exact.cast<float>();
  }
  EnvSpec spec_{unbounded(2), box(1, -10, 10), 7};
  double x_ = 0;
  int pushes_ = 0;
};

/// Counts the choices that were made.
class Counter : public Env, public StateAccess {
 public:
  [[nodiscard]] const EnvSpec& spec() const override { return spec_; }
  void reset(Rng, VectorFOut observation) override { observation.setZero(); }
  Transition step(VectorFIn action, VectorFOut observation) override {
    return {.reward = static_cast<double>(action(0)) + 0 * observation(0)};
  }
  [[nodiscard]] std::vector<Field> state_fields() const override { return {{"x", 1}}; }
  void set_state(const std::vector<Vector>&, VectorFOut observation) override {
    observation.setZero();
  }
  [[nodiscard]] std::vector<Vector> get_state() const override { return {Vector::Zero(1)}; }
  void observe(VectorOut observation) const override { observation.setZero(); }

 private:
  EnvSpec spec_{unbounded(1), Discrete{3}, 7};
};

struct ScratchFile {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("rlrun-replay-" + std::to_string(getpid()) + ".h5");
  ~ScratchFile() { std::filesystem::remove(path); }
};

void write_input(const std::filesystem::path& path, const std::vector<double>& x,
                 const Matrix& actions) {
  hdf5::File file = hdf5::File::create();
  file.write_column("x", x, {});
  file.write_samples("actions", actions, {});
  write_file_atomically(path, file.image());
}

Uniform uniform(const EnvSpec& spec) {
  return {Uniform::Params(), spec, Rng(0)};
}

}  // namespace

TEST_CASE("a replay follows the given actions from the given state", "[replay]") {
  const ScratchFile file;
  Point env;
  write_input(file.path, {0.1}, Matrix{{0.25, -0.5, 0.5}});
  const ReplayOutput output = replay(env, read_replay_input(file.path, env, "point"));
  CHECK(output.observations.isApprox(Matrix{{0.1, 0.35, -0.15, 0.35}, {0, 1, 2, 3}}, 1e-15));
  CHECK(output.rewards[1] == Approx(-0.15));
  CHECK(output.terminated == std::vector<std::uint8_t>{0, 0, 0});
  // In double: 0.1 is no float.
  CHECK(output.observations(0, 0) == 0.1);
}

TEST_CASE("a replay stops where the task ends or breaks down", "[replay]") {
  const ScratchFile file;
  Point env;
  write_input(file.path, {0}, Matrix{{0.5, 0.75, 0.5}});
  ReplayOutput output = replay(env, read_replay_input(file.path, env, "point"));
  CHECK(output.terminated == std::vector<std::uint8_t>{0, 1});
  CHECK(output.observations.cols() == 3);
  write_input(file.path, {0}, Matrix{{9, 0.75}});
  output = replay(env, read_replay_input(file.path, env, "point"));
  CHECK(output.unstable == std::vector<std::uint8_t>{1});
  CHECK(output.terminated == std::vector<std::uint8_t>{0});
}

TEST_CASE("what a replay writes can be read back", "[replay]") {
  const ScratchFile file;
  write_replay_output(file.path,
                      {.observations = Matrix{{1, 2}, {3, 4}, {5, 6}},
                       .rewards = {7},
                       .terminated = {1},
                       .unstable = {0}},
                      "point");
  const hdf5::File read = hdf5::File::open(file.path);
  CHECK(read.shape("observations") == std::vector<std::int64_t>{2, 3});  // (T + 1, obs_dim)
  CHECK(read.read_samples("observations") == Matrix{{1, 2}, {3, 4}, {5, 6}});
  CHECK(read.read_numbers("rewards") == std::vector<double>{7});
  CHECK(read.read_numbers("terminated") == std::vector<double>{1});
}

TEST_CASE("a replay says what is wrong with its input", "[replay]") {
  using Catch::Contains;
  const ScratchFile file;
  Point env;
  const auto read = [&] { read_replay_input(file.path, env, "point"); };
  CHECK_THROWS_AS(read(), UserError);  // no such file
  write_file_atomically(file.path, "no HDF5");
  CHECK_THROWS_WITH(read(), Contains(file.path.string()));
  write_input(file.path, {0, 1}, Matrix{{0.5}});
  CHECK_THROWS_WITH(read(), Contains("x has shape (2)") && Contains("point needs x (1)"));
  write_input(file.path, {0}, Matrix{{0.5}, {1}});
  CHECK_THROWS_WITH(read(), Contains("actions has shape (1, 2)") && Contains("actions (T, 1)"));
  write_input(file.path, {std::nan("")}, Matrix{{0.5}});
  CHECK_THROWS_WITH(read(), Contains("x[0]") && Contains("not a finite number"));
  write_input(file.path, {0}, Matrix{{0.5, INFINITY}});
  CHECK_THROWS_WITH(read(), Contains("actions[1, 0]"));
  hdf5::File other = hdf5::File::create();
  other.write_column("x", std::vector<double>{0}, {});
  write_file_atomically(file.path, other.image());
  CHECK_THROWS_WITH(read(), Contains("no dataset 'actions'"));
  toys::Target closed;
  CHECK_THROWS_WITH(read_replay_input(file.path, closed, "target"), Contains("no access"));
}

TEST_CASE("choices are replayed from numbers of any type, with or without a second dimension",
          "[replay]") {
  const ScratchFile file;
  Counter env;
  const std::vector<double> choices = {2, 0, 1};
  const auto played = [&](const auto& write) {
    hdf5::File input = hdf5::File::create();
    input.write_column("x", std::vector<double>{0}, {});
    write(input);
    write_file_atomically(file.path, input.image());
    return replay(env, read_replay_input(file.path, env, "counter")).rewards;
  };
  const auto column = [](const auto& values) {
    return [values](hdf5::File& f) { f.write_column("actions", values, {}); };
  };
  const auto rows = [](const Matrix& values) {
    return [values](hdf5::File& f) { f.write_samples("actions", values, {}); };
  };
  CHECK(played(column(choices)) == choices);
  CHECK(played(column(std::vector<std::int64_t>{2, 0, 1})) == choices);
  CHECK(played(column(std::vector<std::uint8_t>{2, 0, 1})) == choices);
  CHECK(played(rows(Matrix{{2, 0, 1}})) == choices);
  using Catch::Contains;
  CHECK_THROWS_WITH(played(rows(Matrix{{2, 3}})),
                    Contains("actions[1, 0] is 3, which is not one of 0 to 2"));
  CHECK_THROWS_WITH(played(column(std::vector<double>{0.5})), Contains("actions[0, 0] is 0.5"));
  CHECK_THROWS_WITH(played(column(std::vector<std::int64_t>{-1})), Contains("actions[0, 0] is -1"));
}

TEST_CASE("evaluation does not depend on threads and is no part of training", "[play]") {
  const EnvFactory factory = toys::factory<toys::Regulator>();
  const Uniform policy = uniform(factory()->spec());
  set_thread_count(1);
  const auto one = play_episodes(factory, policy, ActMode::kExplore, 50, Rng(3));
  set_thread_count(4);
  const auto four = play_episodes(factory, policy, ActMode::kExplore, 50, Rng(3));
  for (std::size_t i = 0; i < one.size(); ++i) CHECK(one[i].total_reward == four[i].total_reward);
  CHECK(one[0].total_reward != one[1].total_reward);
  CHECK(play_episodes(factory, policy, ActMode::kExplore, 1, Rng(4))[0].total_reward !=
        one[0].total_reward);
}

TEST_CASE("an episode ends at the horizon, at the end of the task, and where it breaks down",
          "[play]") {
  class Fixed final : public Policy {
   public:
    explicit Fixed(float action) : action_(action) {}
    [[nodiscard]] std::unique_ptr<Policy> clone() const override {
      return std::make_unique<Fixed>(action_);
    }
    [[nodiscard]] const VectorF& params() const override { return none_; }
    void set_params(VectorFIn) override {}
    void act(const ActInput&, MatrixFOut actions, Workspace&) const override {
      actions.setConstant(action_);
    }

   private:
    float action_;
    VectorF none_;
  };
  Point env;
  const PlayedEpisode full = play_episode(env, Fixed(0), ActMode::kGreedy, Rng(1));
  CHECK(full.length == 7);
  CHECK_FALSE(full.terminated);
  CHECK(full.total_reward == Approx(7 * env.get_state()[0](0)));
  const PlayedEpisode ended = play_episode(env, Fixed(2), ActMode::kGreedy, Rng(1));
  CHECK(ended.length == 1);
  CHECK(ended.terminated);
  const PlayedEpisode broken = play_episode(env, Fixed(9), ActMode::kGreedy, Rng(1));
  CHECK(broken.unstable);
  CHECK(broken.total_reward == 0);  // the reward of that step does not count
  const PlayedEpisode stopped =
      play_episode(env, Fixed(0), ActMode::kGreedy, Rng(1), [](Index step) { return step < 3; });
  CHECK(stopped.length == 3);
}

TEST_CASE("statistics of episodes are those of their definition", "[play]") {
  const EpisodeStatistics s = summarize({{1, 10, true, false}, {2, 20, false, true}, {6, 30}});
  CHECK(s.mean == Approx(3));
  CHECK(s.std == Approx(std::sqrt(7.0)));
  CHECK(s.min == 1);
  CHECK(s.max == 6);
  CHECK(s.mean_length == Approx(20));
  CHECK(s.terminated == 1);
  CHECK(s.unstable == 1);
  CHECK(std::isnan(summarize({{1, 1}}).std));
}
