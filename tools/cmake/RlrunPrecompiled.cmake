# Precompiled headers. Parsing Eigen and the standard library is half of what a source costs to compile.
#
# GCC takes a precompiled header only where it was made with the same flags, so there is one for each way
# of compiling: the library, plugins, the runner, programs. Names in angles keep paths of this machine out
# of them, so that a compiler cache serves several checkouts.

# rlrun_precompile(TARGET HEADER...): makes one, for this target and those that reuse it.
function(rlrun_precompile target)
  list(TRANSFORM ARGN PREPEND "<")
  list(TRANSFORM ARGN APPEND ">")
  target_precompile_headers(${target} PRIVATE ${ARGN})
endfunction()

# rlrun_precompiled_host(TARGET HEADER...): a target with nothing in it but the header.
function(rlrun_precompiled_host target)
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${target}.cpp CONTENT "")
  add_library(${target} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${target}.cpp)
  rlrun_precompile(${target} ${ARGN})
endfunction()
