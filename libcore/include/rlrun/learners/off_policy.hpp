#pragma once
// Acting, storing and learning of methods that draw their minibatches from a replay buffer.

#include <span>
#include <vector>

#include "rlrun/algorithm.hpp"
#include "rlrun/function_ref.hpp"
#include "rlrun/params.hpp"
#include "rlrun/replay/replay_buffer.hpp"
#include "rlrun/types.hpp"

namespace rlrun {

/// Throws UserError if the buffer never holds enough for the first update.
RLRUN_API void check_warmup(std::int64_t warmup_steps, std::int64_t replay_capacity);

/// The part of the parameters that off-policy methods share.
struct RLRUN_API ReplayParams {
  std::int64_t n_envs = 1;
  std::int64_t steps_per_iteration = 1000;
  std::int64_t random_steps = 5000;
  std::int64_t warmup_steps = 5000;
  std::int64_t update_interval = 1;
  std::int64_t updates_per_step = 1;
  std::int64_t batch_size = 256;
  std::int64_t replay_capacity = 1'000'000;
  bool bootstrap_at_time_limit = true;

  void fields(Fields& f);
  void check() const { check_warmup(warmup_steps, replay_capacity); }
  [[nodiscard]] Pace pace() const {
    return {.steps_per_iteration = steps_per_iteration, .steps_before_learning = warmup_steps};
  }

  /// How many updates follow step number `step` (from 1), with so many transitions stored.
  [[nodiscard]] Index updates_after(std::int64_t step, Index stored) const {
    const bool due = stored >= warmup_steps && step % update_interval == 0;
    return due ? update_interval * updates_per_step : 0;
  }
};

/// What is to be done in a round of steps, one column for each environment.
struct ActRound {
  MatrixFIn observations;  ///< (obs_dim, n)
  Index n_random;          ///< The first so many columns act at random.
  std::span<Rng> streams;  ///< (n)
  MatrixFOut actions;      ///< (action_dim, n) Written: what is executed,
  MatrixFOut stored;       ///< (action_dim, n) and what is stored of it.
};

/// The replay buffer of a method, and how it fills. Updates follow steps at a fixed ratio, however
/// many environments there are.
class RLRUN_API OffPolicy {
 public:
  OffPolicy(const ReplayParams& params, const EnvSpec& spec);

  /// The steps of an iteration. `choose` acts; `learn(n)` makes n updates.
  void walk(Iteration& it, FunctionRef<void(const ActRound& round)> choose,
            FunctionRef<void(Index updates)> learn);

  [[nodiscard]] const ReplayBuffer& replay() const { return replay_; }
  /// The minibatch, which `draw` fills.
  [[nodiscard]] TransitionBatch& batch() { return batch_; }
  void draw(Rng& rng) { replay_.draw(batch_, rng); }
  void state(Archive& archive);

 private:
  ReplayParams p_;
  ReplayBuffer replay_;
  TransitionBatch batch_;
  std::int64_t steps_ = 0;
  MatrixF observations_, actions_, stored_;  // of a round
  std::vector<Rng> streams_;
};

}  // namespace rlrun
