// Destructors of the interfaces, out of line so that each has one typeinfo in this library and
// dynamic_cast works across the plugin border.

#include <cstdlib>
#include <iostream>
#include <sstream>

#include "rlrun/algorithm.hpp"
#include "rlrun/env.hpp"
#include "rlrun/error.hpp"
#include "rlrun/params.hpp"
#include "rlrun/policy.hpp"
#include "rlrun/registry.hpp"
#include "rlrun/sampler.hpp"

namespace rlrun {

UserError::~UserError() = default;
TrialError::~TrialError() = default;
Archive::~Archive() = default;
Fields::~Fields() = default;
Env::~Env() = default;
Renderable::~Renderable() = default;
StateAccess::~StateAccess() = default;
BareEngine::~BareEngine() = default;
SplitStep::~SplitStep() = default;
ModelAccess::~ModelAccess() = default;
Walk::~Walk() = default;
Walks::~Walks() = default;
Sampler::~Sampler() = default;
Algorithm::~Algorithm() = default;
Registry::~Registry() = default;

Renderable* Env::renderable() {
  return dynamic_cast<Renderable*>(this);
}
StateAccess* Env::state_access() {
  return dynamic_cast<StateAccess*>(this);
}
BareEngine* Env::bare_engine() {
  return dynamic_cast<BareEngine*>(this);
}
SplitStep* Env::split_step() {
  return dynamic_cast<SplitStep*>(this);
}
ModelAccess* Env::model_access() {
  return dynamic_cast<ModelAccess*>(this);
}

void check_failed(const char* expression, const char* file, int line, const std::string& detail) {
  std::cerr << "rlrun: internal error at " << file << ":" << line << ": " << expression
            << (detail.empty() ? "" : ": ") << detail << std::endl;
  std::abort();
}

Index flat_size(const Space& space) {
  struct Size {
    Index operator()(const Box& b) const { return b.low.size(); }
    Index operator()(const Discrete&) const { return 1; }
    Index operator()(const MultiDiscrete& m) const { return static_cast<Index>(m.n.size()); }
  };
  return std::visit(Size{}, space);
}

std::vector<Index> n_choices(const Space& space) {
  struct Choices {
    std::vector<Index> operator()(const Box& /*b*/) const { return {}; }
    std::vector<Index> operator()(const Discrete& d) const { return {d.n}; }
    std::vector<Index> operator()(const MultiDiscrete& m) const { return m.n; }
  };
  return std::visit(Choices{}, space);
}

std::string wrong_choice(float value, Index n) {
  std::ostringstream text;
  text << value << ", which is none of the choices 0 to " << n - 1;
  return text.str();
}

Box box(Index n, float low, float high) {
  return {.low = VectorF::Constant(n, low), .high = VectorF::Constant(n, high)};
}

Box unbounded(Index n) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  return box(n, -kInfinity, kInfinity);
}

std::string describe(const Space& actions) {
  struct Describe {
    std::string operator()(const Box& b) const {
      const bool finite = b.low.allFinite() && b.high.allFinite();
      return std::string(finite ? "bounded" : "unbounded") + " continuous actions (Box)";
    }
    std::string operator()(const Discrete& d) const {
      return "one of " + std::to_string(d.n) + " choices (Discrete)";
    }
    std::string operator()(const MultiDiscrete& m) const {
      return std::to_string(m.n.size()) + " choices at once (MultiDiscrete)";
    }
  };
  return std::visit(Describe{}, actions);
}

const Box& bounded_actions(const EnvSpec& spec, const std::string& who, const std::string& hint) {
  const Box* box = std::get_if<Box>(&spec.action);
  if (box == nullptr || !box->low.allFinite() || !box->high.allFinite())
    throw UserError(who + " needs bounded continuous actions (Box), but the task has " +
                    describe(spec.action) + hint);
  return *box;
}

}  // namespace rlrun
