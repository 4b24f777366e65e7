#include "scaffold.hpp"

namespace rlrun::commands {
namespace {

constexpr const char* kCMake = R"(cmake_minimum_required(VERSION 3.25...4.0)
project(@name@ LANGUAGES CXX)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
find_package(rlrun REQUIRED)
rlrun_plugin(NAME @name@ KIND @folder@ SOURCES @name@.cpp)
)";

}  // namespace

std::vector<ScaffoldFile> plugin_files(const char* source, const std::string& folder,
                                       const char* experiment, const char* readme) {
  std::string cmake = kCMake;
  const std::string mark = "@folder@";
  cmake.replace(cmake.find(mark), mark.size(), folder);
  return {{"@name@.cpp", source},
          {"CMakeLists.txt", cmake},
          {"@name@.json", experiment},
          {"README.md", readme}};
}

}  // namespace rlrun::commands
