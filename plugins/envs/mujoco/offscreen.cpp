#include "offscreen.hpp"

#include "rlrun/error.hpp"

#if __has_include(<EGL/egl.h>)

#include <string>

#include <EGL/egl.h>
#include <dlfcn.h>

namespace rlrun::mujoco {
namespace {

constexpr EGLenum kSurfacelessPlatform = 0x31DD;  // EGL_PLATFORM_SURFACELESS_MESA

[[noreturn]] void fail(const std::string& what) {
  throw UserError(
      "no pictures on this machine: " + what +
      "; install libegl1, libegl-mesa0 and libgl1-mesa-dri (no graphics card is needed)");
}

/// The functions of libEGL and the one display of this process.
struct Egl {
  void* library = nullptr;
  decltype(&eglGetProcAddress) get_proc_address = nullptr;
  decltype(&eglInitialize) initialize = nullptr;
  decltype(&eglBindAPI) bind_api = nullptr;
  decltype(&eglChooseConfig) choose_config = nullptr;
  decltype(&eglCreateContext) create_context = nullptr;
  decltype(&eglDestroyContext) destroy_context = nullptr;
  decltype(&eglMakeCurrent) make_current = nullptr;
  EGLDisplay display = EGL_NO_DISPLAY;
  EGLConfig config = nullptr;

  template <class Function>
  void load(Function& function, const char* name) {
    function = reinterpret_cast<Function>(dlsym(library, name));
    if (function == nullptr) fail(std::string("libEGL has no ") + name);
  }

  Egl() {
    // Global, because the engine's own loader of OpenGL looks EGL up by name.
    library = dlopen("libEGL.so.1", RTLD_NOW | RTLD_GLOBAL);
    if (library == nullptr) fail("libEGL.so.1 was not found");
    load(get_proc_address, "eglGetProcAddress");
    load(initialize, "eglInitialize");
    load(bind_api, "eglBindAPI");
    load(choose_config, "eglChooseConfig");
    load(create_context, "eglCreateContext");
    load(destroy_context, "eglDestroyContext");
    load(make_current, "eglMakeCurrent");

    using GetPlatformDisplay = EGLDisplay (*)(EGLenum, void*, const EGLint*);
    const auto get_platform_display =
        reinterpret_cast<GetPlatformDisplay>(get_proc_address("eglGetPlatformDisplayEXT"));
    if (get_platform_display != nullptr)
      display = get_platform_display(kSurfacelessPlatform, nullptr, nullptr);
    if (display == EGL_NO_DISPLAY || initialize(display, nullptr, nullptr) != EGL_TRUE)
      fail("EGL has no display without a surface");
    if (bind_api(EGL_OPENGL_API) != EGL_TRUE) fail("EGL offers no OpenGL");
    constexpr EGLint kAttributes[] = {EGL_RED_SIZE,
                                      8,
                                      EGL_GREEN_SIZE,
                                      8,
                                      EGL_BLUE_SIZE,
                                      8,
                                      EGL_ALPHA_SIZE,
                                      8,
                                      EGL_DEPTH_SIZE,
                                      24,
                                      EGL_STENCIL_SIZE,
                                      8,
                                      EGL_SURFACE_TYPE,
                                      EGL_PBUFFER_BIT,
                                      EGL_RENDERABLE_TYPE,
                                      EGL_OPENGL_BIT,
                                      EGL_NONE};
    EGLint count = 0;
    if (choose_config(display, kAttributes, &config, 1, &count) != EGL_TRUE || count == 0)
      fail("EGL offers no usable configuration");
  }
};

// Never destroyed: drivers do not survive the order in which a process tears down.
Egl& egl() {
  static Egl* const instance = new Egl;
  return *instance;
}

}  // namespace

OffscreenContext::OffscreenContext() {
  Egl& e = egl();
  e.bind_api(EGL_OPENGL_API);  // the choice is per thread
  context_ = e.create_context(e.display, e.config, EGL_NO_CONTEXT, nullptr);
  if (context_ == EGL_NO_CONTEXT) fail("EGL makes no OpenGL context");
}

OffscreenContext::~OffscreenContext() {
  egl().destroy_context(egl().display, context_);
}

OffscreenContext::Current::Current(OffscreenContext& context) {
  Egl& e = egl();
  e.bind_api(EGL_OPENGL_API);
  if (e.make_current(e.display, EGL_NO_SURFACE, EGL_NO_SURFACE, context.context_) != EGL_TRUE)
    fail("EGL does not draw without a surface");
}

OffscreenContext::Current::~Current() {
  egl().make_current(egl().display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
}

}  // namespace rlrun::mujoco

#else

namespace rlrun::mujoco {

OffscreenContext::OffscreenContext() {
  throw UserError(
      "no pictures in this build: it was compiled without EGL; install libegl-dev and build again");
}
OffscreenContext::~OffscreenContext() = default;
OffscreenContext::Current::Current(OffscreenContext&) {}
OffscreenContext::Current::~Current() = default;

}  // namespace rlrun::mujoco

#endif
