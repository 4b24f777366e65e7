#pragma once
// The laws that every environment keeps, checked by playing it.

#include <string>
#include <vector>

#include "rlrun/env.hpp"

namespace rlrun {

struct EnvCheck {
  std::vector<std::string> violations;  ///< One line each.
  std::vector<std::string> notes;       ///< What is worth knowing and no fault.
};

/// Plays environments of a factory for about `steps` steps per law and finds the laws that are
/// violated:
///
/// - the spec is consistent: a horizon, sizes, corners of boxes in order;
/// - the whole observation is written and nothing beside it, finite and inside its space; rewards
///   are finite;
/// - equal streams and actions give equal episodes, bit for bit: in two instances, in an instance
///   that was used before (and left in the middle of an episode), next to an instance that plays
///   something else, and on another thread;
/// - actions outside the box are worth as much as the clipped ones (not asked where rewards see
///   them raw);
/// - if the state can be accessed: the fields have the sizes they promise, a state that was set is
///   the state that is read, it decides what follows, and the exact observation is the rounded one.
///
/// A note says so if several streams give the same episode: a task may be deterministic, or forget
/// its stream. Actions are drawn uniformly from the action space. An exception counts as a
/// violation.
EnvCheck check_env(const EnvFactory& make, Index steps);

/// The same for environments that can be drawn (none for the others): a picture is filled, is
/// repeatable, and does not change the episode.
std::vector<std::string> check_rendering(const EnvFactory& make, Index steps);

}  // namespace rlrun
