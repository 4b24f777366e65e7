#pragma once
// The laws that every algorithm keeps, checked by running it.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rlrun/algorithm.hpp"
#include "rlrun/env.hpp"

#include "check/policy_check.hpp"

namespace rlrun {

/// Makes an algorithm with its policy for a task. Everything random in the algorithm comes from the
/// stream; the policy may be the same each time, as it is when a trial goes on.
using AlgorithmFactory = std::function<std::unique_ptr<Algorithm>(const EnvSpec&, Rng)>;

struct AlgorithmCheck {
  std::vector<std::string> violations;  ///< One line each.
  /// Whether the policy's parameters changed at all, if it has any. Where they did not, only the
  /// time before learning begins was checked.
  bool learned = false;
};

/// Runs `iterations` iterations several times and finds the laws that are violated:
///
/// - each iteration uses the environment, and the policy's parameters stay finite;
/// - equal seeds give equal states, policies, episodes and metrics, bit for bit, with one thread
///   and with four;
/// - a state that is saved after any iteration and restored into a new object, made from another
///   stream, goes on to the same end, bit for bit; restoring asks for exactly what was saved;
/// - the policy, as it was trained, keeps its own laws (policy_check.hpp); `rebuild` builds it anew
///   as `make` built it.
///
/// An exception counts as a violation. Sets the number of threads and puts it back.
AlgorithmCheck check_algorithm(const AlgorithmFactory& make, const EnvFactory& env,
                               Index iterations, const PolicyFactory& rebuild = {});

}  // namespace rlrun
