# rlrun_plugin(NAME cem KIND algorithms SOURCES cem.cpp [LIBRARIES box2d::box2d])
#
# A plugin is a module with hidden symbols that links to libcore only. Used by this project and,
# through find_package(rlrun), by plugins built outside the tree; both find the plugin in
# lib/rlrun/plugins below their build folder.
function(rlrun_plugin)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;KIND" "SOURCES;LIBRARIES")
  set(target rlrun_plugin_${arg_NAME})
  add_library(${target} MODULE ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE rlrun::core ${arg_LIBRARIES})
  if(TARGET rlrun_flags)
    target_link_libraries(${target} PRIVATE rlrun_flags)
  endif()
  if(TARGET rlrun_plugin_headers)
    target_precompile_headers(${target} REUSE_FROM rlrun_plugin_headers)
  endif()
  set_target_properties(${target} PROPERTIES
    PREFIX "" OUTPUT_NAME ${arg_NAME} CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/rlrun/plugins
    INSTALL_RPATH "$ORIGIN/../..")
  set_property(GLOBAL APPEND PROPERTY RLRUN_PLUGINS ${target})
  if(PROJECT_NAME STREQUAL "rlrun")
    install(TARGETS ${target} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/rlrun/plugins)
  endif()
endfunction()
