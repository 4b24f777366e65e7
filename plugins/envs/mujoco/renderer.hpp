#pragma once
// Pictures without a screen or a graphics card: OpenGL through EGL without a surface.

#include <memory>

#include "rlrun/env.hpp"

#include "engine.hpp"

namespace rlrun::mujoco {

/// Where the camera stands: metres from the tracked body, angles in degrees.
struct View {
  double distance, elevation, azimuth;
  int tracked_body;
};

/// Draws states of one model. EGL is looked for when the first one is made, so that the tasks work
/// on machines without it; there the constructor throws UserError.
class Renderer {
 public:
  Renderer(Model model, View view);
  ~Renderer();

  /// Fills `frame.rgb` for the frame's width and height. The state is read only; the engine's
  /// scratch memory in `data` is used.
  void draw(mjData& data, Frame& frame);

 private:
  struct Scene;
  Model model_;
  std::unique_ptr<Scene> scene_;
};

}  // namespace rlrun::mujoco
