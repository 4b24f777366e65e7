#pragma once
// The verb `evaluate`: episodes of many parameter vectors of one policy.

#include <memory>
#include <mutex>
#include <vector>

#include "sample/sample_source.hpp"
#include "sample/slot.hpp"

namespace rlrun {

class Evaluate {
 public:
  explicit Evaluate(SampleSource& source) : source_(source) {}
  Evaluation operator()(const Policy& policy, MatrixFIn thetas, Index episodes, double discount);

 private:
  // What a task of `evaluate` needs for itself. Any player will do for any column, since neither a
  // used environment nor a policy remembers anything.
  struct Player {
    Slot slot;
    std::unique_ptr<Policy> policy;
    Slice column;
  };

  // Of the episodes of one column.
  struct Outcome {
    double total_return = 0, discounted_return = 0;
    EpisodeLog log;
    bool failed = false;
    Moments seen = Moments();  // what was acted on, if the policy normalises
  };

  // One column's episodes while they are played. Those of tasks that run elsewhere take turns in a
  // group; there is no telling from what they come to.
  struct Game {
    std::unique_ptr<Player> player;
    Outcome* outcome;
    Rng streams;
    Index episodes = 0;  // begun
    double weight = 1;   // of the next reward, for the discounted return
  };

  std::unique_ptr<Player> take_player(const Policy& policy);
  void give_back(std::unique_ptr<Player> player);
  void begin_episode(Game& game);
  void begin_step(Game& game);
  /// False: all its episodes are played.
  bool finish_step(Game& game, Index episodes, double discount);

  SampleSource& source_;
  std::mutex players_mutex_;
  std::vector<std::unique_ptr<Player>> players_;
};

}  // namespace rlrun
