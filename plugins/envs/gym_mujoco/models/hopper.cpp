#include "models/gym_models.hpp"

namespace rlrun::gym {

const char* const kHopperModel = R"(
<mujoco model="hopper">
  <compiler angle="degree" inertiafromgeom="true"/>
  <option timestep="0.002" integrator="RK4"/>
  $visuals
  <default>
    <geom type="capsule" condim="1" friction="0.9" margin="0.001" solref="0.02 1" solimp="0.8 0.8 0.01" material="robot"/>
    <joint type="hinge" axis="0 -1 0" limited="true" damping="1" armature="1"/>
    <motor ctrllimited="true" ctrlrange="-1 1" gear="200"/>
    <default class="root">
      <joint limited="false" damping="0" armature="0"/>
    </default>
  </default>
  <worldbody>
    <light directional="true" pos="0 0 10" dir="0.1 0.3 -1" diffuse="0.6 0.6 0.6"/>
    <geom name="floor" type="plane" size="20 20 0.125" condim="3" friction="1" material="floor"/>
    <body name="torso" pos="0 0 1.25">
      <joint name="x" class="root" type="slide" axis="1 0 0" pos="0 0 -1.25"/>
      <joint name="z" class="root" type="slide" axis="0 0 1" pos="0 0 -1.25" ref="1.25"/>
      <joint name="pitch" class="root" axis="0 1 0"/>
      <geom name="torso" size="0.05 0.19999999999999996"/>
      <body name="thigh" pos="0 0 -0.19999999999999996">
        <joint name="thigh" range="-150 0"/>
        <geom name="thigh" pos="0 0 -0.22500000000000009" size="0.05 0.22500000000000003"/>
        <body name="leg" pos="0 0 -0.70000000000000007">
          <joint name="leg" pos="0 0 0.25" range="-150 0"/>
          <geom name="leg" size="0.04 0.25"/>
          <body name="foot" pos="0.13 0 -0.35">
            <joint name="foot" pos="-0.13 0 0.1" range="-45 45"/>
            <geom name="foot" pos="-0.065 0 0.1" quat="0.70710678118654757 0 -0.70710678118654746 0" size="0.06 0.195" friction="2" material="other"/>
          </body>
        </body>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor joint="thigh"/>
    <motor joint="leg"/>
    <motor joint="foot"/>
  </actuator>
</mujoco>
)";

}  // namespace rlrun::gym
