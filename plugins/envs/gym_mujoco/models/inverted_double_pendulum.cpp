#include "models/gym_models.hpp"

namespace rlrun::gym {

// Gravity leans a little, so that exactly upright is no equilibrium.
const char* const kInvertedDoublePendulumModel = R"(
<mujoco model="inverted_double_pendulum">
  <compiler inertiafromgeom="true"/>
  <option timestep="0.01" integrator="RK4" gravity="1e-5 0 -9.81">
    <flag contact="disable"/>
  </option>
  $visuals
  <default>
    <geom type="capsule" contype="0" friction="1 0.1 0.1" material="robot"/>
    <joint type="hinge" axis="0 1 0" damping="0.05"/>
  </default>
  <worldbody>
    <light directional="true" pos="0 0 10" dir="0.1 0.3 -1" diffuse="0.6 0.6 0.6"/>
    <geom name="floor" type="plane" pos="0 0 -3" size="40 40 40" material="floor"/>
    <geom name="rail" quat="0.707 0 0.707 0" size="0.02 1" material="floor"/>
    <body name="cart">
      <joint name="slide" type="slide" axis="1 0 0" limited="true" range="-1 1" margin="0.01"/>
      <geom name="cart" quat="0.707 0 0.707 0" size="0.1 0.1" material="other"/>
      <body name="lower_pole">
        <joint name="lower_hinge"/>
        <geom fromto="0 0 0 0 0 0.6" size="0.045 0.3"/>
        <body name="upper_pole" pos="0 0 0.6">
          <joint name="upper_hinge"/>
          <geom fromto="0 0 0 0 0 0.6" size="0.045 0.3" material="other"/>
          <site name="tip" pos="0 0 0.6" size="0.01"/>
        </body>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor joint="slide" gear="500" ctrllimited="true" ctrlrange="-1 1"/>
  </actuator>
</mujoco>
)";

}  // namespace rlrun::gym
