#include "models/gym_models.hpp"

namespace rlrun::gym {

// The humanoid on its back: what points down there points along x here.
const char* const kHumanoidStandupModel = R"(
<mujoco model="humanoid_standup">
  <compiler angle="degree" inertiafromgeom="true"/>
  <option timestep="0.003" integrator="RK4" solver="PGS" iterations="50"/>
  $visuals
  $parts
  <worldbody>
    <light directional="true" pos="0 0 10" dir="0.1 0.3 -1" diffuse="0.6 0.6 0.6"/>
    <geom name="floor" type="plane" size="20 20 0.125" condim="3" friction="1 0.1 0.1" material="floor"/>
    <body name="torso" pos="0 0 0.105">
      <joint name="root" type="free" limited="false" damping="0" armature="0"/>
      <geom fromto="0 -0.07 0 0 0.07 0" size="0.07"/>
      <geom type="sphere" pos="-0.15 0 0" size="0.09"/>
      <geom fromto="0.11 -0.06 0 0.11 0.06 0" size="0.06"/>
      <body name="waist" pos="0.21 0 0" quat="1 0 -0.002 0" childclass="waist">
        <joint name="waist_z" axis="0 0 1" pos="0 0 0.065" range="-45 45" stiffness="20"/>
        <joint name="waist_y" axis="0 1 0" pos="0 0 0.065" range="-75 30"/>
        <geom fromto="0 -0.06 0 0 0.06 0" size="0.06"/>
        <body name="pelvis" pos="0.165 0 0" quat="1 0 -0.002 0">
          <joint name="waist_x" axis="1 0 0" pos="0 0 0.1" range="-35 35"/>
          <geom fromto="-0.02 -0.07 0 -0.02 0.07 0" size="0.09"/>
          <body name="right_thigh" pos="0 -0.1 0" childclass="thigh">
            <joint name="right_hip_x" axis="1 0 0" range="-25 5"/>
            <joint name="right_hip_z" axis="0 0 1" range="-60 35"/>
            <joint name="right_hip_y" axis="0 1 0" range="-110 20" stiffness="20" armature="0.008"/>
            <geom fromto="0 0 0 0.34 0.01 0"/>
            <body name="right_shin" pos="0.403 0.01 0" childclass="shin">
              <joint name="right_knee"/>
              <geom fromto="0 0 0 0.3 0 0"/>
              <body name="right_foot" pos="0.35 0 -0.1" childclass="foot">
                <geom/>
              </body>
            </body>
          </body>
          <body name="left_thigh" pos="0 0.1 0" childclass="thigh">
            <joint name="left_hip_x" axis="-1 0 0" range="-25 5"/>
            <joint name="left_hip_z" axis="0 0 -1" range="-60 35"/>
            <joint name="left_hip_y" axis="0 1 0" range="-120 20" stiffness="20"/>
            <geom fromto="0 0 0 0.34 -0.01 0"/>
            <body name="left_shin" pos="0.403 -0.01 0" childclass="shin">
              <joint name="left_knee" stiffness="1"/>
              <geom fromto="0 0 0 0.3 0 0"/>
              <body name="left_foot" pos="0.35 0 -0.1" childclass="foot">
                <geom/>
              </body>
            </body>
          </body>
        </body>
      </body>
      $arms
    </body>
  </worldbody>
</mujoco>
)";

}  // namespace rlrun::gym
