#pragma once
// The files that `rlrun new` writes.

#include <string>
#include <vector>

namespace rlrun::commands {

struct ScaffoldFile {
  std::string name;
  std::string content;  ///< With @name@ and @Class@ (the name in CamelCase).
};

/// The files of a plugin: those given, and a CMakeLists.txt. `folder` is where its kind is installed.
std::vector<ScaffoldFile> plugin_files(const char* source, const std::string& folder,
                                       const char* experiment, const char* readme);

/// A learning rule: a random search that works.
std::vector<ScaffoldFile> algorithm_scaffold();
/// A wrapper around tasks: sensors that fail.
std::vector<ScaffoldFile> wrapper_scaffold();
/// A task: a pendulum to swing up.
std::vector<ScaffoldFile> env_scaffold();

}  // namespace rlrun::commands
