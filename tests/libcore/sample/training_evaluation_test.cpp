// Evaluations during training.

#include "sample/training_evaluation.hpp"

#include <catch2/catch.hpp>

#include "rlrun/parallel.hpp"

#include "sample/play.hpp"
#include "toys.hpp"

using namespace rlrun;

namespace {

constexpr Index kEpisodes = 13;  // three slices, of which one is not full

EpisodeLog evaluation(std::uint64_t number, int threads, Index episodes = kEpisodes) {
  set_thread_count(threads);
  TrainingEvaluation played(toys::climb(6, 40), episodes, Rng(5).fork("evaluations"));
  const EpisodeLog log = played.play(toys::Noise(0.1F), number, nullptr);
  set_thread_count(1);
  return log;
}

}  // namespace

TEST_CASE("an evaluation plays each episode to its end, without exploration", "[evaluation]") {
  const EpisodeLog log = evaluation(3, 1);
  REQUIRE(log.returns.size() == kEpisodes);
  const auto env = toys::climb(6, 40)();
  for (Index e = 0; e < kEpisodes; ++e) {
    const PlayedEpisode alone =
        play_episode(*env, toys::Noise(0.1F), ActMode::kGreedy,
                     Rng(5).fork("evaluations").fork(3).fork(std::uint64_t(e)));
    CHECK(log.returns[std::size_t(e)] == alone.total_reward);
    CHECK(log.lengths[std::size_t(e)] == alone.length);
    CHECK(log.endings[std::size_t(e)] == 1);
  }
}

TEST_CASE("an evaluation is a function of its number, not of threads or earlier ones",
          "[evaluation]") {
  const EpisodeLog first = evaluation(1, 1);
  CHECK(evaluation(1, 3).returns == first.returns);
  CHECK(evaluation(2, 1).returns != first.returns);
  // More episodes begin with the same ones.
  const EpisodeLog few = evaluation(1, 1, 4);
  CHECK(std::equal(few.returns.begin(), few.returns.end(), first.returns.begin()));

  TrainingEvaluation used(toys::climb(6, 40), kEpisodes, Rng(5).fork("evaluations"));
  used.play(toys::Noise(0.3F), 7, nullptr);
  std::atomic<std::int64_t> ticks{0};
  const EpisodeLog again = used.play(toys::Noise(0.1F), 1, &ticks);
  CHECK(again.returns == first.returns);
  std::int64_t steps = 0;
  for (const std::int32_t length : again.lengths) steps += length;
  CHECK(ticks == steps);
}

TEST_CASE("an evaluation is cut off at the horizon", "[evaluation]") {
  TrainingEvaluation played(toys::climb(1e9, 9), 2, Rng(5));
  const EpisodeLog log = played.play(toys::Noise(), 0, nullptr);
  CHECK(log.lengths == std::vector<std::int32_t>{9, 9});
  CHECK(log.endings == std::vector<std::uint8_t>{0, 0});
}
