#pragma once
// What the wrappers share: refusals, and points of any space as numbers.

#include <algorithm>
#include <string>

#include "rlrun/plugin.hpp"

namespace rlrun::wrappers {

/// The box of the observations. Throws UserError with what `who` needs.
inline const Box& numbers_observed(const EnvSpec& spec, const std::string& who) {
  const Box* box = std::get_if<Box>(&spec.observation);
  if (box == nullptr)
    throw UserError(who +
                    " fits tasks whose observations are numbers (Box); here an observation is " +
                    describe(spec.observation));
  return *box;
}

/// Length of a point of the space as numbers: itself, or an indicator for each choice.
inline Index n_numbers(const Space& space) {
  if (std::holds_alternative<Box>(space)) return flat_size(space);
  Index total = 0;
  for (const Index n : n_choices(space)) total += n;
  return total;
}

/// The bounds of that.
inline Box as_numbers(const Space& space) {
  if (const Box* own = std::get_if<Box>(&space)) return {.low = own->low, .high = own->high};
  return box(n_numbers(space), 0, 1);
}

/// Writes a point as numbers; within its bounds, since that is what an action outside its box does.
inline void write_numbers(const Space& space, VectorFIn point, VectorFOut numbers) {
  if (const Box* box = std::get_if<Box>(&space)) {
    numbers = point.cwiseMax(box->low).cwiseMin(box->high);
    return;
  }
  numbers.setZero();
  Index first = 0;
  const std::vector<Index> choices = n_choices(space);
  for (std::size_t i = 0; i < choices.size(); ++i) {
    numbers(first + static_cast<Index>(point(Index(i)))) = 1;
    first += choices[i];
  }
}

/// One box after another.
inline Box joined(const Box& a, const Box& b) {
  Box result{VectorF(a.low.size() + b.low.size()), VectorF(a.low.size() + b.low.size())};
  result.low << a.low, b.low;
  result.high << a.high, b.high;
  return result;
}

}  // namespace rlrun::wrappers
