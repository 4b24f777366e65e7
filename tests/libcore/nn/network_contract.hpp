#pragma once
// What every network promises (rlrun/nn/network.hpp). Include it in one file of a program: it
// counts allocations.

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "rlrun/nn/network.hpp"

#include "libcore/nn/reference_mlp.hpp"
#include "support/allocations.hpp"

namespace contracts {

using namespace rlrun;
using reference::distance;

inline MatrixF normal_matrix(Index rows, Index cols, Rng rng) {
  MatrixF m(rows, cols);
  for (Index j = 0; j < cols; ++j) rng.fill_normal(m.col(j));
  return m;
}

/// A network and its formula in double precision for one sequence: outputs (outputs, T) for
/// parameters, columns (inputs, T) and the memory before them, (memory_size).
struct Subject {
  std::string name;
  std::shared_ptr<const nn::Network> network;
  std::function<Matrix(const Vector& params, const Matrix& columns, Vector memory)> formula;
  float spread = 0.4F;  ///< Standard deviation of the parameters.
};

/// Sequences of given lengths, or columns that do not meet.
struct Sequences {
  const Subject& subject;
  VectorF params;
  MatrixF x, memory;
  std::vector<Index> starts;

  Sequences(const Subject& s, const std::vector<Index>& lengths, bool remembered,
            std::uint64_t seed = 1)
      : subject(s) {
    Index n = 0;
    for (const Index length : lengths) {
      starts.push_back(n);
      n += length;
    }
    draw(n, remembered ? static_cast<Index>(lengths.size()) : 0, seed);
  }
  Sequences(const Subject& s, Index n, bool remembered, std::uint64_t seed = 1) : subject(s) {
    draw(n, remembered ? n : 0, seed);
  }
  void draw(Index n, Index memories, std::uint64_t seed) {
    const Rng rng(seed);
    params = subject.spread * normal_matrix(net().n_params(), 1, rng.fork("params"));
    x = normal_matrix(net().inputs(), n, rng.fork("x"));
    memory = 0.5F * normal_matrix(net().memory_size(), memories, rng.fork("memory"));
  }

  [[nodiscard]] const nn::Network& net() const { return *subject.network; }
  [[nodiscard]] nn::Steps steps() const { return {x, starts, memory}; }
  [[nodiscard]] VectorF memory_before(Index s) const {
    return memory.cols() > 0 ? VectorF(memory.col(s)) : VectorF::Zero(net().memory_size());
  }
  [[nodiscard]] Matrix formula(const Vector& p, const Matrix& columns) const {
    Matrix out(net().outputs(), columns.cols());
    const nn::Steps all = steps();
    for (Index s = 0; s < all.sequences(); ++s)
      out.middleCols(all.first(s), all.length(s)) = subject.formula(
          p, columns.middleCols(all.first(s), all.length(s)), memory_before(s).cast<double>());
    return out;
  }
};

inline std::vector<Sequences> sequences_of(const Subject& subject) {
  std::vector<Sequences> all;
  for (const bool remembered : {false, true}) {
    all.emplace_back(subject, Index{1}, remembered);
    all.emplace_back(subject, Index{6}, remembered);
    all.emplace_back(subject, std::vector<Index>{9}, remembered);
    all.emplace_back(subject, std::vector<Index>{3, 1, 7, 7, 1, 4}, remembered);
  }
  return all;
}

inline void check_values(const Subject& subject) {
  for (const Sequences& e : sequences_of(subject)) {
    const auto tape = e.net().tape();
    const MatrixF out = e.net().forward(e.params, e.steps(), *tape);
    CHECK(distance(out, e.formula(e.params.cast<double>(), e.x.cast<double>())) < 1e-5);
  }
}

/// Alone, side by side, and step by step in companies of any size.
inline void check_company(const Subject& subject) {
  for (const Sequences& e : sequences_of(subject)) {
    const nn::Network& net = e.net();
    const auto tape = net.tape(), other = net.tape();
    const MatrixF together = net.forward(e.params, e.steps(), *tape);
    const MatrixF after = net.memory_after(*tape);
    const nn::Steps all = e.steps();
    for (Index s = 0; s < all.sequences(); ++s) {
      const Index first = all.first(s), length = all.length(s);
      const std::vector<Index> start = {0};
      const auto own = e.x.middleCols(first, length);
      const MatrixF before = e.memory_before(s);
      CHECK(MatrixF(net.forward(e.params, {own, start, before}, *other)) ==
            together.middleCols(first, length));
      if (net.memory_size() > 0) CHECK(MatrixF(net.memory_after(*other)) == after.col(s));
    }
    // All that still run take each step together, with as many strangers as `extra`.
    for (const Index extra : {0, 3, 70}) {
      Workspace workspace;
      MatrixF memory = MatrixF::Zero(net.memory_size(), all.sequences());
      if (e.memory.cols() > 0) memory = e.memory;
      for (Index t = 0;; ++t) {
        std::vector<Index> running;
        for (Index s = 0; s < all.sequences(); ++s)
          if (all.length(s) > t) running.push_back(s);
        if (running.empty()) break;
        const auto n = static_cast<Index>(running.size());
        MatrixF x = normal_matrix(net.inputs(), n + extra, Rng(7));
        MatrixF m = normal_matrix(net.memory_size(), n + extra, Rng(8));
        MatrixF out(net.outputs(), n + extra);
        for (Index i = 0; i < n; ++i) {
          x.col(i) = e.x.col(all.first(running[std::size_t(i)]) + t);
          m.col(i) = memory.col(running[std::size_t(i)]);
        }
        net.infer(e.params, x, m, out, workspace);
        for (Index i = 0; i < n; ++i) {
          CHECK(out.col(i) == together.col(all.first(running[std::size_t(i)]) + t));
          memory.col(running[std::size_t(i)]) = m.col(i);
        }
      }
      if (net.memory_size() > 0) CHECK(memory == after);
    }
  }
}

/// A sequence that is cut anywhere goes on as if it had not been.
inline void check_cuts(const Subject& subject) {
  const Sequences e(subject, {7, 4}, true);
  const nn::Network& net = e.net();
  const auto tape = net.tape();
  const MatrixF whole = net.forward(e.params, e.steps(), *tape);
  const MatrixF end = net.memory_after(*tape);
  const Index cut = 3;
  MatrixF left(net.inputs(), 2 * cut), right(net.inputs(), 11 - 2 * cut);
  left << e.x.leftCols(cut), e.x.middleCols(7, cut);
  right << e.x.middleCols(cut, 7 - cut), e.x.rightCols(4 - cut);
  const std::vector<Index> left_starts = {0, cut}, right_starts = {0, 7 - cut};
  const MatrixF first = net.forward(e.params, {left, left_starts, e.memory}, *tape);
  const MatrixF between = net.memory_after(*tape);
  const MatrixF second = net.forward(e.params, {right, right_starts, between}, *tape);
  CHECK(first.leftCols(cut) == whole.leftCols(cut));
  CHECK(first.rightCols(cut) == whole.middleCols(7, cut));
  CHECK(second.leftCols(7 - cut) == whole.middleCols(cut, 7 - cut));
  CHECK(second.rightCols(4 - cut) == whole.rightCols(4 - cut));
  CHECK(MatrixF(net.memory_after(*tape)) == end);
}

/// Some entries of a gradient, spread over all of it, against central differences.
template <class F>
void check_some(const VectorF& gradient, Vector at, const F& f) {
  constexpr Index kMost = 60;
  constexpr double kStep = 1e-6;
  const double scale = gradient.cast<double>().cwiseAbs().maxCoeff();
  for (Index i = 0; i < at.size(); i += 1 + at.size() / kMost) {
    const double here = at(i);
    at(i) = here + kStep;
    const double up = f(at);
    at(i) = here - kStep;
    const double down = f(at);
    at(i) = here;
    CHECK(double{gradient(i)} == Approx((up - down) / (2 * kStep)).margin(2e-5 * scale));
  }
}

inline void check_derivatives(const Subject& subject) {
  for (const Sequences& e : sequences_of(subject)) {
    const nn::Network& net = e.net();
    const Index n = e.x.cols();
    const Vector params = e.params.cast<double>();
    const Matrix x = e.x.cast<double>();
    const MatrixF g = normal_matrix(net.outputs(), n, Rng(2));
    const auto loss = [&](const Vector& p, const Matrix& columns) {
      return e.formula(p, columns).cwiseProduct(g.cast<double>()).sum();
    };

    const auto tape = net.tape();
    (void)net.forward(e.params, e.steps(), *tape);
    VectorF grad = VectorF::Zero(params.size()), no_grad;
    MatrixF grad_x = MatrixF::Constant(net.inputs(), n, 5), no_x;
    net.backward(e.params, *tape, g, grad, grad_x);
    check_some(grad, params, [&](const Vector& p) { return loss(p, x); });
    check_some(grad_x.reshaped(), x.reshaped(),
               [&](const Vector& v) { return loss(params, v.reshaped(x.rows(), n)); });

    // It adds to what is there; either part is optional, and the same without the other.
    VectorF twice = grad;
    net.backward(e.params, *tape, g, twice, no_x);
    CHECK(distance(twice, VectorF(2 * grad)) < 1e-6);
    MatrixF alone = MatrixF::Zero(net.inputs(), n);
    net.backward(e.params, *tape, g, no_grad, alone);
    CHECK(alone == grad_x);

    const VectorF v = normal_matrix(params.size(), 1, Rng(3));
    const MatrixF vx = normal_matrix(net.inputs(), n, Rng(4));
    const Vector d = v.cast<double>();
    const Matrix dx = vx.cast<double>();
    const double h = 1e-6;
    const auto slope = [&](const Vector& along, const Matrix& along_x) {
      return Matrix((e.formula(params + h * along, x + h * along_x) -
                     e.formula(params - h * along, x - h * along_x)) /
                    (2 * h));
    };
    MatrixF jv(net.outputs(), n), jv_params(net.outputs(), n);
    net.jvp(e.params, v, vx, *tape, jv);
    CHECK(distance(jv, slope(d, dx)) < 2e-5);
    net.jvp(e.params, v, no_x, *tape, jv_params);
    CHECK(distance(jv_params, slope(d, Matrix::Zero(x.rows(), n))) < 2e-5);

    // <g, J v> = <J^T g, v>
    const double left = jv.cast<double>().cwiseProduct(g.cast<double>()).sum();
    const double right = grad.cast<double>().dot(d) + grad_x.cast<double>().cwiseProduct(dx).sum();
    CHECK(right == Approx(left).margin(1e-5 * jv.norm() * g.norm()));
  }
}

/// A tape that has seen its widest pass takes nothing from the heap, whatever the lengths.
inline void check_allocations(const Subject& subject) {
  const Sequences wide(subject, {9, 30, 100, 1}, true), even(subject, {35, 35, 35, 35}, true);
  const Sequences narrow(subject, {2, 5}, true), apart(subject, 140, false);
  const nn::Network& net = wide.net();
  const auto tape = net.tape();
  Workspace workspace;
  VectorF grad = VectorF::Zero(net.n_params());
  MatrixF grad_x(net.inputs(), 140), out(net.outputs(), 140), memory(net.memory_size(), 140);
  const MatrixF g = normal_matrix(net.outputs(), 140, Rng(2));
  memory.setZero();
  const auto pass = [&](const Sequences& e) {
    const Index n = e.x.cols();
    (void)net.forward(e.params, e.steps(), *tape);
    net.backward(e.params, *tape, g.leftCols(n), grad, grad_x.leftCols(n));
    net.jvp(e.params, grad, grad_x.leftCols(n), *tape, out.leftCols(n));
    net.infer(e.params, e.x, memory.leftCols(n), out.leftCols(n), workspace);
  };
  // The widest in columns, in sequences and in steps.
  pass(apart);
  pass(wide);
  pass(even);
  for (const Sequences* e : {&apart, &wide, &even, &narrow})
    CHECK(support::count_allocations([&] { pass(*e); }) == 0);
}

inline void check_network(const Subject& subject) {
  INFO(subject.name);
  check_values(subject);
  check_company(subject);
  check_cuts(subject);
  check_derivatives(subject);
  check_allocations(subject);
}

}  // namespace contracts
