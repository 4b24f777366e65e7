#include "rlrun/plugin.hpp"

#include "acrobot.hpp"
#include "cartpole.hpp"
#include "mountain_car.hpp"
#include "pendulum.hpp"

namespace rlrun::gym {
namespace {

constexpr const char* kReference = "Gymnasium 1.x, gymnasium.farama.org";

void register_tasks(Registry& registry) {
  registry.add(env<CartPole>("gym/CartPole-v1", "Balance a pole on a cart by pushes", kReference));
  registry.add(env<Acrobot>("gym/Acrobot-v1", "Swing two links up with one torque", kReference));
  registry.add(env<Pendulum>("gym/Pendulum-v1", "Swing a pole up and hold it", kReference));
  registry.add(env<MountainCar>("gym/MountainCar-v0", "Drive an underpowered car out of a valley",
                                kReference));
  registry.add(env<MountainCarContinuous>("gym/MountainCarContinuous-v0",
                                          "The same with a force that costs", kReference));
}

}  // namespace
}  // namespace rlrun::gym

RLRUN_PLUGIN("gym_classic", "1.0.0",
             "env:gym/CartPole-v1 env:gym/Acrobot-v1 env:gym/Pendulum-v1 env:gym/MountainCar-v0 "
             "env:gym/MountainCarContinuous-v0",
             rlrun::gym::register_tasks)
