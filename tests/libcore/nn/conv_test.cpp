#include "rlrun/nn/conv.hpp"

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"
#include "rlrun/nn/lstm.hpp"
#include "rlrun/nn/stack.hpp"

#include "libcore/nn/network_contract.hpp"
#include "libcore/nn/reference_recurrent.hpp"

using namespace rlrun;

namespace {

// Entry (channel, y, x) of the pictures inside; columns are (channels, height, width).
Matrix formula(const nn::ConvShape& shape, const Vector& params, const Matrix& columns) {
  Matrix result;
  for (Index j = 0; j < columns.cols(); ++j) {
    Index channels = shape.channels, height = shape.height, width = shape.width, at = 0;
    std::vector<Matrix> picture;  // (height, width) of each channel
    for (Index c = 0; c < channels; ++c)
      picture.emplace_back(double{shape.scale} * columns.col(j)
                                                     .segment(c * height * width, height * width)
                                                     .reshaped(width, height)
                                                     .transpose());
    for (const nn::ConvLayer& layer : shape.layers) {
      const Index k = layer.kernel, s = layer.stride;
      const Index h = (height - k) / s + 1, w = (width - k) / s + 1;
      std::vector<Matrix> next;
      for (Index o = 0; o < layer.channels; ++o) {
        Matrix sum(h, w);
        for (Index y = 0; y < h; ++y)
          for (Index x = 0; x < w; ++x) {
            sum(y, x) = params(at + layer.channels * k * k * channels + o);
            for (Index ky = 0; ky < k; ++ky)
              for (Index kx = 0; kx < k; ++kx)
                for (Index c = 0; c < channels; ++c)
                  sum(y, x) += params(at + ((ky * k + kx) * channels + c) * layer.channels + o) *
                               picture[std::size_t(c)](y * s + ky, x * s + kx);
            sum(y, x) = reference::activation(shape.activation, sum(y, x));
          }
        next.push_back(sum);
      }
      at += layer.channels * (k * k * channels + 1);
      picture = next;
      channels = layer.channels;
      height = h;
      width = w;
    }
    Vector out(channels * height * width);
    for (Index y = 0; y < height; ++y)
      for (Index x = 0; x < width; ++x)
        for (Index c = 0; c < channels; ++c)
          out((y * width + x) * channels + c) = picture[std::size_t(c)](y, x);
    if (result.size() == 0) result.resize(out.size(), columns.cols());
    result.col(j) = out;
  }
  return result;
}

contracts::Subject subject_of(const nn::ConvShape& shape) {
  return {"convolutions", std::make_shared<nn::Conv>(shape),
          [shape](const Vector& params, const Matrix& columns, const Vector&) {
            return formula(shape, params, columns);
          }};
}

}  // namespace

TEST_CASE("convolutions keep the contract of networks", "[nn]") {
  using enum nn::Activation;
  // Channels that fill registers and that do not; strides that leave pixels out; rectangles.
  contracts::check_network(subject_of({.channels = 4,
                                       .height = 9,
                                       .width = 8,
                                       .layers = {{8, 4, 2}, {5, 2, 1}},
                                       .activation = kTanh,
                                       .scale = 0.5F}));
  contracts::check_network(subject_of({.channels = 2,
                                       .height = 6,
                                       .width = 9,
                                       .layers = {{3, 3, 2}, {8, 2, 1}},
                                       .activation = kTanh}));
  contracts::check_network(
      subject_of({.channels = 1, .height = 5, .width = 5, .layers = {{9, 3, 1}}}));
  contracts::check_network(subject_of(
      {.channels = 3, .height = 4, .width = 3, .layers = {{6, 1, 1}, {7, 3, 1}}, .scale = 2}));
}

TEST_CASE("Nature's and the small convolutions are those of the formula", "[nn]") {
  const nn::Conv nature(
      {.channels = 4, .height = 84, .width = 84, .layers = nn::conv_layers_named("nature")});
  CHECK(nature.inputs() == 28224);
  CHECK(nature.outputs() == 3136);
  CHECK(nature.n_params() == 32 * (256 + 1) + 64 * (512 + 1) + 64 * (576 + 1));
  nn::ConvShape shape{.channels = 4,
                      .height = 84,
                      .width = 84,
                      .layers = nn::conv_layers_named("nature"),
                      .scale = 1 / 255.0F};
  for (const bool small : {false, true}) {
    if (small)
      shape = {.channels = 6, .height = 10, .width = 10, .layers = nn::conv_layers_named("small")};
    const nn::Conv network(shape);
    VectorF params(network.n_params());
    network.initialize(params, nn::Init::kOrthogonal, std::sqrt(2.0F), Rng(1));
    MatrixF x = contracts::normal_matrix(network.inputs(), 5, Rng(2));
    if (!small) x = (100 * x).array().abs().min(255).round();
    const auto tape = network.tape();
    CHECK(reference::distance(network.forward(params, x, *tape),
                              formula(shape, params.cast<double>(), x.cast<double>())) < 1e-5);
  }
}

TEST_CASE("convolutions, an LSTM and a dense layer keep the contract of networks", "[nn]") {
  const nn::ConvShape shape{.channels = 2,
                            .height = 5,
                            .width = 5,
                            .layers = {{3, 3, 1}},
                            .activation = nn::Activation::kTanh};
  const nn::MlpShape head = nn::mlp_shape(4, {}, 2, "tanh");
  const auto conv = std::make_shared<nn::Conv>(shape);
  const auto lstm = std::make_shared<nn::Lstm>(nn::LstmShape{.inputs = 27, .units = 4});
  const auto dense = std::make_shared<nn::Mlp>(head);
  const Index n = conv->n_params(), m = lstm->n_params();
  contracts::check_network({"stack", nn::stack({conv, lstm, dense}),
                            [=](const Vector& params, const Matrix& x, const Vector& memory) {
                              const Matrix seen = formula(shape, params.head(n), x);
                              const Matrix h =
                                  reference::lstm(27, 4, params.segment(n, m), seen, memory);
                              return reference::forward(head, params.tail(10), h, Matrix());
                            }});
}

TEST_CASE("a kernel larger than its picture is refused", "[nn]") {
  CHECK_THROWS_WITH(
      nn::Conv(
          {.channels = 1, .height = 10, .width = 10, .layers = nn::conv_layers_named("nature")}),
      "a convolution of 4 x 4 does not fit into a picture of 1 x 1");
  CHECK_THROWS_WITH(nn::conv_layers_named("naure"),
                    "unknown convolutions 'naure'; known: nature small");
}
