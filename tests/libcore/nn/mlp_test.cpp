#include "rlrun/nn/mlp.hpp"

#include <limits>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

#include "libcore/nn/reference_mlp.hpp"

using namespace rlrun;
using reference::distance;

namespace {

MatrixF random_matrix(Index rows, Index cols, Rng rng) {
  MatrixF m(rows, cols);
  for (Index j = 0; j < cols; ++j) rng.fill_normal(m.col(j));
  return m;
}

struct Example {
  nn::MlpShape shape;
  nn::Mlp mlp;
  VectorF params;
  MatrixF x, late;

  Example(nn::MlpShape s, Index n, std::uint64_t seed = 1) : shape(s), mlp(std::move(s)) {
    const Rng rng(seed);
    params = 0.4F * random_matrix(mlp.n_params(), 1, rng.fork("params"));
    x = random_matrix(shape.inputs, n, rng.fork("x"));
    late = random_matrix(shape.late_inputs, n, rng.fork("late"));
  }
  [[nodiscard]] Matrix outputs(const Vector& p) const {
    return reference::forward(shape, p, x.cast<double>(), late.cast<double>());
  }
  [[nodiscard]] MatrixF infer(Index from, Index cols) const {
    MatrixF out(shape.outputs, cols);
    Workspace workspace;
    mlp.infer(params, x.middleCols(from, cols), late.middleCols(from, cols), out, workspace);
    return out;
  }
};

nn::MlpShape shape_of(Index in, std::vector<Index> hidden, Index out, nn::Activation activation,
                      Index late = 0) {
  nn::MlpShape shape;
  shape.inputs = in;
  shape.hidden = std::move(hidden);
  shape.outputs = out;
  shape.hidden_activation = activation;
  shape.late_inputs = late;
  return shape;
}

std::vector<nn::MlpShape> shapes() {
  using enum nn::Activation;
  std::vector<nn::MlpShape> all = {
      shape_of(4, {10, 7, 5}, 1, kTanh),   shape_of(3, {9}, 2, kTanh),
      shape_of(5, {}, 3, kTanh),           shape_of(17, {24, 33}, 8, kRelu),
      shape_of(6, {12, 9}, 1, kRelu, 3),   shape_of(2, {3, 3}, 11, kTanh, 1),
      shape_of(1, {1}, 1, kIdentity),      shape_of(7, {40, 30}, 2, kTanh, 2),
      shape_of(6, {21, 9}, 3, kLeakyRelu),
  };
  all[1].output_activation = kTanh;
  all[1].output_scale = VectorF{{2.0F, 0.5F}};
  all[1].output_shift = VectorF{{-1.0F, 3.0F}};
  return all;
}

}  // namespace

TEST_CASE("a network's outputs are those of the plain formula in double precision", "[nn]") {
  for (const nn::MlpShape& shape : shapes())
    for (const Index n : {1, 2, 3, 4, 5, 10, 16, 17, 131, 300}) {
      const Example e(shape, n);
      const Matrix expected = e.outputs(e.params.cast<double>());
      nn::Tape tape;
      CAPTURE(shape.inputs, n);
      CHECK(distance(e.mlp.forward(e.params, e.x, e.late, tape), expected) < 1e-5);
      CHECK(distance(e.infer(0, n), expected) < 1e-5);
    }
}

TEST_CASE("a column's outputs do not depend on the other columns, bit for bit", "[nn]") {
  for (const nn::MlpShape& shape : shapes()) {
    const Example e(shape, 300);
    const MatrixF all = e.infer(0, 300);
    nn::Tape tape;
    CHECK(MatrixF(e.mlp.forward(e.params, e.x, e.late, tape)) == all);
    for (const Index width : {1, 2, 3, 4, 5, 6, 7, 9, 10, 15, 16, 17, 64})
      CHECK(e.infer(37, width) == all.middleCols(37, width));
  }
}

TEST_CASE("backward is the gradient in parameters and inputs", "[nn]") {
  for (const nn::MlpShape& shape : shapes())
    for (const Index n : {1, 6, 140}) {
      CAPTURE(shape.inputs, n);
      const Example e(shape, n);
      const MatrixF g = random_matrix(shape.outputs, n, Rng(2));
      const Matrix weight = g.cast<double>();
      const Vector params = e.params.cast<double>();
      const auto loss = [&](const Vector& p, const Matrix& x, const Matrix& late) {
        return reference::forward(shape, p, x, late).cwiseProduct(weight).sum();
      };
      const Matrix x = e.x.cast<double>(), late = e.late.cast<double>();

      nn::Tape tape;
      (void)e.mlp.forward(e.params, e.x, e.late, tape);
      VectorF grad = VectorF::Zero(e.params.size());
      MatrixF grad_x = MatrixF::Zero(shape.inputs, n);
      MatrixF grad_late = MatrixF::Zero(shape.late_inputs, n);
      e.mlp.backward(e.params, tape, g, grad, grad_x, grad_late);
      if (n < 100)
        CHECK(distance(grad, reference::gradient([&](const Vector& p) { return loss(p, x, late); },
                                                 params)) < 2e-5);
      const auto reshaped = [](const Vector& flat, const Matrix& like) {
        return Matrix(flat.reshaped(like.rows(), like.cols()));
      };
      CHECK(distance(grad_x.reshaped(),
                     reference::gradient(
                         [&](const Vector& v) { return loss(params, reshaped(v, x), late); },
                         x.reshaped())) < 2e-5);
      if (shape.late_inputs > 0)
        CHECK(distance(grad_late.reshaped(),
                       reference::gradient(
                           [&](const Vector& v) { return loss(params, x, reshaped(v, late)); },
                           late.reshaped())) < 2e-5);

      // It adds to what is there, and the inputs' gradients are optional.
      VectorF twice = grad;
      e.mlp.backward(e.params, tape, g, twice);
      CHECK(distance(twice, VectorF(2 * grad)) < 1e-6);
    }
}

TEST_CASE("jvp is the directional derivative and the adjoint of backward", "[nn]") {
  for (const nn::MlpShape& shape : shapes())
    for (const Index n : {1, 6, 140}) {
      CAPTURE(shape.inputs, n);
      const Example e(shape, n);
      const VectorF v = random_matrix(e.params.size(), 1, Rng(3));
      nn::Tape tape;
      (void)e.mlp.forward(e.params, e.x, e.late, tape);
      MatrixF jv(shape.outputs, n);
      e.mlp.jvp(e.params, v, tape, jv);
      const double h = 1e-6;
      const Vector p = e.params.cast<double>(), d = v.cast<double>();
      CHECK(distance(jv, Matrix((e.outputs(p + h * d) - e.outputs(p - h * d)) / (2 * h))) < 2e-5);

      // <g, J v> = <J^T g, v>
      const MatrixF g = random_matrix(shape.outputs, n, Rng(4));
      VectorF jtg = VectorF::Zero(v.size());
      e.mlp.backward(e.params, tape, g, jtg);
      const double left = jv.cast<double>().cwiseProduct(g.cast<double>()).sum();
      const double scale = jv.cast<double>().norm() * g.cast<double>().norm();
      CHECK(jtg.cast<double>().dot(d) == Approx(left).margin(1e-5 * scale));
    }
}

TEST_CASE("a tape serves several widths and networks", "[nn]") {
  const Example wide(shapes()[0], 200), narrow(shapes()[3], 7);
  nn::Tape tape, fresh;
  (void)wide.mlp.forward(wide.params, wide.x, wide.late, tape);
  const MatrixF again = narrow.mlp.forward(narrow.params, narrow.x, narrow.late, tape);
  CHECK(again == MatrixF(narrow.mlp.forward(narrow.params, narrow.x, narrow.late, fresh)));
  CHECK(tape.cols() == 7);
}

TEST_CASE("a value that is not a number shows in the outputs of its column only", "[nn]") {
  for (const nn::MlpShape& shape : shapes()) {
    Example e(shape, 20);
    const MatrixF before = e.infer(0, 20);
    e.x(0, 11) = std::numeric_limits<float>::quiet_NaN();
    const MatrixF after = e.infer(0, 20);
    CHECK(after.col(11).array().isNaN().all());
    CHECK(after.leftCols(11) == before.leftCols(11));
    CHECK(after.rightCols(8) == before.rightCols(8));
  }
}

TEST_CASE("activations are found by name", "[nn]") {
  CHECK(nn::activation_named("relu") == nn::Activation::kRelu);
  for (const std::string& name : nn::activation_names()) CHECK_NOTHROW(nn::activation_named(name));
  CHECK_THROWS_WITH(nn::activation_named("tahn"),
                    "unknown activation 'tahn'; known: identity leaky_relu relu tanh");
}

TEST_CASE("initial weights have the published distributions", "[nn]") {
  const nn::Mlp mlp(shape_of(20, {100, 50, 120}, 6, nn::Activation::kTanh));
  VectorF params(mlp.n_params());
  SECTION("rows of unit length") {
    nn::init_unit_rows(mlp, params, Rng(1));
    for (Index l = 0; l < mlp.n_layers(); ++l)
      CHECK((mlp.weights(params, l).rowwise().norm().array() - 1).abs().maxCoeff() < 1e-5F);
    // Outputs have mean 0 over the 256 inputs that the biases were fitted to, the first draws.
    Rng rng(1);
    MatrixF x(20, 256), y(6, 256);
    for (Index j = 0; j < 256; ++j) rng.fill_normal(x.col(j));
    Workspace workspace;
    mlp.infer(params, x, MatrixF(), y, workspace);
    CHECK(y.rowwise().mean().cwiseAbs().maxCoeff() < 1e-5F);
    CHECK(y.rowwise().squaredNorm().minCoeff() > 1);
  }
  SECTION("Glorot uniform") {
    nn::init_glorot_uniform(mlp, params, Rng(1));
    for (Index l = 0; l < mlp.n_layers(); ++l) {
      const double bound = std::sqrt(6.0 / static_cast<double>(mlp.fan_in(l) + mlp.fan_out(l)));
      const Vector w = mlp.weights(params, l).reshaped().cast<double>();
      CHECK(w.cwiseAbs().maxCoeff() <= bound * 1.000001);
      CHECK(w.cwiseAbs().maxCoeff() > 0.95 * bound);
      CHECK(w.squaredNorm() / static_cast<double>(w.size()) ==
            Approx(bound * bound / 3).epsilon(0.2));
      CHECK(mlp.biases(params, l).isZero());
    }
  }
  SECTION("orthogonal, with gains") {
    nn::init_orthogonal(mlp, params, Rng(1), 1.5F, 0.01F);
    for (Index l = 0; l < mlp.n_layers(); ++l) {
      const double gain = l + 1 == mlp.n_layers() ? 0.01 : 1.5;
      const Matrix w = mlp.weights(params, l).cast<double>() / gain;
      const Matrix gram =
          w.rows() < w.cols() ? Matrix(w * w.transpose()) : Matrix(w.transpose() * w);
      CHECK((gram - Matrix::Identity(gram.rows(), gram.cols())).cwiseAbs().maxCoeff() < 1e-5);
      CHECK(mlp.biases(params, l).isZero());
    }
  }
  SECTION("uniform by fan-in, and a small output layer") {
    nn::init_fan_in_uniform(mlp, params, Rng(1));
    CHECK(mlp.weights(params, 1).cwiseAbs().maxCoeff() <= 0.1F);
    CHECK(mlp.weights(params, 1).cwiseAbs().maxCoeff() > 0.095F);
    CHECK(mlp.biases(params, 1).cwiseAbs().maxCoeff() > 0.05F);
    const VectorF before = params;
    nn::init_output_uniform(mlp, params, Rng(2), 3e-3F);
    CHECK(mlp.weights(params, 3).cwiseAbs().maxCoeff() <= 3e-3F);
    CHECK(mlp.biases(params, 3).cwiseAbs().maxCoeff() <= 3e-3F);
    CHECK(!mlp.biases(params, 3).isZero());
    const Index below = mlp.n_params() - 6 * 121;
    CHECK(params.head(below) == before.head(below));
  }
}

TEST_CASE("the slope by the action alone equals that of a whole backward pass", "[nn]") {
  nn::MlpShape shape;
  shape.inputs = 5;
  shape.hidden = {33, 20, 9};
  shape.outputs = 1;
  shape.late_inputs = 3;
  const nn::Mlp critic(shape);
  VectorF params(critic.n_params());
  nn::init_glorot_uniform(critic, params, Rng(2));
  MatrixF states(5, 70), actions(3, 70);
  Rng rng(3);
  rng.fill_normal(states.reshaped());
  rng.fill_normal(actions.reshaped());
  nn::Tape tape;
  critic.forward(params, states, actions, tape);
  const MatrixF ones = MatrixF::Ones(1, 70);
  VectorF gradient = VectorF::Zero(params.size()), no_gradient;
  MatrixF whole(3, 70), alone(3, 70), no_x;
  critic.backward(params, tape, ones, gradient, no_x, whole);
  critic.backward(params, tape, ones, no_gradient, no_x, alone);
  CHECK((whole == alone));
  CHECK_FALSE(whole.isZero(0));
}
