#include "check/state_replay.hpp"

#include <cmath>

#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "store/hdf5.hpp"
#include "store/output.hpp"

namespace rlrun {
namespace {

const StateAccess& state_access(Env& env, const std::string& name) {
  const StateAccess* access = env.state_access();
  if (access == nullptr)
    throw UserError(name + " gives no access to its state, so it cannot be replayed");
  return *access;
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t n : shape) text += fmt::format("{}{}", text.empty() ? "" : ", ", n);
  return "(" + text + ")";
}

std::string needs(Env& env, const std::string& name) {
  std::string text = name + " needs ";
  for (const StateAccess::Field& field : state_access(env, name).state_fields())
    text += fmt::format("{} ({}), ", field.name, field.size);
  return text + fmt::format("actions (T, {})", env.spec().action_dim());
}

[[noreturn]] void refuse_number(const std::filesystem::path& path, const std::string& place,
                                double value) {
  throw UserError(
      fmt::format("{}: {} is {}, which is not a finite number", path.string(), place, value));
}

Vector read_field(const hdf5::File& file, const std::filesystem::path& path,
                  const StateAccess::Field& field, const std::string& need) {
  const std::vector<std::int64_t> shape = file.shape(field.name);
  if (shape.size() != 1 || shape[0] != field.size)
    throw UserError(fmt::format("{}: {} has shape {}, but {}", path.string(), field.name,
                                shape_text(shape), need));
  const std::vector<double> numbers = file.read_numbers(field.name);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (!std::isfinite(numbers[i]))
      refuse_number(path, fmt::format("{}[{}]", field.name, i), numbers[i]);
  return Eigen::Map<const Vector>(numbers.data(), field.size);
}

MatrixF read_actions(const hdf5::File& file, const std::filesystem::path& path, Index action_dim,
                     const std::string& need) {
  const std::vector<std::int64_t> shape = file.shape("actions");
  // One action a step may be written as a plain list.
  const bool list = shape.size() == 1 && action_dim == 1;
  if (!list && (shape.size() != 2 || shape[1] != action_dim))
    throw UserError(
        fmt::format("{}: actions has shape {}, but {}", path.string(), shape_text(shape), need));
  Matrix actions(action_dim, shape[0]);
  if (shape[0] > 0) {
    if (list) {
      const std::vector<double> numbers = file.read_numbers("actions");
      actions.row(0) = Eigen::Map<const Eigen::RowVectorXd>(numbers.data(), shape[0]);
    } else {
      actions = file.read_samples("actions");
    }
  }
  for (Index t = 0; t < actions.cols(); ++t)
    for (Index i = 0; i < action_dim; ++i)
      if (!std::isfinite(actions(i, t)))
        refuse_number(path, fmt::format("actions[{}, {}]", t, i), actions(i, t));
  return actions.cast<float>();
}

// Choices are whole numbers from 0 on, whatever type the file has them in.
void check_choices(const MatrixF& actions, const Space& space, const std::filesystem::path& path) {
  std::vector<Index> choices;
  if (const auto* one = std::get_if<Discrete>(&space)) choices = {one->n};
  if (const auto* several = std::get_if<MultiDiscrete>(&space)) choices = several->n;
  if (choices.empty()) return;
  for (Index t = 0; t < actions.cols(); ++t)
    for (Index i = 0; i < actions.rows(); ++i) {
      const float a = actions(i, t);
      const Index n = choices[static_cast<std::size_t>(i)];
      if (!(a >= 0 && a < static_cast<float>(n) && a == std::floor(a)))
        throw UserError(fmt::format("{}: actions[{}, {}] is {}, which is not one of 0 to {}",
                                    path.string(), t, i, a, n - 1));
    }
}

}  // namespace

ReplayInput read_replay_input(const std::filesystem::path& path, Env& env,
                              const std::string& env_name) {
  const std::string need = needs(env, env_name);
  const std::vector<StateAccess::Field> fields = state_access(env, env_name).state_fields();
  try {
    const hdf5::File file = hdf5::File::open(path);
    const auto require = [&](const std::string& dataset) {
      if (!file.has(dataset))
        throw UserError(fmt::format("{}: has no dataset '{}'; {}", path.string(), dataset, need));
    };
    ReplayInput input;
    for (const StateAccess::Field& field : fields) {
      require(field.name);
      input.state.push_back(read_field(file, path, field, need));
    }
    require("actions");
    input.actions = read_actions(file, path, env.spec().action_dim(), need);
    check_choices(input.actions, env.spec().action, path);
    return input;
  } catch (const UserError& error) {
    throw UserError(error.what(), ExitCode::kConfig);  // a bad input, not a damaged store
  }
}

ReplayOutput replay(Env& env, const ReplayInput& input) {
  StateAccess* access = env.state_access();
  RLRUN_CHECK(access != nullptr);
  const Index dim = env.spec().obs_dim(), steps = input.actions.cols();
  VectorF rounded(dim);
  Vector exact(dim);
  ReplayOutput output;
  output.observations.resize(dim, steps + 1);
  // Set on top of a reset, so that what the fields do not name is defined.
  env.reset(Rng(0), rounded);
  access->set_state(input.state, rounded);
  access->observe(exact);
  output.observations.col(0) = exact;
  Index taken = 0;
  bool ended = false;
  while (taken < steps && !ended) {
    const Transition step = env.step(input.actions.col(taken), rounded);
    access->observe(exact);
    output.observations.col(++taken) = exact;
    output.rewards.push_back(step.reward);
    output.terminated.push_back(step.terminated ? 1 : 0);
    output.unstable.push_back(step.unstable ? 1 : 0);
    ended = step.ended();
  }
  output.observations.conservativeResize(dim, taken + 1);
  return output;
}

void write_replay_output(const std::filesystem::path& path, const ReplayOutput& output,
                         const std::string& env_name) {
  hdf5::File file = hdf5::File::create();
  file.write_attribute("env", env_name);
  file.write_samples("observations", output.observations,
                     {"The first, and that after each step; before rounding to float.", ""});
  file.write_column("rewards", output.rewards, {"Reward of each step.", ""});
  file.write_column("terminated", output.terminated, {"1: the task ended with this step.", ""});
  file.write_column("unstable", output.unstable,
                    {"1: the simulation broke down in this step.", ""});
  write_output(path, file.image());
}

}  // namespace rlrun
