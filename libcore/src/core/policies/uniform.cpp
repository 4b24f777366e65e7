#include "rlrun/policies/uniform.hpp"

#include "rlrun/error.hpp"

#include "policies/common.hpp"

namespace rlrun {

Uniform::Uniform(const Params& /*params*/, const EnvSpec& spec, Rng /*rng*/) : space_(spec.action) {
  if (std::holds_alternative<Box>(space_)) bounded_actions(spec, "uniform");
}

std::unique_ptr<Policy> Uniform::clone() const {
  return std::make_unique<Uniform>(*this);
}

void Uniform::set_params(VectorFIn params) {
  RLRUN_CHECK(params.size() == 0);
}

void Uniform::act(const ActInput& in, MatrixFOut actions, Workspace& /*workspace*/) const {
  for (Index j = 0; j < in.observations.cols(); ++j) {
    Rng& stream = in.streams[std::size_t(j)];
    if (const Box* box = std::get_if<Box>(&space_)) {
      for (Index i = 0; i < box->low.size(); ++i) {
        const auto a =
            static_cast<float>(stream.uniform(double{box->low(i)}, double{box->high(i)}));
        actions(i, j) = std::min(a, box->high(i));  // rounding to float may go up
      }
    } else if (const Discrete* discrete = std::get_if<Discrete>(&space_)) {
      actions(0, j) = static_cast<float>(stream.below(discrete->n));
    } else {
      const std::vector<Index>& n = std::get<MultiDiscrete>(space_).n;
      for (std::size_t i = 0; i < n.size(); ++i)
        actions(Index(i), j) = static_cast<float>(stream.below(n[i]));
    }
  }
}

}  // namespace rlrun
