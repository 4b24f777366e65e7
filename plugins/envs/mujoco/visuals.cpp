#include "visuals.hpp"

namespace rlrun::mujoco {

const char* const kVisuals = R"(<visual>
    <global offwidth="640" offheight="480"/>
    <headlight ambient="0.3 0.3 0.3" diffuse="0.3 0.3 0.3" specular="0 0 0"/>
    <quality shadowsize="2048"/>
  </visual>
  <asset>
    <texture type="skybox" builtin="gradient" rgb1="0.75 0.85 0.95" rgb2="0.95 0.97 1" width="64" height="64"/>
    <texture name="tiles" type="2d" builtin="checker" rgb1="0.82 0.84 0.86" rgb2="0.66 0.70 0.74" width="128" height="128"/>
    <material name="floor" texture="tiles" texrepeat="40 40" reflectance="0.05"/>
    <material name="robot" rgba="0.85 0.45 0.2 1"/>
    <material name="other" rgba="0.25 0.45 0.7 1"/>
  </asset>)";

}  // namespace rlrun::mujoco
