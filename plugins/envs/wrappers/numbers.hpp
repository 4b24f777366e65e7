#pragma once
// What the wrappers share: refusals, and points of any space as numbers.

#include <algorithm>
#include <string>

#include "rlrun/nn/observation_input.hpp"
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

/// Points of a space as numbers: themselves, or an indicator for each choice.
class Numbers {
 public:
  explicit Numbers(const Space& space) : one_hot_(space) {
    const Box* own = std::get_if<Box>(&space);
    bounds_ = own != nullptr ? Box{.low = own->low, .high = own->high} : box(one_hot_.size(), 0, 1);
  }

  [[nodiscard]] Index size() const { return bounds_.low.size(); }
  [[nodiscard]] const Box& bounds() const { return bounds_; }
  [[nodiscard]] bool are_choices() const { return one_hot_.on(); }

  /// Within the bounds, since that is what an action outside its box does.
  void write(VectorFIn point, VectorFOut numbers) const {
    if (!one_hot_.on()) {
      numbers = point.cwiseMax(bounds_.low).cwiseMin(bounds_.high);
      return;
    }
    numbers.setZero();
    one_hot_.for_each_chosen(point.data(), [&](Index place) { numbers(place) = 1; });
  }

 private:
  nn::OneHot one_hot_;
  Box bounds_;
};

/// One box after another.
inline Box joined(const Box& a, const Box& b) {
  Box result{VectorF(a.low.size() + b.low.size()), VectorF(a.low.size() + b.low.size())};
  result.low << a.low, b.low;
  result.high << a.high, b.high;
  return result;
}

}  // namespace rlrun::wrappers
