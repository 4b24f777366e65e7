#include "models/gym_models.hpp"

namespace rlrun::gym {

// An arm with seven joints; the object and the goal are each placed by two joints.
const char* const kPusherModel = R"(
<mujoco model="pusher">
  <compiler angle="radian" inertiafromgeom="true"/>
  <option timestep="0.01" integrator="Euler" gravity="0 0 0" iterations="20"/>
  $visuals
  <default>
    <geom type="capsule" contype="0" conaffinity="0" condim="1" density="300" friction="0.8 0.1 0.1" margin="0.002" material="robot"/>
    <joint type="hinge" axis="0 1 0" limited="true" damping="0.1" armature="0.04"/>
    <motor ctrllimited="true" ctrlrange="-2 2"/>
    <default class="head">
      <geom type="sphere"/>
    </default>
    <default class="hand">
      <geom contype="1" conaffinity="1" size="0.02" material="other"/>
    </default>
    <default class="placing">
      <joint type="slide" range="-10.3213 10.3" damping="0.5"/>
      <geom type="cylinder"/>
    </default>
  </default>
  <worldbody>
    <light directional="true" pos="0 0 10" dir="0.1 0.3 -1" diffuse="0.6 0.6 0.6"/>
    <geom name="table" type="plane" pos="0 0.5 -0.325" size="1 1 0.1" contype="1" conaffinity="1" material="floor"/>
    <body name="shoulder" pos="0 -0.6 0">
      <joint name="shoulder_pan" axis="0 0 1" range="-2.2854 1.714602" damping="1"/>
      <geom class="head" pos="-0.06 0.05 0.2" size="0.05"/>
      <geom class="head" pos="0.06 0.05 0.2" size="0.05"/>
      <geom class="head" pos="-0.06 0.09 0.2" size="0.03"/>
      <geom class="head" pos="0.06 0.09 0.2" size="0.03"/>
      <geom fromto="0 0 -0.4 0 0 0.2" size="0.1"/>
      <body name="shoulder_lift" pos="0.1 0 0">
        <joint name="shoulder_lift" range="-0.5236 1.3963" damping="1"/>
        <geom fromto="0 -0.1 0 0 0.1 0" size="0.1"/>
        <body name="upper_arm_roll">
          <joint name="upper_arm_roll" axis="1 0 0" range="-1.5 1.7"/>
          <geom fromto="-0.1 0 0 0.1 0 0" size="0.02"/>
          <body name="upper_arm">
            <geom fromto="0 0 0 0.4 0 0" size="0.06"/>
            <body name="elbow" pos="0.4 0 0">
              <joint name="elbow_flex" range="-2.3213 0"/>
              <geom fromto="0 -0.02 0 0 0.02 0" size="0.06"/>
              <body name="forearm_roll">
                <joint name="forearm_roll" axis="1 0 0" range="-1.5 1.5"/>
                <geom fromto="-0.1 0 0 0.1 0 0" size="0.02"/>
                <body name="forearm">
                  <geom fromto="0 0 0 0.291 0 0" size="0.05"/>
                  <body name="wrist" pos="0.321 0 0">
                    <joint name="wrist_flex" range="-1.094 0"/>
                    <geom fromto="0 -0.02 0 0 0.02 0" size="0.01"/>
                    <body name="hand">
                      <joint name="wrist_roll" axis="1 0 0" range="-1.5 1.5"/>
                      <geom class="hand" fromto="0 -0.1 0 0 0.1 0"/>
                      <geom class="hand" fromto="0 -0.1 0 0.1 -0.1 0"/>
                      <geom class="hand" fromto="0 0.1 0 0.1 0.1 0"/>
                      <body name="tips">
                        <geom class="head" pos="0.1 -0.1 0" size="0.01"/>
                        <geom class="head" pos="0.1 0.1 0" size="0.01"/>
                      </body>
                    </body>
                  </body>
                </body>
              </body>
            </body>
          </body>
        </body>
      </body>
    </body>
    <body name="object" pos="0.45 -0.05 -0.275" childclass="placing">
      <joint name="object_y"/>
      <joint name="object_x" axis="1 0 0"/>
      <geom size="0.05 0.05 0.05" density="0.01" contype="1" material="other"/>
    </body>
    <body name="goal" pos="0.45 -0.05 -0.323" childclass="placing">
      <joint name="goal_y"/>
      <joint name="goal_x" axis="1 0 0"/>
      <geom size="0.08 0.001 0.1" density="1e-5" rgba="0.2 0.6 0.3 1"/>
    </body>
  </worldbody>
  <actuator>
    <motor joint="shoulder_pan"/>
    <motor joint="shoulder_lift"/>
    <motor joint="upper_arm_roll"/>
    <motor joint="elbow_flex"/>
    <motor joint="forearm_roll"/>
    <motor joint="wrist_flex"/>
    <motor joint="wrist_roll"/>
  </actuator>
</mujoco>
)";

}  // namespace rlrun::gym
