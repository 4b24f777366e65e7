#pragma once
// The variant with system identification of Duan et al. 2016: each episode has another model, which
// is not observed.

#include <utility>

#include "numbers.hpp"

namespace rlrun::wrappers {

/// Draws each quantity of the task's model uniformly from its range before each episode. For tasks
/// that have such quantities.
class SystemIdentification final : public EnvWrapper {
 public:
  struct Params {
    void fields(Fields& /*f*/) {}
  };

  SystemIdentification(const Params& /*params*/, std::unique_ptr<Env> env)
      : EnvWrapper(std::move(env)), model_(inner().model_access()) {
    if (model_ == nullptr)
      throw UserError(
          "system_identification fits tasks whose model can vary between episodes ('can vary' in "
          "rlrun describe TASK), as the first wrapper; this one cannot");
    quantities_ = model_->quantities();
  }

  void reset(Rng rng, VectorFOut observation) override {
    Rng own = rng.fork("system_identification");
    Vector values(static_cast<Index>(quantities_.size()));
    for (Index i = 0; i < values.size(); ++i) {
      const ModelAccess::Quantity& quantity = quantities_[std::size_t(i)];
      values(i) = own.uniform(quantity.low, quantity.high);
    }
    model_->set_quantities(values);
    EnvWrapper::reset(rng, observation);
  }

  StateAccess* state_access() override { return inner().state_access(); }

 private:
  ModelAccess* model_;  // of the inner environment
  std::vector<ModelAccess::Quantity> quantities_;
};

}  // namespace rlrun::wrappers
