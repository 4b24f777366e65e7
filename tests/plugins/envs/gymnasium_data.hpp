#pragma once
// The tasks of the plugin that is linked into the test, compared with Gymnasium's episodes, initial
// states and facts.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "contracts/registered.hpp"
#include "gymnasium_episodes.hpp"
#include "plugin/fields.hpp"

extern "C" void rlrun_plugin_register(rlrun::Registry& registry);

namespace gymnasium_data {

inline const contracts::Registered& plugin() {
  static const contracts::Registered registered(rlrun_plugin_register);
  return registered;
}

/// The task with some parameters changed; `parameters` is a JSON object.
inline EnvFactory factory(const std::string& name, const std::string& parameters = "{}") {
  const EnvEntry& entry = plugin().envs.at(name);
  SchemaCollector collector;
  entry.visit_defaults(collector);
  json::Value values = defaults(collector.schema);
  const json::Value changed = json::parse(parameters, name);
  for (const auto& [key, value] : *changed.if_object()) {
    INFO(name << " " << key);
    REQUIRE(values.find(key) != nullptr);
    values[key] = value;
  }
  JsonReader reader(values);
  return entry.make(reader);
}

inline void check_episodes(const std::string& name, Tolerance tolerance) {
  for (const fs::path& path : episodes(name)) {
    const auto env = factory(name, parameters(path))();
    check(replay(*env, read_replay_input(path, *env, name)), path, tolerance);
  }
}

/// The time limit and the actions.
inline void check_facts(const std::string& name) {
  INFO(name);
  const hdf5::File file = hdf5::File::open(folder(name) / "resets.h5");
  const auto env = factory(name)();
  const EnvSpec& spec = env->spec();
  CHECK(static_cast<double>(spec.horizon) == file.read_numbers("horizon").at(0));
  const Matrix bounds = file.read_samples("action_bounds");
  REQUIRE(spec.action_dim() == bounds.rows());
  if (const auto* choices = std::get_if<Discrete>(&spec.action)) {
    CHECK(static_cast<double>(choices->n) == bounds(0, 1) + 1);
  } else {
    CHECK(std::get<Box>(spec.action).low.cast<double>() == bounds.col(0));
    CHECK(std::get<Box>(spec.action).high.cast<double>() == bounds.col(1));
  }
}

/// P(the largest distance of two empirical distributions is that large | they are equal), by
/// Kolmogorov's series with Stephens' correction for small samples.
inline double ks_probability(std::vector<double> a, std::vector<double> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  const auto n = static_cast<double>(a.size()), m = static_cast<double>(b.size());
  double distance = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const double x = std::min(a[i], b[j]);
    while (i < a.size() && a[i] <= x) ++i;
    while (j < b.size() && b[j] <= x) ++j;
    distance = std::max(distance, std::abs(double(i) / n - double(j) / m));
  }
  const double root = std::sqrt(n * m / (n + m));
  const double lambda = (root + 0.12 + 0.11 / root) * distance;
  if (lambda < 0.2) return 1;
  double sum = 0;
  for (int k = 1; k <= 100; ++k)
    sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * lambda * lambda);
  return std::clamp(sum, 0.0, 1.0);
}

/// Samples of one coordinate of the initial state: the task's, and Gymnasium's.
struct Coordinate {
  std::string name;
  std::vector<double> ours, theirs;

  [[nodiscard]] bool varies() const {
    const auto [low, high] = std::minmax_element(theirs.begin(), theirs.end());
    return *low != *high;
  }
};

inline std::vector<Coordinate> initial_states(const std::string& name) {
  const hdf5::File file = hdf5::File::open(folder(name) / "resets.h5");
  const auto env = factory(name)();
  auto& access = dynamic_cast<StateAccess&>(*env);
  VectorF observation(env->spec().obs_dim());
  constexpr int kSamples = 3000;
  std::vector<std::vector<Vector>> states;
  for (std::uint64_t i = 0; i < kSamples; ++i) {
    env->reset(Rng(2016).fork("resets").fork(i), observation);
    states.push_back(access.get_state());
  }
  std::vector<Coordinate> coordinates;
  const auto fields = access.state_fields();
  for (std::size_t f = 0; f < fields.size(); ++f) {
    const Matrix theirs = file.read_samples(fields[f].name);
    REQUIRE(theirs.rows() == fields[f].size);
    for (Index i = 0; i < theirs.rows(); ++i) {
      Coordinate& c = coordinates.emplace_back();
      c.name = fmt::format("{}[{}]", fields[f].name, i);
      for (const auto& state : states) c.ours.push_back(state[f](i));
      c.theirs.assign(theirs.row(i).begin(), theirs.row(i).end());
    }
  }
  return coordinates;
}

/// Level of one test: about 400 coordinates of all tasks share 0.04.
constexpr double kLevel = 1e-4;

/// Each coordinate of the initial state against Gymnasium's; those that never vary must be equal.
/// That the test would notice is tested too: with initial states half as wide, or moved by 0.4
/// standard deviations, it must fail.
inline void check_resets(const std::string& name) {
  INFO(name);
  for (const Coordinate& c : initial_states(name)) {
    INFO(c.name);
    if (!c.varies()) {
      const auto value = static_cast<float>(c.theirs[0]);
      CHECK(std::all_of(c.ours.begin(), c.ours.end(),
                        [value](double x) { return static_cast<float>(x) == value; }));
      continue;
    }
    CHECK(ks_probability(c.ours, c.theirs) > kLevel);
    const auto n = static_cast<double>(c.ours.size());
    const double mean = std::accumulate(c.ours.begin(), c.ours.end(), 0.0) / n;
    double squares = 0;
    for (const double x : c.ours) squares += (x - mean) * (x - mean);
    const double deviation = std::sqrt(squares / n);
    std::vector<double> narrow = c.ours, moved = c.ours;
    for (double& x : narrow) x = mean + 0.5 * (x - mean);
    for (double& x : moved) x += 0.4 * deviation;
    CHECK(ks_probability(narrow, c.theirs) < kLevel);
    CHECK(ks_probability(moved, c.theirs) < kLevel);
  }
}

}  // namespace gymnasium_data
