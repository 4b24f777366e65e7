#include "models/gym_models.hpp"

namespace rlrun::gym {

const char* const kSwimmerModel = R"(
<mujoco model="swimmer">
  <compiler angle="degree" inertiafromgeom="true"/>
  <option timestep="0.01" integrator="RK4" density="4000" viscosity="0.1">
    <flag contact="disable"/>
  </option>
  $visuals
  <default>
    <geom type="capsule" size="0.1" contype="0" conaffinity="0" condim="1" material="robot"/>
    <joint type="hinge" axis="0 0 1" armature="0.1"/>
    <motor ctrllimited="true" ctrlrange="-1 1" gear="150"/>
    <default class="bending">
      <joint limited="true" range="-100 100"/>
    </default>
  </default>
  <worldbody>
    <light directional="true" pos="0 0 10" dir="0.1 0.1 -1" diffuse="0.6 0.6 0.6"/>
    <geom name="floor" type="plane" pos="0 0 -0.1" size="40 40 0.1" condim="3" material="floor"/>
    <body name="front">
      <joint name="x" type="slide" axis="1 0 0"/>
      <joint name="y" type="slide" axis="0 1 0"/>
      <joint name="heading"/>
      <geom fromto="1.5 0 0 0.5 0 0"/>
      <body name="middle" pos="0.5 0 0">
        <joint name="front_bend" class="bending"/>
        <geom fromto="0 0 0 -1 0 0" material="other"/>
        <body name="back" pos="-1 0 0">
          <joint name="back_bend" class="bending"/>
          <geom fromto="0 0 0 -1 0 0"/>
        </body>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor joint="front_bend"/>
    <motor joint="back_bend"/>
  </actuator>
</mujoco>
)";

}  // namespace rlrun::gym
