#include "rlrun/nn/stack.hpp"

#include <catch2/catch.hpp>

#include "rlrun/nn/gru.hpp"
#include "rlrun/nn/lstm.hpp"
#include "rlrun/nn/mlp.hpp"

#include "libcore/nn/network_contract.hpp"
#include "libcore/nn/reference_recurrent.hpp"

using namespace rlrun;

TEST_CASE("dense, LSTM, GRU and dense layers in a row keep the contract of networks", "[nn]") {
  const nn::MlpShape encoder = nn::mlp_shape(3, {}, 6, "tanh"),
                     head = nn::mlp_shape(5, {4}, 2, "tanh");
  const auto first = std::make_shared<nn::Mlp>(encoder), last = std::make_shared<nn::Mlp>(head);
  const auto lstm = std::make_shared<nn::Lstm>(nn::LstmShape{.inputs = 6, .units = 7});
  const auto gru = std::make_shared<nn::Gru>(nn::GruShape{.inputs = 7, .units = 5});
  const auto network = nn::stack({first, lstm, gru, last});
  CHECK(network->inputs() == 3);
  CHECK(network->outputs() == 2);
  CHECK(network->memory_size() == 2 * 7 + 5);
  CHECK(network->n_params() ==
        first->n_params() + lstm->n_params() + gru->n_params() + last->n_params());

  const auto formula = [=](const Vector& params, const Matrix& x, const Vector& memory) {
    Index at = 0;
    const auto next = [&](const nn::Network& part) {
      at += part.n_params();
      return Vector(params.segment(at - part.n_params(), part.n_params()));
    };
    Matrix y = reference::forward(encoder, next(*first), x, Matrix());
    y = reference::lstm(6, 7, next(*lstm), y, memory.head(14));
    y = reference::gru(7, 5, next(*gru), y, memory.tail(5));
    return reference::forward(head, next(*last), y, Matrix());
  };
  contracts::check_network({"stack", network, formula});
}

TEST_CASE("a stack of one is that one", "[nn]") {
  const std::shared_ptr<const nn::Network> one =
      std::make_shared<nn::Mlp>(nn::mlp_shape(3, {}, 6, "tanh"));
  CHECK(nn::stack({one}) == one);
}

TEST_CASE("the output gain is that of a stack's last part", "[nn]") {
  const auto lstm = std::make_shared<nn::Lstm>(nn::LstmShape{.inputs = 6, .units = 7});
  const auto dense = std::make_shared<nn::Mlp>(nn::mlp_shape(7, {}, 3, "tanh"));
  const auto network = nn::stack({lstm, dense});
  VectorF params(network->n_params());
  network->initialize(params, nn::Init::kOrthogonal, 0.01F, Rng(1));
  const Eigen::Map<const MatrixF> w(params.data() + lstm->n_params(), 3, 7);
  CHECK((w * w.transpose()).isApprox(1e-4F * MatrixF::Identity(3, 3), 1e-4F));
  const Eigen::Map<const MatrixF> h(params.data() + 6 * 28, 28, 7);
  CHECK((h.topRows(7) * h.topRows(7).transpose()).isIdentity(1e-5F));
}
