#pragma once

namespace rlrun::gymnasium {

/// The Python side: making.py, spaces.py and serve.py, one after the other.
extern const char* const kProgram;

}  // namespace rlrun::gymnasium
