# The installation: headers, librlrun, the program, its plugins, and what find_package(rlrun) needs
# to build plugins elsewhere. The build tree can be found in the same way:
#
#   cmake -S my_method -B my_method/build -DCMAKE_PREFIX_PATH=<prefix or build tree>

include(CMakePackageConfigHelpers)

set(rlrun_cmake_folder ${CMAKE_INSTALL_LIBDIR}/cmake/rlrun)

# The flags go with the library: a plugin compiled with others is refused when it is loaded.
set_target_properties(rlrun_abi_flags PROPERTIES EXPORT_NAME abi_flags)
install(TARGETS rlrun_core rlrun_abi_flags EXPORT rlrunTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/libcore/include/rlrun
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(EXPORT rlrunTargets NAMESPACE rlrun:: DESTINATION ${rlrun_cmake_folder})

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/rlrunConfig.cmake.in
  ${PROJECT_BINARY_DIR}/${rlrun_cmake_folder}/rlrunConfig.cmake
  INSTALL_DESTINATION ${rlrun_cmake_folder} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/${rlrun_cmake_folder}/rlrunConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/${rlrun_cmake_folder}/rlrunConfig.cmake
  ${PROJECT_BINARY_DIR}/${rlrun_cmake_folder}/rlrunConfigVersion.cmake
  ${CMAKE_CURRENT_LIST_DIR}/RlrunPlugin.cmake
  DESTINATION ${rlrun_cmake_folder})

# The same for the build tree.
configure_file(${CMAKE_CURRENT_LIST_DIR}/RlrunPlugin.cmake
  ${PROJECT_BINARY_DIR}/${rlrun_cmake_folder}/RlrunPlugin.cmake COPYONLY)
export(EXPORT rlrunTargets NAMESPACE rlrun::
  FILE ${PROJECT_BINARY_DIR}/${rlrun_cmake_folder}/rlrunTargets.cmake)
