#include <cmath>

#include <catch2/catch.hpp>

#include "rlrun/nn/gru.hpp"
#include "rlrun/nn/lstm.hpp"

#include "libcore/nn/network_contract.hpp"
#include "libcore/nn/reference_recurrent.hpp"

using namespace rlrun;

namespace {

contracts::Subject lstm(Index inputs, Index units) {
  const nn::LstmShape shape{.inputs = inputs, .units = units};
  return {"lstm of " + std::to_string(units), std::make_shared<nn::Lstm>(shape),
          [=](const Vector& params, const Matrix& x, Vector memory) {
            return reference::lstm(inputs, units, params, x, std::move(memory));
          }};
}

contracts::Subject gru(Index inputs, Index units) {
  const nn::GruShape shape{.inputs = inputs, .units = units};
  return {"gru of " + std::to_string(units), std::make_shared<nn::Gru>(shape),
          [=](const Vector& params, const Matrix& x, Vector memory) {
            return reference::gru(inputs, units, params, x, std::move(memory));
          }};
}

}  // namespace

// One, fewer than a register, whole registers, and some more.
TEST_CASE("an LSTM keeps the contract of networks", "[nn]") {
  for (const Index units : {1, 5, 8, 19}) contracts::check_network(lstm(3, units));
}

TEST_CASE("a GRU keeps the contract of networks", "[nn]") {
  for (const Index units : {1, 5, 8, 19}) contracts::check_network(gru(3, units));
}

TEST_CASE("long sequences are those of the formula", "[nn]") {
  for (const contracts::Subject& subject : {lstm(4, 24), gru(4, 24)}) {
    const contracts::Sequences e(subject, {500, 40, 300, 1, 200}, true);
    const auto tape = e.net().tape();
    const MatrixF out = e.net().forward(e.params, e.steps(), *tape);
    CHECK(reference::distance(out, e.formula(e.params.cast<double>(), e.x.cast<double>())) < 1e-4);
  }
}

TEST_CASE("a batch without columns is a batch", "[nn]") {
  const contracts::Subject subject = lstm(3, 8);
  const contracts::Sequences e(subject, 0, false);
  const auto tape = e.net().tape();
  CHECK(e.net().forward(e.params, e.steps(), *tape).cols() == 0);
  VectorF grad = VectorF::Zero(e.params.size());
  MatrixF none(3, 0);
  e.net().backward(e.params, *tape, MatrixF(8, 0), grad, none);
  CHECK(grad.isZero(0));
  CHECK(e.net().memory_after(*tape).cols() == 0);
}

TEST_CASE("recurrent layers begin with orthogonal gates, and an LSTM with open forget gates",
          "[nn]") {
  const nn::Lstm network({.inputs = 6, .units = 5, .forget_bias = 1.5F});
  VectorF params(network.n_params());
  network.initialize(params, nn::Init::kOrthogonal, 0.01F, Rng(1));
  const Eigen::Map<const MatrixF> weights(params.data(), 20, 11);
  for (Index gate = 0; gate < 4; ++gate) {
    const MatrixF h = weights.middleRows(5 * gate, 5).rightCols(5);
    const MatrixF x = weights.middleRows(5 * gate, 5).leftCols(6);
    CHECK((h * h.transpose()).isIdentity(1e-5F));
    CHECK((x * x.transpose()).isIdentity(1e-5F));
  }
  const VectorF biases = params.tail(20);
  CHECK(biases.segment(5, 5) == VectorF::Constant(5, 1.5F));
  CHECK(biases.head(5).isZero(0));
  CHECK(biases.tail(10).isZero(0));

  const nn::Gru other({.inputs = 6, .units = 5});
  VectorF glorot(other.n_params());
  other.initialize(glorot, nn::Init::kGlorot, 1, Rng(1));
  const Eigen::Map<const MatrixF> w(glorot.data(), 15, 11);
  const float bound_x = std::sqrt(6.0F / 11), bound_h = std::sqrt(6.0F / 10);
  CHECK(w.leftCols(6).cwiseAbs().maxCoeff() <= bound_x);
  CHECK(w.rightCols(5).cwiseAbs().maxCoeff() <= bound_h);
  CHECK(w.rightCols(5).cwiseAbs().maxCoeff() > bound_x);
  CHECK(glorot.tail(15).isZero(0));
}
