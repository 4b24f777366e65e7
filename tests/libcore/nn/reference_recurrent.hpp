#pragma once
// Recurrent layers in double precision, written as plainly as possible. Outputs (units, T) for the
// columns (inputs, T) of one sequence and the memory before it.

#include <cmath>

#include "rlrun/types.hpp"

namespace reference {

using namespace rlrun;

inline Vector sigmoid(const Vector& x) {
  return x.unaryExpr([](double v) { return 1 / (1 + std::exp(-v)); });
}
inline Vector tanh(const Vector& x) {
  return x.unaryExpr([](double v) { return std::tanh(v); });
}

inline Matrix lstm(Index inputs, Index units, const Vector& params, const Matrix& x,
                   Vector memory) {
  const Index rows = 4 * units;
  const Eigen::Map<const Matrix> w(params.data(), rows, inputs + units);
  const Vector b = params.tail(rows);
  Matrix out(units, x.cols());
  for (Index t = 0; t < x.cols(); ++t) {
    const Vector c = memory.tail(units);
    const Vector z = w.leftCols(inputs) * x.col(t) + w.rightCols(units) * memory.head(units) + b;
    const Vector i = sigmoid(z.head(units)), f = sigmoid(z.segment(units, units));
    const Vector o = sigmoid(z.segment(2 * units, units)), g = tanh(z.tail(units));
    const Vector next = f.cwiseProduct(c) + i.cwiseProduct(g);
    memory.tail(units) = next;
    memory.head(units) = o.cwiseProduct(tanh(next));
    out.col(t) = memory.head(units);
  }
  return out;
}

inline Matrix gru(Index inputs, Index units, const Vector& params, const Matrix& x, Vector h) {
  const Index rows = 3 * units;
  const Eigen::Map<const Matrix> w(params.data(), rows, inputs + units);
  const Vector b = params.tail(rows);
  Matrix out(units, x.cols());
  for (Index t = 0; t < x.cols(); ++t) {
    const Vector zx = w.leftCols(inputs) * x.col(t) + b;
    const Matrix wh = w.rightCols(units);
    const Vector r = sigmoid(zx.head(units) + wh.topRows(units) * h);
    const Vector z = sigmoid(zx.segment(units, units) + wh.middleRows(units, units) * h);
    const Vector g = tanh(zx.tail(units) + wh.bottomRows(units) * r.cwiseProduct(h));
    h = z.cwiseProduct(h) + g - z.cwiseProduct(g);
    out.col(t) = h;
  }
  return out;
}

}  // namespace reference
