#pragma once
// An OpenGL context without a window. The one user of EGL, which is loaded when first needed.

namespace rlrun::mujoco {

/// Throws UserError if this machine has no EGL or no OpenGL driver behind it.
class OffscreenContext {
 public:
  OffscreenContext();
  ~OffscreenContext();
  OffscreenContext(const OffscreenContext&) = delete;
  OffscreenContext& operator=(const OffscreenContext&) = delete;

  /// Makes the context current in this thread for a scope.
  class Current {
   public:
    explicit Current(OffscreenContext& context);
    ~Current();
    Current(const Current&) = delete;
    Current& operator=(const Current&) = delete;
  };

 private:
  void* context_ = nullptr;
};

}  // namespace rlrun::mujoco
