#include <cmath>
#include <cstring>
#include <vector>

#include <catch2/catch.hpp>

#include "rlrun/rng.hpp"

#include "nn/kernel_tiles.hpp"

using namespace rlrun;
using namespace rlrun::nn;
using kernel::Finish;
using kernel::kLanes;
using kernel::padded;

namespace {

MatrixF random_matrix(Rng& rng, Index rows, Index cols) {
  MatrixF m(rows, cols);
  for (float& x : m.reshaped()) x = static_cast<float>(rng.normal());
  return m;
}

// Every loop that this machine can run, with a name for messages.
std::vector<std::pair<std::string, const kernel::Tiles*>> all_tiles() {
  std::vector<std::pair<std::string, const kernel::Tiles*>> all = {
      {"plain", &kernel::kPlainTiles}, {"those in use", &kernel::tiles()}};
  if (kernel::wide_tiles() != nullptr) all.emplace_back("wide", kernel::wide_tiles());
  return all;
}

// The definition: one chain of fused multiply-adds for each entry.
MatrixF chains(const MatrixF& a, const MatrixF& b, const MatrixF& init) {
  MatrixF c = init;
  for (Index j = 0; j < b.cols(); ++j)
    for (Index k = 0; k < b.rows(); ++k)
      for (Index i = 0; i < a.rows(); ++i) c(i, j) = std::fma(a(i, k), b(k, j), c(i, j));
  return c;
}

bool same_bits(const MatrixF& a, const MatrixF& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::memcmp(a.data(), b.data(), sizeof(float) * std::size_t(a.size())) == 0;
}

}  // namespace

TEST_CASE("an entry of a product is one chain of multiply-adds, whatever the registers") {
  Rng rng(1);
  // Rows below, at and beyond whole registers of every width; more than one block of the depth.
  for (const Index rows : {8, 16, 24, 40, 56, 64, 104, 136, 256})
    for (const Index cols : {1, 2, 3, 4, 5, 8, 9, 17, 64})
      for (const Index depth : {1, 17, 300}) {
        const MatrixF a = random_matrix(rng, rows, depth), b = random_matrix(rng, depth, cols);
        const MatrixF init = random_matrix(rng, rows, cols);
        const MatrixF expected = chains(a, b, init);
        for (const auto& [name, tiles] : all_tiles()) {
          INFO(name << ", " << rows << " x " << depth << " x " << cols);
          MatrixF c = MatrixF::Zero(rows, cols);
          kernel::product(*tiles, {.data = a.data(), .ld = rows}, {.data = b.data(), .ld = depth},
                          rows, depth, cols, init.data(), rows, c.data(), rows, {});
          CHECK(same_bits(c, expected));
        }
        std::vector<float> storage(std::size_t(rows * depth));
        MatrixF c = MatrixF::Zero(rows, cols);
        kernel::product(kernel::pack(a.data(), rows, rows, depth, storage.data()),
                        {.data = b.data(), .ld = depth}, rows, depth, cols, init.data(), rows,
                        c.data(), rows);
        CHECK(same_bits(c, expected));
        const MatrixF transposed = a.transpose();
        kernel::product(
            kernel::pack_transposed(transposed.data(), depth, rows, depth, storage.data()),
            {.data = b.data(), .ld = depth}, rows, depth, cols, init.data(), rows, c.data(), rows);
        CHECK(same_bits(c, expected));
      }
}

TEST_CASE("panels cover the rows once, and columns can be packed apart") {
  Rng rng(2);
  for (Index rows = 1; rows <= 300; rows += 7) {
    Index covered = 0;
    for (Index i = 0; i < kernel::panels(rows); ++i) {
      CHECK(kernel::panel(rows, i).first == covered);
      CHECK(kernel::panel(rows, i).height > 0);
      covered += kernel::panel(rows, i).height;
    }
    CHECK(covered == padded(rows));

    constexpr Index kDepth = 11, kSplit = 4;
    const MatrixF w = random_matrix(rng, rows, kDepth);
    std::vector<float> whole(std::size_t(padded(rows) * kDepth)), parts(whole.size(), 1.0F);
    kernel::pack(w.data(), rows, rows, kDepth, whole.data());
    kernel::pack_columns(w.data(), rows, rows, kDepth, kSplit, kDepth - kSplit, parts.data());
    kernel::pack_columns(w.data(), rows, rows, kDepth, 0, kSplit, parts.data());
    CHECK(whole == parts);
  }
}

TEST_CASE("activations and their slopes have the same bits in all registers") {
  using Kind = Finish::Kind;
  Rng rng(3);
  constexpr Index kRows = 24, kCols = 50;
  MatrixF x = 4 * random_matrix(rng, kRows, kCols);
  x(0, 0) = 0;
  x(1, 0) = -0.0F;
  x(2, 0) = 1e-30F;
  x(3, 0) = 100;
  x(4, 0) = -100;
  x(5, 0) = std::numeric_limits<float>::infinity();
  x(6, 0) = std::numeric_limits<float>::quiet_NaN();
  const MatrixF y = random_matrix(rng, kRows, kCols);
  for (const Kind kind :
       {Kind::kNone, Kind::kTanh, Kind::kSigmoid, Kind::kRelu, Kind::kLeakyRelu,
        Kind::kTimesTanhSlope, Kind::kTimesReluSlope, Kind::kTimesLeakyReluSlope}) {
    MatrixF expected = x;
    kernel::kPlainTiles.apply({.kind = kind, .y = y.data(), .ld = kRows}, expected.data(), kRows,
                              kRows, kCols);
    for (const auto& [name, tiles] : all_tiles()) {
      INFO(name << ", kind " << int(kind));
      MatrixF c = x;
      tiles->apply({.kind = kind, .y = y.data(), .ld = kRows}, c.data(), kRows, kRows, kCols);
      CHECK(same_bits(c, expected));
    }
    if (kind != Kind::kTimesReluSlope) CHECK(std::isnan(expected(6, 0)));
    for (Index i = 0; i < kRows; ++i) {
      if (i == 6 || std::isinf(x(i, 0))) continue;
      const float v = x(i, 1), slope = y(i, 1);
      const float wanted = kind == Kind::kTanh                  ? std::tanh(v)
                           : kind == Kind::kSigmoid             ? 1 / (1 + std::exp(-v))
                           : kind == Kind::kRelu                ? std::max(v, 0.0F)
                           : kind == Kind::kLeakyRelu           ? std::max(v, 0.1F * v)
                           : kind == Kind::kTimesTanhSlope      ? v * (1 - slope * slope)
                           : kind == Kind::kTimesReluSlope      ? (slope > 0 ? v : 0)
                           : kind == Kind::kTimesLeakyReluSlope ? (slope > 0 ? v : 0.1F * v)
                                                                : v;
      CHECK(expected(i, 1) == Approx(wanted).epsilon(1e-5).margin(1e-6));
    }
  }
}
