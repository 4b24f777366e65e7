#pragma once
// The cart with a pole of both cart-pole tasks.

#include <vector>

#include "rlrun/params.hpp"

#include "task.hpp"

namespace rlrun::box2d {

/// Observation: x and velocity of the cart, angle (0 is upright, never wrapped) and angular
/// velocity of the pole. Action: a force along the cart. State: cart, then pole.
class CartPole : public Task, public ModelAccess {
 public:
  struct Params {
    std::int64_t horizon = 500;
    double force_limit = 10;
    double pole_length = 1;
    double track_height = -0.1;

    void fields(Fields& f);
  };

  void observe(VectorOut observation) const final;

  [[nodiscard]] std::vector<Quantity> quantities() const final;
  void set_quantities(VectorIn values) final;

 protected:
  /// `limit` is the |x| that ends an episode, drawn as a mark.
  CartPole(const Params& params, float limit);

  void place(double x, double velocity, double angle, double angular_velocity);
  [[nodiscard]] double x() const { return cart_->GetPosition().x; }
  [[nodiscard]] double angle() const { return pole_->GetAngle(); }

 private:
  void build(b2World& world) final;
  void actuate(double force) final;

  Params params_;
  b2Body *cart_ = nullptr, *pole_ = nullptr;
};

}  // namespace rlrun::box2d
