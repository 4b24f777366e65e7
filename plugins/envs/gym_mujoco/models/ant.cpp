#include "models/gym_models.hpp"

namespace rlrun::gym {

// Each leg: a stub fixed to the torso, an upper part that turns about z, a lower part.
const char* const kAntModel = R"(
<mujoco model="ant">
  <compiler angle="degree" inertiafromgeom="true"/>
  <option timestep="0.01" integrator="RK4"/>
  $visuals
  <default>
    <geom type="capsule" size="0.08" conaffinity="0" condim="3" density="5" friction="1 0.5 0.5" margin="0.01" material="robot"/>
    <joint type="hinge" limited="true" damping="1" armature="1"/>
    <motor ctrllimited="true" ctrlrange="-1 1" gear="150"/>
    <default class="hip">
      <joint axis="0 0 1" range="-30 30"/>
    </default>
    <default class="knee_up">
      <joint range="30 70"/>
      <geom material="other"/>
    </default>
    <default class="knee_down">
      <joint range="-70 -30"/>
      <geom material="other"/>
    </default>
  </default>
  <worldbody>
    <light directional="true" pos="0 0 10" dir="0.1 0.3 -1" diffuse="0.6 0.6 0.6"/>
    <geom name="floor" type="plane" size="40 40 40" conaffinity="1" material="floor"/>
    <body name="torso" pos="0 0 0.75">
      <joint name="root" type="free" limited="false" damping="0" armature="0" margin="0.01"/>
      <geom name="torso" type="sphere" size="0.25"/>
      <body name="front_left">
        <geom fromto="0 0 0 0.2 0.2 0"/>
        <body name="front_left_upper" pos="0.2 0.2 0">
          <joint name="front_left_hip" class="hip"/>
          <geom fromto="0 0 0 0.2 0.2 0"/>
          <body name="front_left_lower" pos="0.2 0.2 0" childclass="knee_up">
            <joint name="front_left_knee" axis="-1 1 0"/>
            <geom fromto="0 0 0 0.4 0.4 0"/>
          </body>
        </body>
      </body>
      <body name="front_right">
        <geom fromto="0 0 0 -0.2 0.2 0"/>
        <body name="front_right_upper" pos="-0.2 0.2 0">
          <joint name="front_right_hip" class="hip"/>
          <geom fromto="0 0 0 -0.2 0.2 0"/>
          <body name="front_right_lower" pos="-0.2 0.2 0" childclass="knee_down">
            <joint name="front_right_knee" axis="1 1 0"/>
            <geom fromto="0 0 0 -0.4 0.4 0"/>
          </body>
        </body>
      </body>
      <body name="back_left">
        <geom fromto="0 0 0 -0.2 -0.2 0"/>
        <body name="back_left_upper" pos="-0.2 -0.2 0">
          <joint name="back_left_hip" class="hip"/>
          <geom fromto="0 0 0 -0.2 -0.2 0"/>
          <body name="back_left_lower" pos="-0.2 -0.2 0" childclass="knee_down">
            <joint name="back_left_knee" axis="-1 1 0"/>
            <geom fromto="0 0 0 -0.4 -0.4 0"/>
          </body>
        </body>
      </body>
      <body name="back_right">
        <geom fromto="0 0 0 0.2 -0.2 0"/>
        <body name="back_right_upper" pos="0.2 -0.2 0">
          <joint name="back_right_hip" class="hip"/>
          <geom fromto="0 0 0 0.2 -0.2 0"/>
          <body name="back_right_lower" pos="0.2 -0.2 0" childclass="knee_up">
            <joint name="back_right_knee" axis="1 1 0"/>
            <geom fromto="0 0 0 0.4 -0.4 0"/>
          </body>
        </body>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor joint="back_right_hip"/>
    <motor joint="back_right_knee"/>
    <motor joint="front_left_hip"/>
    <motor joint="front_left_knee"/>
    <motor joint="front_right_hip"/>
    <motor joint="front_right_knee"/>
    <motor joint="back_left_hip"/>
    <motor joint="back_left_knee"/>
  </actuator>
</mujoco>
)";

}  // namespace rlrun::gym
