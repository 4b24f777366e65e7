#pragma once
// A network in double precision, written as plainly as possible.

#include <cmath>

#include "rlrun/nn/mlp.hpp"

namespace reference {

using namespace rlrun;

inline double activation(nn::Activation kind, double x) {
  switch (kind) {
    case nn::Activation::kTanh:
      return std::tanh(x);
    case nn::Activation::kRelu:
      return std::max(x, 0.0);
    case nn::Activation::kLeakyRelu:
      return x > 0 ? x : double{0.1F} * x;
    case nn::Activation::kIdentity:
      break;
  }
  return x;
}

/// Outputs of `shape` with the flat parameters of nn::Mlp.
inline Matrix forward(const nn::MlpShape& shape, const Vector& params, const Matrix& x,
                      const Matrix& late) {
  Matrix result(shape.outputs, x.cols());
  for (Index s = 0; s < x.cols(); ++s) {
    Vector value = x.col(s);
    Index at = 0;
    for (std::size_t l = 0; l <= shape.hidden.size(); ++l) {
      const bool last = l == shape.hidden.size();
      if (l == 1 && shape.late_inputs > 0) {
        Vector joined(value.size() + shape.late_inputs);
        joined << value, late.col(s);
        value = joined;
      }
      const Index rows = last ? shape.outputs : shape.hidden[l];
      Vector next(rows);
      for (Index i = 0; i < rows; ++i) {
        double sum = params(at + rows * value.size() + i);
        for (Index k = 0; k < value.size(); ++k) sum += params(at + k * rows + i) * value(k);
        next(i) = activation(last ? shape.output_activation : shape.hidden_activation, sum);
      }
      at += rows * (value.size() + 1);
      value = next;
    }
    if (shape.output_scale.size() > 0)
      value =
          shape.output_shift.cast<double>() + shape.output_scale.cast<double>().cwiseProduct(value);
    result.col(s) = value;
  }
  return result;
}

/// Central differences of a scalar function.
template <class F>
Vector gradient(const F& f, Vector x, double h = 1e-6) {
  Vector result(x.size());
  for (Index i = 0; i < x.size(); ++i) {
    const double here = x(i);
    x(i) = here + h;
    const double up = f(x);
    x(i) = here - h;
    const double down = f(x);
    x(i) = here;
    result(i) = (up - down) / (2 * h);
  }
  return result;
}

/// Largest difference, as a share of the largest entry.
template <class A, class B>
double distance(const A& a, const B& b) {
  return (a.template cast<double>() - b.template cast<double>()).cwiseAbs().maxCoeff() /
         (1e-30 + b.template cast<double>().cwiseAbs().maxCoeff());
}

}  // namespace reference
