#include "models/gym_models.hpp"

namespace rlrun::gym {

const char* const kInvertedPendulumModel = R"(
<mujoco model="inverted_pendulum">
  <compiler inertiafromgeom="true"/>
  <option timestep="0.02" integrator="RK4" gravity="0 0 -9.81">
    <flag contact="disable"/>
  </option>
  $visuals
  <default>
    <geom type="capsule" contype="0" friction="1 0.1 0.1" material="robot"/>
    <joint limited="true" damping="1" armature="0"/>
  </default>
  <worldbody>
    <light directional="true" pos="0 0 10" dir="0.1 0.3 -1" diffuse="0.6 0.6 0.6"/>
    <geom name="rail" quat="0.707 0 0.707 0" size="0.02 1" material="floor"/>
    <body name="cart">
      <joint name="slide" type="slide" axis="1 0 0" range="-1 1"/>
      <geom name="cart" quat="0.707 0 0.707 0" size="0.1 0.1" material="other"/>
      <body name="pole">
        <joint name="hinge" type="hinge" axis="0 1 0" range="-90 90"/>
        <geom name="pole" fromto="0 0 0 0.001 0 0.6" size="0.049 0.3"/>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor joint="slide" gear="100" ctrllimited="true" ctrlrange="-3 3"/>
  </actuator>
</mujoco>
)";

}  // namespace rlrun::gym
