#include "rlrun/nn/network.hpp"

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"
#include "rlrun/nn/mlp.hpp"

#include "libcore/nn/network_contract.hpp"

using namespace rlrun;

namespace {

contracts::Subject subject_of(const nn::MlpShape& shape) {
  return {"mlp", std::make_shared<nn::Mlp>(shape),
          [shape](const Vector& params, const Matrix& columns, const Vector&) {
            return reference::forward(shape, params, columns, Matrix());
          }};
}

}  // namespace

TEST_CASE("an Mlp keeps the contract of networks", "[nn]") {
  nn::MlpShape shape = nn::mlp_shape(5, {17, 9}, 3, "tanh");
  contracts::check_network(subject_of(shape));
  shape.output_activation = nn::Activation::kTanh;
  shape.output_scale = VectorF{{2.0F, 0.5F, 1.0F}};
  shape.output_shift = VectorF{{-1.0F, 3.0F, 0.0F}};
  contracts::check_network(subject_of(shape));
  contracts::check_network(subject_of(nn::mlp_shape(4, {}, 2, "tanh")));
}

TEST_CASE("an Mlp's initial weights are those of the functions beside it", "[nn]") {
  const nn::Mlp mlp(nn::mlp_shape(5, {17, 9}, 3, "tanh"));
  const nn::Network& network = mlp;
  VectorF expected(mlp.n_params()), params(mlp.n_params());
  nn::init_glorot_uniform(mlp, expected, Rng(4));
  network.initialize(params, nn::Init::kGlorot, 0.01F, Rng(4));
  CHECK(params == expected);
  nn::init_orthogonal(mlp, expected, Rng(4), std::sqrt(2.0F), 0.01F);
  network.initialize(params, nn::Init::kOrthogonal, 0.01F, Rng(4));
  CHECK(params == expected);
  CHECK(nn::init_named("orthogonal") == nn::Init::kOrthogonal);
  CHECK_THROWS_WITH(nn::init_named("glorto"),
                    "unknown initial weights 'glorto'; known: glorot orthogonal");
}

TEST_CASE("steps know their sequences", "[nn]") {
  const MatrixF x(2, 9);
  const nn::Steps apart = x;
  CHECK(apart.sequences() == 9);
  CHECK(apart.first(4) == 4);
  CHECK(apart.length(8) == 1);
  const std::vector<Index> starts = {0, 4, 5};
  const nn::Steps steps{x, starts};
  CHECK(steps.sequences() == 3);
  CHECK(steps.length(0) == 4);
  CHECK(steps.length(1) == 1);
  CHECK(steps.length(2) == 4);
  const nn::Steps block = x.middleCols(2, 3);
  CHECK(block.columns.data() == x.col(2).data());
}
