#pragma once
// Linear systems known only by their products.

#include "rlrun/types.hpp"

namespace rlrun {

/// The inner product of two vectors of any scalar, accumulated in double.
template <class A, class B>
[[nodiscard]] double inner_product(const Eigen::MatrixBase<A>& a, const Eigen::MatrixBase<B>& b) {
  return a.template cast<double>().dot(b.template cast<double>());
}

/// Approximately solves A x = b for a symmetric positive definite A (Hestenes and Stiefel 1952).
/// `product(v)` returns A v. Starts at 0; stops after `iterations` products or when the squared
/// norm of the residual falls below `tolerance`. Products may be of float: the step lengths are
/// computed in double.
template <class Product, class V>
[[nodiscard]] typename V::PlainObject conjugate_gradient(Product&& product,
                                                         const Eigen::MatrixBase<V>& b,
                                                         Index iterations,
                                                         double tolerance = 1e-10) {
  using Plain = typename V::PlainObject;
  using Scalar = typename V::Scalar;
  Plain x = Plain::Zero(b.size()), residual = b, direction = b;
  double squared = inner_product(residual, residual);
  for (Index i = 0; i < iterations && squared >= tolerance; ++i) {
    const Plain image = product(direction);
    const double curvature = inner_product(direction, image);
    // Rounding made the matrix indefinite along this direction: what is solved so far stands.
    if (!(curvature > 0)) break;
    const double step = squared / curvature;
    x += static_cast<Scalar>(step) * direction;
    residual -= static_cast<Scalar>(step) * image;
    const double next = inner_product(residual, residual);
    direction = residual + static_cast<Scalar>(next / squared) * direction;
    squared = next;
  }
  return x;
}

}  // namespace rlrun
