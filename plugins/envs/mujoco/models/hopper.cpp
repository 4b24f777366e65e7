#include "models/models.hpp"

namespace rlrun::mujoco {

// The height is measured by rootz, whose reference value is the built height of the torso.
const char* const kHopperModel = R"(
<mujoco model="hopper">
  <compiler inertiafromgeom="$inertiafromgeom" angle="degree"/>
  <option timestep="0.02" integrator="RK4"/>
  $visuals
  <default>
    <geom contype="1" conaffinity="1" condim="1" margin="0.001" solref="0.02 1"
          solimp="0.8 0.8 0.01" density="1000" material="robot"/>
    <joint limited="true" damping="1" armature="1" stiffness="0" solimplimit="$solimplimit"/>
  </default>
  <worldbody>
    <light directional="true" pos="0 0 10" dir="0.1 0.3 -1" diffuse="0.6 0.6 0.6"/>
    <geom name="floor" type="plane" pos="0 0 0" size="40 40 1" condim="3" material="floor"/>
    <body name="torso" pos="0 0 1.25">
      <inertial pos="0 0 0" mass="3.534291735" diaginertia="0.06185010537 0.06185010537 0.004417864669"/>
      <joint name="rootz" type="slide" axis="0 0 1" pos="0 0 -1.25" ref="1.25" limited="false" damping="0" armature="0"/>
      <joint name="rootx" type="slide" axis="1 0 0" pos="0 0 -1.25" limited="false" damping="0" armature="0"/>
      <joint name="rooty" type="hinge" axis="0 1 0" pos="0 0 0" limited="false" damping="0" armature="0"/>
      <geom name="torso" type="capsule" fromto="0 0 0.2 0 0 -0.2" size="0.05" friction="0.9"/>
      <body name="thigh" pos="0 0 -0.2">
        <inertial pos="0 0 -0.225" mass="3.926990817" diaginertia="0.08426667795 0.08426667795 0.004908738521"/>
        <joint name="thigh" type="hinge" axis="0 -1 0" pos="0 0 0" range="-150 0"/>
        <geom name="thigh" type="capsule" fromto="0 0 0 0 0 -0.45" size="0.05" friction="0.9"/>
        <body name="leg" pos="0 0 -0.7">
          <inertial pos="0 0 0" mass="2.714336053" diaginertia="0.0670441005 0.0670441005 0.002171468842"/>
          <joint name="leg" type="hinge" axis="0 -1 0" pos="0 0 0.25" range="-150 0"/>
          <geom name="leg" type="capsule" fromto="0 0 0.25 0 0 -0.25" size="0.04" friction="0.9"/>
          <body name="foot" pos="0.065 0 -0.25">
            <inertial pos="0 0 0" mass="5.089380099" diaginertia="0.009160884178 0.09046373126 0.09046373126"/>
            <joint name="foot" type="hinge" axis="0 -1 0" pos="-0.065 0 0" range="-45 45"/>
            <geom name="foot" type="capsule" fromto="-0.195 0 0 0.195 0 0" size="0.06" friction="2"/>
          </body>
        </body>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor joint="thigh" gear="1" ctrllimited="true" ctrlrange="-200 200"/>
    <motor joint="leg" gear="1" ctrllimited="true" ctrlrange="-200 200"/>
    <motor joint="foot" gear="1" ctrllimited="true" ctrlrange="-200 200"/>
  </actuator>
</mujoco>
)";

}  // namespace rlrun::mujoco
