#include "rlrun/nn/network.hpp"

#include "rlrun/error.hpp"

namespace rlrun::nn {

Init init_named(const std::string& name) {
  if (name == "glorot") return Init::kGlorot;
  if (name == "orthogonal") return Init::kOrthogonal;
  throw UserError("unknown initial weights '" + name + "'; known: glorot orthogonal");
}

const std::vector<std::string>& init_names() {
  static const std::vector<std::string> names = {"glorot", "orthogonal"};
  return names;
}

Network::Tape::~Tape() = default;
Network::~Network() = default;

void Network::infer(VectorFIn params, MatrixFIn x, MatrixFOut memory, MatrixFOut out,
                    Workspace& workspace) const {
  RLRUN_CHECK(params.size() == n_params() && x.rows() == inputs());
  RLRUN_CHECK(out.rows() == outputs() && out.cols() == x.cols());
  RLRUN_CHECK(memory_size() == 0 || (memory.rows() == memory_size() && memory.cols() == x.cols()));
  infer_step(params, x, memory, out, workspace);
}

Eigen::Ref<const MatrixF> Network::forward(VectorFIn params, const Steps& steps, Tape& tape) const {
  const Index n = steps.columns.cols();
  RLRUN_CHECK(params.size() == n_params() && steps.columns.rows() == inputs());
  for (std::size_t s = 0; s < steps.starts.size(); ++s) {
    const Index least = s == 0 ? 0 : steps.starts[s - 1] + 1;
    const Index most = s == 0 ? 0 : n - 1;
    RLRUN_CHECK(steps.starts[s] >= least && steps.starts[s] <= most && n > 0);
  }
  RLRUN_CHECK(steps.memory.cols() == 0 ||
              (steps.memory.rows() == memory_size() && steps.memory.cols() == steps.sequences()));
  return forward_steps(params, steps, tape);
}

Eigen::Ref<const MatrixF> Network::memory_after(const Tape& /*tape*/) const {
  return Eigen::Map<const MatrixF>(nullptr, 0, 0);
}

void Network::backward(VectorFIn params, Tape& tape, MatrixFIn slope, VectorFOut grad,
                       MatrixFOut grad_x) const {
  RLRUN_CHECK(params.size() == n_params() && slope.rows() == outputs());
  RLRUN_CHECK(grad.size() == 0 || grad.size() == n_params());
  RLRUN_CHECK(grad_x.size() == 0 || (grad_x.rows() == inputs() && grad_x.cols() == slope.cols()));
  backward_steps(params, tape, slope, grad, grad_x);
}

void Network::jvp(VectorFIn params, VectorFIn direction, MatrixFIn direction_x, Tape& tape,
                  MatrixFOut out) const {
  RLRUN_CHECK(params.size() == n_params() && direction.size() == n_params());
  RLRUN_CHECK(out.rows() == outputs());
  RLRUN_CHECK(direction_x.size() == 0 ||
              (direction_x.rows() == inputs() && direction_x.cols() == out.cols()));
  jvp_steps(params, direction, direction_x, tape, out);
}

}  // namespace rlrun::nn
