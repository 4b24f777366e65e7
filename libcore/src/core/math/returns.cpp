#include "rlrun/math/returns.hpp"

#include "rlrun/error.hpp"

namespace rlrun {
namespace {

template <class Discounts>
Vector advantages(VectorIn rewards, VectorIn values, const Discounts& discount, double lambda) {
  RLRUN_CHECK(values.size() == rewards.size() + 1);
  Vector result(rewards.size());
  double next = 0;
  for (Index t = rewards.size() - 1; t >= 0; --t) {
    const double g = discount(t);
    const double delta = rewards(t) + g * values(t + 1) - values(t);
    next = delta + g * lambda * next;
    result(t) = next;
  }
  return result;
}

}  // namespace

Vector discounted_returns(VectorIn rewards, double discount, double bootstrap) {
  Vector result(rewards.size());
  double next = bootstrap;
  for (Index t = rewards.size() - 1; t >= 0; --t) result(t) = next = rewards(t) + discount * next;
  return result;
}

Vector gae(VectorIn rewards, VectorIn values, VectorIn discounts, double lambda) {
  RLRUN_CHECK(discounts.size() == rewards.size());
  return advantages(rewards, values, discounts, lambda);
}

Vector gae(VectorIn rewards, VectorIn values, double discount, double lambda) {
  return advantages(
      rewards, values, [discount](Index) { return discount; }, lambda);
}

}  // namespace rlrun
