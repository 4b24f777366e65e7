#include "models/models.hpp"

namespace rlrun::mujoco {

// The two legs differ in one thing, as published: the friction of the left foot is 1.9.
const char* const kWalker2dModel = R"(
<mujoco model="walker2d">
  <compiler inertiafromgeom="$inertiafromgeom" angle="degree"/>
  <option timestep="0.005" integrator="Euler"/>
  $visuals
  <default>
    <geom contype="1" conaffinity="0" condim="3" friction="0.7 0.1 0.1" density="1000" material="robot"/>
    <joint limited="true" damping="0.1" armature="0.01" stiffness="0" solimplimit="$solimplimit"/>
  </default>
  <worldbody>
    <light directional="true" pos="0 0 10" dir="0.1 0.3 -1" diffuse="0.6 0.6 0.6"/>
    <geom name="floor" type="plane" pos="0 0 0" size="40 40 1" conaffinity="1" material="floor"/>
    <body name="torso" pos="0 0 1.25">
      <inertial pos="0 0 0" mass="3.534291735" diaginertia="0.06185010537 0.06185010537 0.004417864669"/>
      <joint name="rootz" type="slide" axis="0 0 1" pos="0 0 -1.25" ref="1.25" limited="false" damping="0" armature="0"/>
      <joint name="rootx" type="slide" axis="1 0 0" pos="0 0 -1.25" limited="false" damping="0" armature="0"/>
      <joint name="rooty" type="hinge" axis="0 1 0" pos="0 0 0" limited="false" damping="0" armature="0"/>
      <geom name="torso" type="capsule" fromto="0 0 0.2 0 0 -0.2" size="0.05" friction="0.9 0.1 0.1"/>
      <body name="thigh" pos="0 0 -0.2">
        <inertial pos="0 0 -0.225" mass="3.926990817" diaginertia="0.08426667795 0.08426667795 0.004908738521"/>
        <joint name="thigh" type="hinge" axis="0 -1 0" pos="0 0 0" range="-150 0"/>
        <geom name="thigh" type="capsule" fromto="0 0 0 0 0 -0.45" size="0.05" friction="0.9 0.1 0.1"/>
        <body name="leg" pos="0 0 -0.7">
          <inertial pos="0 0 0" mass="2.714336053" diaginertia="0.0670441005 0.0670441005 0.002171468842"/>
          <joint name="leg" type="hinge" axis="0 -1 0" pos="0 0 0.25" range="-150 0"/>
          <geom name="leg" type="capsule" fromto="0 0 0.25 0 0 -0.25" size="0.04" friction="0.9 0.1 0.1"/>
          <body name="foot" pos="0.1 0 -0.25">
            <inertial pos="0 0 0" mass="2.940530724" diaginertia="0.005292955303 0.0192114674 0.0192114674"/>
            <joint name="foot" type="hinge" axis="0 -1 0" pos="-0.1 0 0" range="-45 45"/>
            <geom name="foot" type="capsule" fromto="-0.1 0 0 0.1 0 0" size="0.06" friction="0.9 0.1 0.1"/>
          </body>
        </body>
      </body>
      <body name="thigh_left" pos="0 0 -0.2">
        <inertial pos="0 0 -0.225" mass="3.926990817" diaginertia="0.08426667795 0.08426667795 0.004908738521"/>
        <joint name="thigh_left" type="hinge" axis="0 -1 0" pos="0 0 0" range="-150 0"/>
        <geom name="thigh_left" type="capsule" fromto="0 0 0 0 0 -0.45" size="0.05" friction="0.9 0.1 0.1" material="other"/>
        <body name="leg_left" pos="0 0 -0.7">
          <inertial pos="0 0 0" mass="2.714336053" diaginertia="0.0670441005 0.0670441005 0.002171468842"/>
          <joint name="leg_left" type="hinge" axis="0 -1 0" pos="0 0 0.25" range="-150 0"/>
          <geom name="leg_left" type="capsule" fromto="0 0 0.25 0 0 -0.25" size="0.04" friction="0.9 0.1 0.1" material="other"/>
          <body name="foot_left" pos="0.1 0 -0.25">
            <inertial pos="0 0 0" mass="2.940530724" diaginertia="0.005292955303 0.0192114674 0.0192114674"/>
            <joint name="foot_left" type="hinge" axis="0 -1 0" pos="-0.1 0 0" range="-45 45"/>
            <geom name="foot_left" type="capsule" fromto="-0.1 0 0 0.1 0 0" size="0.06" friction="1.9 0.1 0.1" material="other"/>
          </body>
        </body>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor joint="thigh" gear="1" ctrllimited="true" ctrlrange="-150 150"/>
    <motor joint="leg" gear="1" ctrllimited="true" ctrlrange="-100 100"/>
    <motor joint="foot" gear="1" ctrllimited="true" ctrlrange="-100 100"/>
    <motor joint="thigh_left" gear="1" ctrllimited="true" ctrlrange="-150 150"/>
    <motor joint="leg_left" gear="1" ctrllimited="true" ctrlrange="-100 100"/>
    <motor joint="foot_left" gear="1" ctrllimited="true" ctrlrange="-100 100"/>
  </actuator>
</mujoco>
)";

}  // namespace rlrun::mujoco
