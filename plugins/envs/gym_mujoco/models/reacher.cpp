#include "models/gym_models.hpp"

namespace rlrun::gym {

// An arm of two links above a table; the target is a body that two joints place.
const char* const kReacherModel = R"(
<mujoco model="reacher">
  <compiler angle="radian" inertiafromgeom="true"/>
  <option timestep="0.01" integrator="RK4" gravity="0 0 -9.81">
    <flag contact="disable"/>
  </option>
  $visuals
  <default>
    <geom type="capsule" contype="0" friction="1 0.1 0.1" material="robot"/>
    <joint type="hinge" axis="0 0 1" limited="true" damping="1" armature="1"/>
    <motor ctrllimited="true" ctrlrange="-1 1" gear="200"/>
    <default class="wall">
      <geom conaffinity="0" size="0.02" material="other"/>
    </default>
    <default class="placing">
      <joint type="slide" range="-0.27 0.27" damping="0" armature="0"/>
    </default>
  </default>
  <worldbody>
    <light directional="true" pos="0 0 10" dir="0.1 0.3 -1" diffuse="0.6 0.6 0.6"/>
    <geom name="table" type="plane" size="1 1 10" conaffinity="0" material="floor"/>
    <geom class="wall" fromto="-0.3 -0.3 0.01 0.3 -0.3 0.01"/>
    <geom class="wall" fromto="0.3 -0.3 0.01 0.3 0.3 0.01"/>
    <geom class="wall" fromto="-0.3 0.3 0.01 0.3 0.3 0.01"/>
    <geom class="wall" fromto="-0.3 -0.3 0.01 -0.3 0.3 0.01"/>
    <geom name="stand" type="cylinder" conaffinity="0" fromto="0 0 0 0 0 0.02" size="0.011"/>
    <body name="upper_arm" pos="0 0 0.01">
      <joint name="shoulder" limited="false"/>
      <geom fromto="0 0 0 0.1 0 0" size="0.01"/>
      <body name="forearm" pos="0.1 0 0">
        <joint name="elbow" range="-3 3"/>
        <geom fromto="0 0 0 0.1 0 0" size="0.01"/>
        <body name="fingertip" pos="0.11 0 0">
          <geom type="sphere" size="0.01" material="other"/>
        </body>
      </body>
    </body>
    <body name="target" pos="0.1 -0.1 0.01">
      <joint name="target_x" class="placing" axis="1 0 0" ref="0.1"/>
      <joint name="target_y" class="placing" axis="0 1 0" ref="-0.1"/>
      <geom type="sphere" conaffinity="0" size="0.009" rgba="0.2 0.6 0.3 1"/>
    </body>
  </worldbody>
  <actuator>
    <motor joint="shoulder"/>
    <motor joint="elbow"/>
  </actuator>
</mujoco>
)";

}  // namespace rlrun::gym
