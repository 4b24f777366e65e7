#include "models/models.hpp"

namespace rlrun::mujoco {

// The floor is a picture: nothing collides here.
const char* const kSwimmerModel = R"(
<mujoco model="swimmer">
  <compiler inertiafromgeom="$inertiafromgeom" angle="degree"/>
  <option timestep="0.001" integrator="Euler" density="4000" viscosity="0.1" iterations="1000">
    <flag warmstart="disable" contact="disable"/>
  </option>
  $visuals
  <default>
    <geom contype="0" conaffinity="0" density="1000" material="robot"/>
    <joint damping="0" armature="0" stiffness="0"/>
  </default>
  <worldbody>
    <light directional="true" pos="0 0 10" dir="0.1 0.1 -1" diffuse="0.6 0.6 0.6"/>
    <geom name="floor" type="plane" pos="0 0 -0.15" size="40 40 1" material="floor"/>
    <body name="torso" pos="0 0 0">
      <inertial pos="1 0 0" mass="34.55751919" diaginertia="0.1727875959 3.57094365 3.57094365"/>
      <joint name="slider_x" type="slide" axis="1 0 0" pos="0 0 0" limited="false"/>
      <joint name="slider_y" type="slide" axis="0 1 0" pos="0 0 0" limited="false"/>
      <joint name="rotation" type="hinge" axis="0 0 1" pos="0 0 0" limited="false"/>
      <geom name="torso" type="capsule" fromto="1.5 0 0 0.5 0 0" size="0.1"/>
      <body name="mid" pos="0.5 0 0">
        <inertial pos="-0.5 0 0" mass="34.55751919" diaginertia="0.1727875959 3.57094365 3.57094365"/>
        <joint name="mid" type="hinge" axis="0 0 1" pos="0 0 0" limited="true" range="-100 100"/>
        <geom name="mid" type="capsule" fromto="0 0 0 -1 0 0" size="0.1"/>
        <body name="back" pos="-1 0 0">
          <inertial pos="-0.5 0 0" mass="34.55751919" diaginertia="0.1727875959 3.57094365 3.57094365"/>
          <joint name="back" type="hinge" axis="0 0 1" pos="0 0 0" limited="true" range="-100 100"/>
          <geom name="back" type="capsule" fromto="0 0 0 -1 0 0" size="0.1"/>
        </body>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor joint="mid" gear="1" ctrllimited="true" ctrlrange="-50 50"/>
    <motor joint="back" gear="1" ctrllimited="true" ctrlrange="-50 50"/>
  </actuator>
</mujoco>
)";

}  // namespace rlrun::mujoco
