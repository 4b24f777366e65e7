#pragma once
// One episode from a given state with given actions, so that other simulators can be compared.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "rlrun/env.hpp"

namespace rlrun {

/// Where an episode begins and what is done in it.
struct ReplayInput {
  std::vector<Vector> state;  ///< One vector for each field of StateAccess.
  MatrixF actions;            ///< (action_dim, T)
};

/// Reads an HDF5 file with a dataset (n) for each state field of the task and `actions`
/// (T, action_dim), or (T) where an action is one number, numbers of any type. Throws UserError
/// that names the dataset, what it is and what is needed. The task must give access to its state.
ReplayInput read_replay_input(const std::filesystem::path& path, Env& env,
                              const std::string& env_name);

struct ReplayOutput {
  Matrix observations;  ///< (obs_dim, S + 1), before rounding to float.
  std::vector<double> rewards;
  std::vector<std::uint8_t> terminated, unstable;  ///< (S); only the last can be set.
};

/// Plays until the actions are used up or the task ends; S is the number of steps taken.
ReplayOutput replay(Env& env, const ReplayInput& input);

/// Datasets observations (S + 1, obs_dim), rewards, terminated and unstable (S).
void write_replay_output(const std::filesystem::path& path, const ReplayOutput& output,
                         const std::string& env_name);

}  // namespace rlrun
