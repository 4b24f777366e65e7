// Environments in slots, stepped in lockstep by slices.
//
// A slot plays one episode after the other. A slice is a fixed group of neighbouring slots whose
// running episodes share each call of the policy, one column each, so that inference is a matrix
// product. Slices are the unit of parallelism. Numbers and sizes of slots and slices are functions
// of the arguments alone; each slot draws from its own streams and writes its own record; records
// are put together in the order of the slots. So the threads change nothing but the time.
//
// The streams of an episode are named by role, iteration, call, slot and episode, and not by the
// algorithm: methods that sample in the same way meet the same initial states.

#include "run/sampler.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

#include "run/slot.hpp"

namespace rlrun {
namespace {

constexpr Index kMaxSlots = 20;   // of `collect`: 50,000 steps at horizon 500 are 20 x 5 episodes
constexpr Index kSliceWidth = 5;  // columns of one call of the policy

Index ceil_div(Index a, Index b) {
  return (a + b - 1) / b;
}

// The number of slots that wastes least when every episode has full length; the largest of equals.
Index slots_for(Index min_steps, Index horizon) {
  const Index episodes = std::max<Index>(1, ceil_div(min_steps, horizon));
  if (episodes <= kMaxSlots) return episodes;
  Index best = kMaxSlots, waste = kMaxSlots;
  for (Index slots = kMaxSlots; slots > kMaxSlots / 2; --slots) {
    const Index excess = slots * ceil_div(episodes, slots) - episodes;
    if (excess < waste) {
      best = slots;
      waste = excess;
    }
  }
  return best;
}

// Episodes as a slot records them, flat and reused from call to call, so that a step allocates
// nothing once the buffers have grown to what a call needs.
struct Recording {
  std::vector<float> observations, actions;
  std::vector<double> rewards;
  struct Span {
    Index steps;
    bool terminated;
  };
  std::vector<Span> episodes;
  EpisodeLog log;
  Index steps = 0;     // counts unstable steps too
  Index recorded = 0;  // steps of the running episode

  void clear() {
    observations.clear();
    actions.clear();
    rewards.clear();
    episodes.clear();
    log = {};
    steps = recorded = 0;
  }
  void observe(const float* data, Index size) {
    observations.insert(observations.end(), data, data + size);
  }
};

// Scratch of one slice: one column for each of its running episodes.
struct Slice {
  MatrixF observations, actions, memory;
  std::vector<Rng> streams;
  std::vector<Index> slots;  // which slot a column belongs to
  Workspace workspace;

  void resize(const EnvSpec& spec, Index memory_size, Index width) {
    observations.resize(spec.obs_dim(), width);
    actions.resize(spec.action_dim(), width);
    memory.setZero(memory_size, width);
    streams.resize(static_cast<std::size_t>(width));
    slots.clear();
  }
  void act(const Policy& policy, Index n) {
    policy.act(ActMode::kExplore, observations.leftCols(n), memory.leftCols(n),
               {streams.data(), static_cast<std::size_t>(n)}, actions.leftCols(n), workspace);
  }
  // Fills the hole of a column that is done with the last running one.
  void drop(Index column) {
    const auto last = static_cast<Index>(slots.size()) - 1;
    if (column != last) {
      observations.col(column) = observations.col(last);
      memory.col(column) = memory.col(last);
      streams[std::size_t(column)] = streams[std::size_t(last)];
      slots[std::size_t(column)] = slots[std::size_t(last)];
    }
    slots.pop_back();
  }
};

std::unique_ptr<Env> checked(std::unique_ptr<Env> env) {
  if (env == nullptr) throw TrialError("the environment's factory made no instance");
  return env;
}

void check_space(const Space& space, const char* what) {
  const auto* bounds = std::get_if<Box>(&space);
  if (bounds != nullptr && bounds->low.size() != bounds->high.size())
    throw TrialError(std::string("the environment's ") + what + " space has " +
                     std::to_string(bounds->low.size()) + " lower and " +
                     std::to_string(bounds->high.size()) + " upper bounds");
  if (flat_size(space) < 1)
    throw TrialError(std::string("the environment's ") + what + " has no entries");
}

// What a task of `evaluate` needs for itself. Any player will do for any column, since neither a
// used environment nor a policy remembers anything.
struct Player {
  Slot slot;
  std::unique_ptr<Policy> policy;
  Slice column;
};

}  // namespace

struct TrialSampler::Impl final : Walk {
  Impl(EnvFactory make, const Rng& rng) : make_env(std::move(make)), root(rng) {
    const std::unique_ptr<Env> env = checked(make_env());
    spec = env->spec();
    if (spec.horizon < 1) throw TrialError("the environment's horizon is below 1");
    check_space(spec.observation, "observation");
    check_space(spec.action, "action");
  }

  // An instance of another size would read and write beyond our arrays.
  std::unique_ptr<Env> instance() const {
    std::unique_ptr<Env> env = checked(make_env());
    const EnvSpec& own = env->spec();
    const auto same = [](Index mine, Index first, const char* what) {
      if (mine != first)
        throw TrialError("an instance of the environment has " + std::to_string(mine) + " " + what +
                         " entries where the first one had " + std::to_string(first));
    };
    same(own.obs_dim(), spec.obs_dim(), "observation");
    same(own.action_dim(), spec.action_dim(), "action");
    return env;
  }

  EnvFactory make_env;
  Rng root;
  EnvSpec spec;
  std::uint64_t iteration = 0, call = 0;
  std::int64_t total_steps = 0;
  SampleLog log;
  std::atomic<std::int64_t>* ticker = nullptr;

  // collect
  std::vector<std::unique_ptr<Slot>> slots;
  std::vector<Recording> recordings;
  std::vector<Slice> slices;

  // evaluate
  std::mutex players_mutex;
  std::vector<std::unique_ptr<Player>> players;

  // collect_segments
  std::vector<RunningSlot> running;
  MatrixF running_memory;
  SegmentBatch segments;
  std::vector<EpisodeLog> running_logs;

  // walk
  std::unique_ptr<RunningSlot> walker;

  Rng next_call(const char* role) { return root.fork(role).fork(iteration).fork(call++); }

  void count(std::int64_t steps) {
    log.steps += steps;
    total_steps += steps;
  }

  void tick(std::int64_t steps) {
    if (ticker != nullptr) ticker->fetch_add(steps, std::memory_order_relaxed);
  }

  // ---- collect

  void begin_episode(Slice& slice, Index column, const Rng& streams) {
    const Index s = slice.slots[std::size_t(column)];
    Recording& record = recordings[std::size_t(s)];
    const Rng stream = streams.fork(static_cast<std::uint64_t>(s)).fork(record.log.returns.size());
    slots[std::size_t(s)]->begin(stream.fork("env"), slice.observations.col(column));
    slice.streams[std::size_t(column)] = stream.fork("policy");
    slice.memory.col(column).setZero();
    record.recorded = 0;
    record.observe(slice.observations.col(column).data(), spec.obs_dim());
  }

  // One step of one column. False: the slot has reached its quota.
  bool step_column(Slice& slice, Index column, const Rng& streams, Index quota) {
    const Index s = slice.slots[std::size_t(column)];
    Recording& record = recordings[std::size_t(s)];
    Slot& slot = *slots[std::size_t(s)];
    auto observation = slice.observations.col(column);
    const float* action = slice.actions.col(column).data();
    const Slot::Step step = slot.step(slice.actions.col(column), observation);
    ++record.steps;
    if (!step.unstable) {
      record.actions.insert(record.actions.end(), action, action + spec.action_dim());
      record.rewards.push_back(step.reward);
      record.observe(observation.data(), spec.obs_dim());
      ++record.recorded;
    }
    if (!step.ended()) return true;
    slot.record(step, record.log);
    record.episodes.push_back({record.recorded, step.terminated});
    if (record.steps >= quota) return false;
    begin_episode(slice, column, streams);
    return true;
  }

  void run_slice(const Policy& policy, Slice& slice, Index first, Index width, const Rng& streams,
                 Index quota) {
    slice.resize(spec, policy.memory_size(), width);
    for (Index column = 0; column < width; ++column) {
      slice.slots.push_back(first + column);
      recordings[std::size_t(first + column)].clear();
      begin_episode(slice, column, streams);
    }
    while (!slice.slots.empty()) {
      slice.act(policy, static_cast<Index>(slice.slots.size()));
      tick(static_cast<std::int64_t>(slice.slots.size()));
      for (Index column = 0; column < static_cast<Index>(slice.slots.size());) {
        if (step_column(slice, column, streams, quota)) {
          ++column;
        } else {
          // The column that takes this place has its action still to be executed.
          const auto last = static_cast<Index>(slice.slots.size()) - 1;
          slice.actions.col(column) = slice.actions.col(last);
          slice.drop(column);
        }
      }
    }
  }

  Batch take_batch(Index n_slots) {
    Batch batch;
    for (Index s = 0; s < n_slots; ++s) {
      Recording& record = recordings[std::size_t(s)];
      const float *observation = record.observations.data(), *action = record.actions.data();
      const double* reward = record.rewards.data();
      for (const Recording::Span& span : record.episodes) {
        if (span.steps > 0) {
          Episode& episode = batch.emplace_back();
          episode.observations =
              Eigen::Map<const MatrixF>(observation, spec.obs_dim(), span.steps + 1);
          episode.actions = Eigen::Map<const MatrixF>(action, spec.action_dim(), span.steps);
          episode.rewards = Eigen::Map<const Vector>(reward, span.steps);
          episode.terminated = span.terminated;
        }
        observation += spec.obs_dim() * (span.steps + 1);
        action += spec.action_dim() * span.steps;
        reward += span.steps;
      }
      append(log.episodes, record.log);
      count(record.steps);
    }
    return batch;
  }

  Batch collect(const Policy& policy, Index min_steps) {
    RLRUN_CHECK(min_steps > 0);
    const Index n_slots = slots_for(min_steps, spec.horizon);
    const Index quota = ceil_div(min_steps, n_slots), n_slices = ceil_div(n_slots, kSliceWidth);
    while (static_cast<Index>(slots.size()) < n_slots)
      slots.push_back(std::make_unique<Slot>(instance()));
    recordings.resize(slots.size());
    if (static_cast<Index>(slices.size()) < n_slices) slices.resize(std::size_t(n_slices));

    const Rng streams = next_call("rollout");
    parallel_for(n_slices, [&](Index i) {
      const Index first = i * kSliceWidth, width = std::min(kSliceWidth, n_slots - first);
      run_slice(policy, slices[std::size_t(i)], first, width, streams, quota);
    });
    return take_batch(n_slots);
  }

  // ---- evaluate

  std::unique_ptr<Player> take_player(const Policy& policy) {
    {
      const std::lock_guard<std::mutex> lock(players_mutex);
      if (!players.empty()) {
        std::unique_ptr<Player> player = std::move(players.back());
        players.pop_back();
        return player;
      }
    }
    auto player = std::make_unique<Player>(Player{Slot(instance()), policy.clone(), {}});
    player->column.resize(spec, policy.memory_size(), 1);
    return player;
  }

  Evaluation evaluate(const Policy& policy, MatrixFIn thetas, Index episodes, double discount) {
    RLRUN_CHECK(episodes > 0);
    const Index n = thetas.cols();
    Evaluation result{Vector::Zero(n), Vector::Zero(n), 0};
    std::vector<EpisodeLog> logs(static_cast<std::size_t>(n));
    const Rng streams = next_call("rollout");
    players.clear();  // they hold clones of the policy of an earlier call
    parallel_for(n, [&](Index i) {
      std::unique_ptr<Player> player = take_player(policy);
      Slice& column = player->column;
      player->policy->set_params(thetas.col(i));
      for (Index e = 0; e < episodes; ++e) {
        const Rng stream =
            streams.fork(static_cast<std::uint64_t>(i)).fork(static_cast<std::uint64_t>(e));
        player->slot.begin(stream.fork("env"), column.observations.col(0));
        column.streams[0] = stream.fork("policy");
        column.memory.setZero();
        double weight = 1, discounted = 0;
        for (;;) {
          column.act(*player->policy, 1);
          const Slot::Step step =
              player->slot.step(column.actions.col(0), column.observations.col(0));
          discounted += weight * step.reward;
          weight *= discount;
          if (!step.ended()) continue;
          player->slot.record(step, logs[std::size_t(i)]);
          tick(player->slot.length());
          break;
        }
        result.returns(i) += player->slot.total_reward();
        result.discounted_returns(i) += discounted;
      }
      const std::lock_guard<std::mutex> lock(players_mutex);
      players.push_back(std::move(player));
    });
    result.returns /= static_cast<double>(episodes);
    result.discounted_returns /= static_cast<double>(episodes);
    for (const EpisodeLog& episode_log : logs) {
      for (const std::int32_t length : episode_log.lengths) result.steps += length;
      append(log.episodes, episode_log);
    }
    count(result.steps);
    return result;
  }

  // ---- collect_segments

  void make_running(Index n_slots, Index memory_size) {
    running.reserve(static_cast<std::size_t>(n_slots));
    for (Index s = 0; s < n_slots; ++s)
      running.emplace_back(instance(), root.fork("segments").fork(static_cast<std::uint64_t>(s)));
    running_memory = MatrixF::Zero(memory_size, n_slots);
    running_logs.resize(static_cast<std::size_t>(n_slots));
  }

  void resize_segments(Index n_slots, Index length) {
    segments.slots = n_slots;
    segments.length = length;
    const Index n = n_slots * length;
    segments.observations.resize(spec.obs_dim(), n);
    segments.actions.resize(spec.action_dim(), n);
    segments.rewards.resize(n);
    segments.terminated.assign(static_cast<std::size_t>(n), 0);
    segments.truncated.assign(static_cast<std::size_t>(n), 0);
  }

  // Where a value is needed that no column holds: for one slot, in order of time.
  struct Bootstrap {
    std::vector<Index> columns;
    std::vector<float> observations;
  };

  void run_segment_slice(const Policy& policy, Slice& slice, Index first, Index width,
                         const Rng& streams, std::vector<Bootstrap>& bootstraps) {
    slice.resize(spec, policy.memory_size(), width);
    slice.memory = running_memory.middleCols(first, width);
    for (Index c = 0; c < width; ++c)
      slice.streams[std::size_t(c)] = streams.fork(static_cast<std::uint64_t>(first + c));
    for (Index t = 0; t < segments.length; ++t) {
      for (Index c = 0; c < width; ++c)
        slice.observations.col(c) = running[std::size_t(first + c)].observation();
      slice.act(policy, width);
      tick(width);
      for (Index c = 0; c < width; ++c) {
        const Index s = first + c, column = s * segments.length + t;
        RunningSlot& slot = running[std::size_t(s)];
        segments.observations.col(column) = slice.observations.col(c);
        segments.actions.col(column) = slice.actions.col(c);
        const Slot::Step step = slot.step(slice.actions.col(c), running_logs[std::size_t(s)]);
        segments.rewards(column) = step.reward;
        segments.terminated[std::size_t(column)] = step.terminated;
        segments.truncated[std::size_t(column)] = step.truncated;
        if (step.ended()) slice.memory.col(c).setZero();
        if (step.truncated || (t + 1 == segments.length && !step.terminated)) {
          Bootstrap& bootstrap = bootstraps[std::size_t(s)];
          const VectorF& next = slot.next_observation();
          bootstrap.columns.push_back(column);
          bootstrap.observations.insert(bootstrap.observations.end(), next.data(),
                                        next.data() + next.size());
        }
      }
    }
    running_memory.middleCols(first, width) = slice.memory;
  }

  const SegmentBatch& collect_segments(const Policy& policy, Index n_slots, Index length) {
    RLRUN_CHECK(n_slots > 0 && length > 0);
    if (running.empty()) make_running(n_slots, policy.memory_size());
    RLRUN_CHECK(static_cast<Index>(running.size()) == n_slots,
                "the number of slots changed between calls");
    resize_segments(n_slots, length);
    const Index n_slices = ceil_div(n_slots, kSliceWidth);
    if (static_cast<Index>(slices.size()) < n_slices) slices.resize(std::size_t(n_slices));

    const Rng streams = next_call("segment_policy");
    std::vector<Bootstrap> bootstraps(static_cast<std::size_t>(n_slots));
    parallel_for(n_slices, [&](Index i) {
      const Index first = i * kSliceWidth, width = std::min(kSliceWidth, n_slots - first);
      run_segment_slice(policy, slices[std::size_t(i)], first, width, streams, bootstraps);
    });

    segments.bootstrap_columns.clear();
    for (const Bootstrap& b : bootstraps)
      segments.bootstrap_columns.insert(segments.bootstrap_columns.end(), b.columns.begin(),
                                        b.columns.end());
    segments.bootstrap_observations.resize(spec.obs_dim(),
                                           static_cast<Index>(segments.bootstrap_columns.size()));
    float* to = segments.bootstrap_observations.data();
    for (const Bootstrap& b : bootstraps)
      to = std::copy(b.observations.begin(), b.observations.end(), to);

    for (EpisodeLog& slot_log : running_logs) {
      append(log.episodes, slot_log);
      slot_log = {};
    }
    count(n_slots * length);
    return segments;
  }

  // ---- walk

  Walk& walk() {
    if (!walker) walker = std::make_unique<RunningSlot>(instance(), root.fork("walk"));
    return *this;
  }
  [[nodiscard]] bool at_start() const override { return walker->at_start(); }
  [[nodiscard]] const VectorF& observation() const override { return walker->observation(); }
  [[nodiscard]] const VectorF& next_observation() const override {
    return walker->next_observation();
  }
  Walk::Step step(VectorFIn action) override {
    const Slot::Step step = walker->step(action, log.episodes);
    count(1);
    tick(1);
    return {step.reward, step.terminated, step.truncated, step.unstable};
  }

  void state(Archive& archive) {
    archive("total_steps", total_steps);
    bool walking = walker != nullptr;
    archive("walking", walking);
    if (walking) {
      walk();
      walker->state(archive);
    }
    auto n_running = static_cast<std::int64_t>(running.size());
    archive("running", n_running);
    if (archive.restoring() && n_running > 0) make_running(n_running, 0);
    for (RunningSlot& slot : running) slot.state(archive);
    archive("memory", running_memory);
  }
};

TrialSampler::TrialSampler(EnvFactory factory, Rng rng)
    : impl_(std::make_unique<Impl>(std::move(factory), rng)) {}
TrialSampler::~TrialSampler() = default;

Batch TrialSampler::collect(const Policy& policy, Index min_steps) {
  return impl_->collect(policy, min_steps);
}
const SegmentBatch& TrialSampler::collect_segments(const Policy& policy, Index slots,
                                                   Index length) {
  return impl_->collect_segments(policy, slots, length);
}
Evaluation TrialSampler::evaluate(const Policy& policy, MatrixFIn thetas, Index episodes,
                                  double discount) {
  return impl_->evaluate(policy, thetas, episodes, discount);
}
Walk& TrialSampler::walk() {
  return impl_->walk();
}
const EnvSpec& TrialSampler::spec() const {
  return impl_->spec;
}
void TrialSampler::begin_iteration(Index index) {
  impl_->iteration = static_cast<std::uint64_t>(index);
  impl_->call = 0;
}
SampleLog TrialSampler::take_log() {
  return std::exchange(impl_->log, {});
}
void TrialSampler::set_ticker(std::atomic<std::int64_t>* ticker) {
  impl_->ticker = ticker;
}
std::int64_t TrialSampler::total_steps() const {
  return impl_->total_steps;
}
void TrialSampler::state(Archive& archive) {
  impl_->state(archive);
}

}  // namespace rlrun
