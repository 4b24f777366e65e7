#include "sample/sample_source.hpp"

#include <utility>

#include "rlrun/error.hpp"

namespace rlrun {
namespace {

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

}  // namespace

SampleSource::SampleSource(EnvFactory make, const Rng& rng, const SampleRules& its_rules)
    : make_env(std::move(make)), root(rng), rules(its_rules) {
  const std::unique_ptr<Env> env = checked(make_env());
  spec = env->spec();
  split_steps = env->split_step() != nullptr;
  if (spec.horizon < 1) throw TrialError("the environment's horizon is below 1");
  check_space(spec.observation, "observation");
  check_space(spec.action, "action");
}

std::unique_ptr<Env> SampleSource::instance() const {
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

void Slice::resize(const EnvSpec& spec, Index memory_size, Index width) {
  observations.resize(spec.obs_dim(), width);
  actions.resize(spec.action_dim(), width);
  memory.setZero(memory_size, width);
  streams.resize(static_cast<std::size_t>(width));
  slots.clear();
}

void Slice::act(const Policy& policy, Index n, ActMode mode) {
  policy.act({mode,
              observations.leftCols(n),
              memory.leftCols(n),
              {streams.data(), static_cast<std::size_t>(n)}},
             actions.leftCols(n), workspace);
}

void Slice::drop(Index column) {
  const auto last = static_cast<Index>(slots.size()) - 1;
  if (column != last) {
    observations.col(column) = observations.col(last);
    memory.col(column) = memory.col(last);
    streams[std::size_t(column)] = streams[std::size_t(last)];
    slots[std::size_t(column)] = slots[std::size_t(last)];
  }
  slots.pop_back();
}

Slice::Column Slice::take_last() {
  const std::size_t last = slots.size() - 1;
  Column column{slots[last], observations.col(Index(last)), memory.col(Index(last)), streams[last]};
  slots.pop_back();
  return column;
}

void Slice::add(const Column& column) {
  const std::size_t at = slots.size();
  observations.col(Index(at)) = column.observation;
  memory.col(Index(at)) = column.memory;
  streams[at] = column.stream;
  slots.push_back(column.slot);
}

}  // namespace rlrun
