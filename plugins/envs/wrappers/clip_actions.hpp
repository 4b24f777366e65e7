#pragma once
// Actions brought into their box before anything sees them.

#include <algorithm>
#include <utility>

#include "numbers.hpp"

namespace rlrun::wrappers {

/// For tasks whose rewards see raw actions: a cost then counts what is done.
class ClipActions final : public EnvWrapper {
 public:
  struct Params {
    void fields(Fields& /*f*/) {}
  };

  ClipActions(const Params& /*params*/, std::unique_ptr<Env> env)
      : EnvWrapper(std::move(env)), range_(bounded_actions(inner_spec(), "clip_actions")) {
    own_spec().raw_actions = false;
  }

  StateAccess* state_access() override { return inner().state_access(); }

 private:
  // NaN stays what it is, so that the task finds it.
  void on_action(VectorFIn action, VectorFOut inner_action) override {
    for (Index i = 0; i < action.size(); ++i)
      inner_action(i) = std::clamp(action(i), range_.low(i), range_.high(i));
  }

  Box range_;
};

}  // namespace rlrun::wrappers
