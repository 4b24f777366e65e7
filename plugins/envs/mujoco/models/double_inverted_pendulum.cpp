#include "models/models.hpp"

namespace rlrun::mujoco {

// Floor and rail are pictures: nothing collides here. The tiny gravity along x is as published.
const char* const kDoubleInvertedPendulumModel = R"(
<mujoco model="double_inverted_pendulum">
  <compiler inertiafromgeom="$inertiafromgeom" angle="degree"/>
  <option timestep="0.01" integrator="RK4" gravity="1e-5 0 -9.81">
    <flag contact="disable"/>
  </option>
  $visuals
  <default>
    <geom contype="0" conaffinity="0" density="1000" material="robot"/>
    <joint damping="0.05" armature="0" stiffness="0"/>
  </default>
  <worldbody>
    <light directional="true" pos="0 0 10" dir="0.1 0.3 -1" diffuse="0.6 0.6 0.6"/>
    <geom name="floor" type="plane" pos="0 0 -1.5" size="40 40 1" material="floor"/>
    <geom name="rail" type="capsule" fromto="-12 0 0 12 0 0" size="0.02" material="other"/>
    <body name="cart" pos="0 0 0">
      <inertial pos="0 0 0" mass="9.424777961" diaginertia="0.0471238898 0.09424777961 0.09424777961"/>
      <joint name="slider" type="slide" axis="1 0 0" pos="0 0 0" limited="true" range="-10 10" margin="0.01"/>
      <geom name="cart" type="capsule" fromto="-0.1 0 0 0.1 0 0" size="0.1" material="other"/>
      <body name="pole" pos="0 0 0">
        <inertial pos="0 0 0.3" mass="4.103312705" diaginertia="0.1443340244 0.1443340244 0.004154604113"/>
        <joint name="hinge" type="hinge" axis="0 1 0" pos="0 0 0" limited="false"/>
        <geom name="pole" type="capsule" fromto="0 0 0 0 0 0.6" size="0.045"/>
        <body name="pole2" pos="0 0 0.6">
          <inertial pos="0 0 0.3" mass="4.103312705" diaginertia="0.1443340244 0.1443340244 0.004154604113"/>
          <joint name="hinge2" type="hinge" axis="0 1 0" pos="0 0 0" limited="false"/>
          <geom name="pole2" type="capsule" fromto="0 0 0 0 0 0.6" size="0.045"/>
          <site name="tip" pos="0 0 0.6" size="0.01"/>
        </body>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor joint="slider" gear="500" ctrllimited="true" ctrlrange="-1 1"/>
  </actuator>
</mujoco>
)";

}  // namespace rlrun::mujoco
