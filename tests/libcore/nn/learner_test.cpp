#include "rlrun/nn/learner.hpp"

#include <catch2/catch.hpp>

#include "rlrun/nn/adam.hpp"
#include "rlrun/nn/parts.hpp"
#include "rlrun/parallel.hpp"

#include "check/memory_archive.hpp"

using namespace rlrun;

namespace {

constexpr Index kCols = 70;

nn::Mlp network(nn::Activation hidden, bool boxed = false) {
  nn::MlpShape shape;
  shape.inputs = 27;
  shape.hidden = {64, 35};
  shape.outputs = 3;
  shape.hidden_activation = hidden;
  if (boxed) {
    shape.output_activation = nn::Activation::kTanh;
    shape.output_scale = VectorF{{1.0F, 2.0F, 0.5F}};
    shape.output_shift = VectorF{{0.0F, -1.0F, 3.0F}};
  }
  return nn::Mlp(shape);
}

MatrixF random_matrix(Index rows, Index cols, std::uint64_t seed) {
  MatrixF m(rows, cols);
  Rng rng(seed);
  for (Index j = 0; j < cols; ++j) rng.fill_normal(m.col(j));
  return m;
}

VectorF initial(const nn::Mlp& mlp) {
  VectorF params(mlp.n_params());
  nn::init_fan_in_uniform(mlp, params, Rng(4));
  return params;
}

// A whole update, with the columns in parts of at most `width`.
void update(nn::Learner& learner, nn::Pass& pass, const MatrixF& x, const MatrixF& g, Index width,
            double tau = 0) {
  const nn::Parts parts(kCols, width);
  parallel_for(parts.count, [&](Index part) {
    const Index from = parts.from(part), n = parts.cols(part);
    pass.inputs(from, n) = x.middleCols(from, n);
    learner.forward(pass, from, n);
    pass.output_gradients(from, n) = g.middleCols(from, n);
    learner.backward(pass, from, n, nn::Learner::Inputs::kWanted);
  });
  nn::descend({{learner, pass}}, 1e-2, tau);
}

}  // namespace

TEST_CASE("a learner's passes are those of its network", "[nn]") {
  for (const bool boxed : {false, true}) {
    const nn::Mlp mlp = network(boxed ? nn::Activation::kRelu : nn::Activation::kTanh, boxed);
    const VectorF params = initial(mlp);
    nn::Learner learner(mlp, params, nn::Learner::Target::kNone);
    nn::Pass pass(mlp, kCols);
    const MatrixF x = random_matrix(27, kCols, 1), g = random_matrix(3, kCols, 2), none;

    nn::Tape tape;
    const MatrixF outputs = mlp.forward(params, x, none, tape);
    VectorF gradient = VectorF::Zero(mlp.n_params());
    MatrixF by_input(27, kCols), no_late;
    mlp.backward(params, tape, g, gradient, by_input, no_late);

    pass.inputs(0, kCols) = x;
    for (const nn::Parts parts(kCols, 16); const Index part : {3, 0, 4, 1, 2}) {
      learner.forward(pass, parts.from(part), parts.cols(part));
      pass.output_gradients(parts.from(part), parts.cols(part)) =
          g.middleCols(parts.from(part), parts.cols(part));
      learner.backward(pass, parts.from(part), parts.cols(part), nn::Learner::Inputs::kWanted);
    }
    CHECK((pass.outputs(0, kCols) == outputs));
    CHECK((pass.input_gradients(0, kCols) - by_input).norm() <= 1e-5F * by_input.norm());
    CHECK((learner.gradient(pass) - gradient).norm() <= 1e-5F * gradient.norm());
  }
}

TEST_CASE("descending is Adam along the gradient, and the target follows", "[nn]") {
  const nn::Mlp mlp = network(nn::Activation::kRelu);
  VectorF params = initial(mlp), target = params;
  nn::Learner learner(mlp, params, nn::Learner::Target::kCopy);
  nn::Pass pass(mlp, kCols);
  nn::Adam adam(mlp.n_params());
  const MatrixF none;
  for (std::uint64_t t = 0; t < 4; ++t) {
    const MatrixF x = random_matrix(27, kCols, 10 + t), g = random_matrix(3, kCols, 20 + t);
    const double tau = t == 2 ? 0 : 0.25;  // one step that leaves the target where it is
    update(learner, pass, x, g, 32, tau);
    adam.step(params, learner.gradient(pass), 1e-2);
    target += static_cast<float>(tau) * (params - target);
    CHECK((learner.params() - params).norm() <= 1e-6F * params.norm());
    CHECK((learner.target() - target).norm() <= 1e-6F * target.norm());

    // What the products read are the new parameters.
    nn::Tape tape;
    learner.forward(pass, 0, kCols);
    CHECK((pass.outputs(0, kCols) == mlp.forward(learner.params(), x, none, tape)));
    learner.forward_target(pass, 0, kCols);
    CHECK((pass.outputs(0, kCols) == mlp.forward(learner.target(), x, none, tape)));
    VectorF no_gradient;
    MatrixF by_input(27, kCols), no_late;
    mlp.forward(learner.params(), x, none, tape);
    mlp.backward(learner.params(), tape, g, no_gradient, by_input, no_late);
    learner.forward(pass, 0, kCols);
    pass.output_gradients(0, kCols) = g;
    learner.backward(pass, 0, kCols, nn::Learner::Inputs::kWanted);
    CHECK((pass.input_gradients(0, kCols) - by_input).norm() <= 1e-5F * by_input.norm());
  }
}

TEST_CASE("neither threads nor parts change a bit of what is learned", "[nn]") {
  const nn::Mlp mlp = network(nn::Activation::kTanh);
  const MatrixF x = random_matrix(27, kCols, 1), g = random_matrix(3, kCols, 2);
  VectorF reference;
  for (const auto& [threads, width] : {std::pair{1, 70}, {1, 16}, {2, 16}, {4, 9}}) {
    set_thread_count(threads);
    nn::Learner learner(mlp, initial(mlp), nn::Learner::Target::kCopy);
    nn::Pass pass(mlp, kCols);
    for (int i = 0; i < 3; ++i) update(learner, pass, x, g, width, 0.1);
    if (reference.size() == 0) reference = learner.params();
    CHECK(learner.params() == reference);
  }
  set_thread_count(1);
}

TEST_CASE("a restored learner goes on as if nothing had happened", "[nn]") {
  const nn::Mlp mlp = network(nn::Activation::kTanh);
  const MatrixF x = random_matrix(27, kCols, 1), g = random_matrix(3, kCols, 2);
  nn::Learner one(mlp, initial(mlp), nn::Learner::Target::kCopy);
  nn::Learner other(mlp, VectorF::Zero(mlp.n_params()), nn::Learner::Target::kCopy);
  nn::Pass pass(mlp, kCols);
  update(one, pass, x, g, 32, 0.1);
  MemoryArchive saving;
  one.state(saving);
  MemoryArchive restoring(saving.content());
  other.state(restoring);
  for (nn::Learner* learner : {&one, &other}) update(*learner, pass, x, g, 32, 0.1);
  CHECK(one.params() == other.params());
  CHECK(one.target() == other.target());
}
