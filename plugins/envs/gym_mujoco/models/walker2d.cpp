#include "models/gym_models.hpp"

namespace rlrun::gym {

const char* const kWalker2dModel = R"(
<mujoco model="walker2d">
  <compiler angle="degree" inertiafromgeom="true"/>
  <option timestep="0.002" integrator="RK4"/>
  $visuals
  <default>
    <geom type="capsule" conaffinity="0" condim="3" density="1000" friction="0.9 0.1 0.1" material="robot"/>
    <joint type="hinge" axis="0 -1 0" limited="true" damping="0.1" armature="0.01"/>
    <motor ctrllimited="true" ctrlrange="-1 1" gear="100"/>
    <default class="root">
      <joint limited="false" damping="0" armature="0"/>
    </default>
    <default class="left">
      <geom material="other"/>
    </default>
  </default>
  <worldbody>
    <light directional="true" pos="0 0 10" dir="0.1 0.3 -1" diffuse="0.6 0.6 0.6"/>
    <geom name="floor" type="plane" size="40 40 40" conaffinity="1" friction="0.7" material="floor"/>
    <body name="torso" pos="0 0 1.25">
      <joint name="x" class="root" type="slide" axis="1 0 0" pos="0 0 -1.25"/>
      <joint name="z" class="root" type="slide" axis="0 0 1" pos="0 0 -1.25" ref="1.25"/>
      <joint name="pitch" class="root" axis="0 1 0"/>
      <geom name="torso" size="0.05 0.19999999999999996"/>
      <body name="right_thigh" pos="0 0 -0.19999999999999996">
        <joint name="right_thigh" range="-150 0"/>
        <geom name="right_thigh" pos="0 0 -0.22500000000000009" size="0.05 0.22500000000000003"/>
        <body name="right_leg" pos="0 0 -0.70000000000000007">
          <joint name="right_leg" pos="0 0 0.25" range="-150 0"/>
          <geom name="right_leg" size="0.04 0.25"/>
          <body name="right_foot" pos="0.2 0 -0.35">
            <joint name="right_foot" pos="-0.2 0 0.1" range="-45 45"/>
            <geom name="right_foot" pos="-0.1 0 0.1" quat="0.70710678118654757 0 -0.70710678118654746 0" size="0.06 0.1" friction="$right_sole"/>
          </body>
        </body>
      </body>
      <body name="left_thigh" pos="0 0 -0.19999999999999996" childclass="left">
        <joint name="left_thigh" range="-150 0"/>
        <geom name="left_thigh" pos="0 0 -0.22500000000000009" size="0.05 0.22500000000000003"/>
        <body name="left_leg" pos="0 0 -0.70000000000000007">
          <joint name="left_leg" pos="0 0 0.25" range="-150 0"/>
          <geom name="left_leg" size="0.04 0.25"/>
          <body name="left_foot" pos="0.2 0 -0.35">
            <joint name="left_foot" pos="-0.2 0 0.1" range="-45 45"/>
            <geom name="left_foot" pos="-0.1 0 0.1" quat="0.70710678118654757 0 -0.70710678118654746 0" size="0.06 0.1" friction="1.9"/>
          </body>
        </body>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor joint="right_thigh"/>
    <motor joint="right_leg"/>
    <motor joint="right_foot"/>
    <motor joint="left_thigh"/>
    <motor joint="left_leg"/>
    <motor joint="left_foot"/>
  </actuator>
</mujoco>
)";

}  // namespace rlrun::gym
