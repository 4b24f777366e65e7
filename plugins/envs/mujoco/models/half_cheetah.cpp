#include "models/models.hpp"

namespace rlrun::mujoco {

// The inertials are those after the masses were scaled to a sum of 14, so that scaling changes
// nothing then; it acts on the exact capsules.
const char* const kHalfCheetahModel = R"(
<mujoco model="half_cheetah">
  <compiler inertiafromgeom="$inertiafromgeom" angle="radian" settotalmass="14"/>
  <option timestep="0.01" integrator="Euler" gravity="0 0 -9.81" impratio="$impratio"/>
  $visuals
  <default>
    <geom contype="1" conaffinity="0" condim="3" friction="0.4 0.1 0.1" solref="0.02 1"
          solimp="0 0.8 0.01" density="1000" material="robot"/>
    <joint limited="true" damping="0.01" armature="0.1" stiffness="8" solreflimit="0.02 1"
           solimplimit="0 0.8 0.03"/>
  </default>
  <worldbody>
    <light directional="true" pos="0 0 10" dir="0.1 0.3 -1" diffuse="0.6 0.6 0.6"/>
    <geom name="floor" type="plane" pos="0 0 0" size="40 40 1" conaffinity="1" material="floor"/>
    <body name="torso" pos="0 0 0.7">
      <inertial pos="0.14913793 0 0.02485632" axisangle="0 1 0 1.479475881" mass="6.360313316"
                diaginertia="0.8835650183 0.8944536067 0.01761780" />
      <joint name="rootx" type="slide" axis="1 0 0" pos="0 0 0" limited="false" damping="0" armature="0" stiffness="0"/>
      <joint name="rootz" type="slide" axis="0 0 1" pos="0 0 0" limited="false" damping="0" armature="0" stiffness="0"/>
      <joint name="rooty" type="hinge" axis="0 1 0" pos="0 0 0" limited="false" damping="0" armature="0" stiffness="0"/>
      <geom name="torso" type="capsule" fromto="-0.5 0 0 0.5 0 0" size="0.046"/>
      <geom name="head" type="capsule" pos="0.6 0 0.1" axisangle="0 1 0 0.87" size="0.046 0.15"/>
      <body name="bthigh" pos="-0.5 0 0">
        <inertial pos="0.1 0 -0.13" axisangle="0 1 0 -3.8" mass="1.535248042" diaginertia="0.01525575979 0.01525575979 0.001624292428"/>
        <joint name="bthigh" type="hinge" axis="0 1 0" pos="0 0 0" range="-0.52 1.05" stiffness="240" damping="6"/>
        <geom name="bthigh" type="capsule" pos="0.1 0 -0.13" axisangle="0 1 0 -3.8" size="0.046 0.145" material="other"/>
        <body name="bshin" pos="0.16 0 -0.25">
          <inertial pos="-0.14 0 -0.07" axisangle="0 1 0 -2.03" mass="1.580939948" diaginertia="0.01660830113 0.01660830113 0.001672634465"/>
          <joint name="bshin" type="hinge" axis="0 1 0" pos="0 0 0" range="-0.785 0.785" stiffness="180" damping="4.5"/>
          <geom name="bshin" type="capsule" pos="-0.14 0 -0.07" axisangle="0 1 0 -2.03" size="0.046 0.15" material="other"/>
          <body name="bfoot" pos="-0.28 0 -0.14">
            <inertial pos="0.03 0 -0.097" axisangle="0 1 0 -0.27" mass="1.069190601" diaginertia="0.005444318538 0.005444318538 0.001131203655"/>
            <joint name="bfoot" type="hinge" axis="0 1 0" pos="0 0 0" range="-0.4 0.785" stiffness="120" damping="3"/>
            <geom name="bfoot" type="capsule" pos="0.03 0 -0.097" axisangle="0 1 0 -0.27" size="0.046 0.094" material="other"/>
          </body>
        </body>
      </body>
      <body name="fthigh" pos="0.5 0 0">
        <inertial pos="-0.07 0 -0.12" axisangle="0 1 0 0.52" mass="1.425587467" diaginertia="0.01231850131 0.01231850131 0.00150827154"/>
        <joint name="fthigh" type="hinge" axis="0 1 0" pos="0 0 0" range="-1 0.7" stiffness="180" damping="4.5"/>
        <geom name="fthigh" type="capsule" pos="-0.07 0 -0.12" axisangle="0 1 0 0.52" size="0.046 0.133"/>
        <body name="fshin" pos="-0.14 0 -0.24">
          <inertial pos="0.065 0 -0.09" axisangle="0 1 0 -0.6" mass="1.178851175" diaginertia="0.007162699739 0.007162699739 0.001247224543"/>
          <joint name="fshin" type="hinge" axis="0 1 0" pos="0 0 0" range="-1.2 0.87" stiffness="120" damping="3"/>
          <geom name="fshin" type="capsule" pos="0.065 0 -0.09" axisangle="0 1 0 -0.6" size="0.046 0.106"/>
          <body name="ffoot" pos="0.13 0 -0.18">
            <inertial pos="0.045 0 -0.07" axisangle="0 1 0 -0.6" mass="0.8498694517" diaginertia="0.002899754569 0.002899754569 0.0008991618799"/>
            <joint name="ffoot" type="hinge" axis="0 1 0" pos="0 0 0" range="-0.5 0.5" stiffness="60" damping="1.5"/>
            <geom name="ffoot" type="capsule" pos="0.045 0 -0.07" axisangle="0 1 0 -0.6" size="0.046 0.07"/>
          </body>
        </body>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor joint="bthigh" gear="120" ctrllimited="true" ctrlrange="-1 1"/>
    <motor joint="bshin" gear="90" ctrllimited="true" ctrlrange="-1 1"/>
    <motor joint="bfoot" gear="60" ctrllimited="true" ctrlrange="-1 1"/>
    <motor joint="fthigh" gear="120" ctrllimited="true" ctrlrange="-1 1"/>
    <motor joint="fshin" gear="60" ctrllimited="true" ctrlrange="-1 1"/>
    <motor joint="ffoot" gear="30" ctrllimited="true" ctrlrange="-1 1"/>
  </actuator>
</mujoco>
)";

}  // namespace rlrun::mujoco
