#include "renderer.hpp"

#include <cstring>
#include <utility>

#include "rlrun/error.hpp"

#include "offscreen.hpp"

namespace rlrun::mujoco {
namespace {

constexpr int kMaxGeoms = 1000;

}  // namespace

struct Renderer::Scene {
  OffscreenContext gl;  // first made, last destroyed: the rest lives in it
  mjvScene scene;
  mjvCamera camera;
  mjvOption option;
  mjrContext context;
  int tracked_body = 0;

  Scene(const mjModel& model, View view) {
    const OffscreenContext::Current current(gl);
    mjv_defaultScene(&scene);
    mjv_defaultCamera(&camera);
    mjv_defaultOption(&option);
    mjr_defaultContext(&context);
    mjv_makeScene(&model, &scene, kMaxGeoms);
    mjr_makeContext(&model, &context, mjFONTSCALE_100);
    camera.type = mjCAMERA_FREE;
    tracked_body = view.tracked_body;
    camera.distance = view.distance;
    camera.elevation = view.elevation;
    camera.azimuth = view.azimuth;
  }
  ~Scene() {
    const OffscreenContext::Current current(gl);
    mjr_freeContext(&context);
    mjv_freeScene(&scene);
  }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  void resize(int width, int height) {
    if (width <= context.offWidth && height <= context.offHeight) return;
#ifdef RLRUN_MUJOCO_HAS_RESIZE
    mjr_resizeOffscreen(width, height, &context);
#else
    throw UserError("a picture of " + std::to_string(width) + " x " + std::to_string(height) +
                    " pixels is too large for this version of MuJoCo; at most " +
                    std::to_string(context.offWidth) + " x " + std::to_string(context.offHeight));
#endif
  }
};

Renderer::Renderer(Model model, View view)
    : model_(std::move(model)), scene_(std::make_unique<Scene>(*model_, view)) {}

Renderer::~Renderer() = default;

void Renderer::draw(mjData& data, Frame& frame) {
  RLRUN_CHECK(frame.width > 0 && frame.height > 0);
  Scene& s = *scene_;
  const OffscreenContext::Current current(s.gl);
  s.resize(frame.width, frame.height);
  // The engine's own tracking camera moves smoothly, so that a picture would depend on earlier
  // ones.
  mju_copy3(s.camera.lookat, data.subtree_com + 3 * s.tracked_body);
  mjr_setBuffer(mjFB_OFFSCREEN, &s.context);
  mjv_updateScene(model_.get(), &data, &s.option, nullptr, &s.camera, mjCAT_ALL, &s.scene);
  const mjrRect viewport{0, 0, frame.width, frame.height};
  mjr_render(viewport, &s.scene, &s.context);

  const std::size_t row = 3 * static_cast<std::size_t>(frame.width);
  std::vector<std::uint8_t> upside_down(row * static_cast<std::size_t>(frame.height));
  mjr_readPixels(upside_down.data(), nullptr, viewport, &s.context);
  frame.rgb.resize(upside_down.size());
  for (int y = 0; y < frame.height; ++y)  // OpenGL counts rows from below
    std::memcpy(frame.rgb.data() + row * static_cast<std::size_t>(y),
                upside_down.data() + row * static_cast<std::size_t>(frame.height - 1 - y), row);
}

}  // namespace rlrun::mujoco
