#include "models/gym_models.hpp"

namespace rlrun::gym {

// The tendons measure; they exert no force.
const char* const kHumanoidParts = R"(
  <default>
    <geom type="capsule" condim="1" margin="0.001" material="robot"/>
    <joint type="hinge" limited="true" damping="1" armature="1"/>
    <motor ctrllimited="true" ctrlrange="-0.4 0.4" gear="100"/>
    <default class="waist">
      <joint damping="5" armature="0.02" stiffness="10"/>
    </default>
    <default class="thigh">
      <joint damping="5" armature="0.01" stiffness="10"/>
      <geom size="0.06"/>
    </default>
    <default class="shin">
      <joint axis="0 -1 0" pos="0 0 0.02" range="-160 -2" armature="0.006"/>
      <geom size="0.049" material="other"/>
    </default>
    <default class="foot">
      <geom type="sphere" pos="0 0 0.1" size="0.075"/>
    </default>
    <default class="upper_arm">
      <joint stiffness="1" armature="0.0068"/>
      <geom size="0.04 0.16"/>
    </default>
    <default class="lower_arm">
      <joint range="-90 50" stiffness="0" armature="0.0028"/>
      <geom size="0.031" material="other"/>
    </default>
    <default class="hand">
      <geom type="sphere" size="0.04"/>
    </default>
  </default>
  <tendon>
    <fixed name="left_hip_knee">
      <joint joint="left_hip_y" coef="-1"/>
      <joint joint="left_knee" coef="1"/>
    </fixed>
    <fixed name="right_hip_knee">
      <joint joint="right_hip_y" coef="-1"/>
      <joint joint="right_knee" coef="1"/>
    </fixed>
  </tendon>
  <actuator>
    <motor joint="waist_y"/>
    <motor joint="waist_z"/>
    <motor joint="waist_x"/>
    <motor joint="right_hip_x"/>
    <motor joint="right_hip_z"/>
    <motor joint="right_hip_y" gear="300"/>
    <motor joint="right_knee" gear="200"/>
    <motor joint="left_hip_x"/>
    <motor joint="left_hip_z"/>
    <motor joint="left_hip_y" gear="300"/>
    <motor joint="left_knee" gear="200"/>
    <motor joint="right_shoulder_1" gear="25"/>
    <motor joint="right_shoulder_2" gear="25"/>
    <motor joint="right_elbow" gear="25"/>
    <motor joint="left_shoulder_1" gear="25"/>
    <motor joint="left_shoulder_2" gear="25"/>
    <motor joint="left_elbow" gear="25"/>
  </actuator>
)";

const char* const kHumanoidArms = R"(
      <body name="right_upper_arm" pos="0 -0.17 0.06" childclass="upper_arm">
        <joint name="right_shoulder_1" axis="2 1 1" range="-85 60"/>
        <joint name="right_shoulder_2" axis="0 -1 1" range="-85 60" armature="0.0051"/>
        <geom fromto="0 0 0 0.16 -0.16 -0.16"/>
        <body name="right_lower_arm" pos="0.18 -0.18 -0.18" childclass="lower_arm">
          <joint name="right_elbow" axis="0 -1 1"/>
          <geom fromto="0.01 0.01 0.01 0.17 0.17 0.17"/>
          <geom class="hand" pos="0.18 0.18 0.18"/>
        </body>
      </body>
      <body name="left_upper_arm" pos="0 0.17 0.06" childclass="upper_arm">
        <joint name="left_shoulder_1" axis="2 -1 1" range="-60 85"/>
        <joint name="left_shoulder_2" axis="0 1 1" range="-60 85" armature="0.0051"/>
        <geom fromto="0 0 0 0.16 0.16 -0.16"/>
        <body name="left_lower_arm" pos="0.18 0.18 -0.18" childclass="lower_arm">
          <joint name="left_elbow" axis="0 -1 -1"/>
          <geom fromto="0.01 -0.01 0.01 0.17 -0.17 0.17"/>
          <geom class="hand" pos="0.18 -0.18 0.18"/>
        </body>
      </body>
)";

}  // namespace rlrun::gym
