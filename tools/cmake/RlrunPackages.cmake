# Every outside library. A missing one ends the configuration with one line that says how to get it.

function(rlrun_require package hint)
  find_package(${package} ${ARGN} QUIET)
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR "rlrun needs ${package} ${ARGN}, which was not found. ${hint}")
  endif()
  # find_package sets its results in this function's scope only.
  foreach(suffix FOUND VERSION DIR INCLUDE_DIRS LIBRARIES C_LIBRARIES C_INCLUDE_DIRS)
    set(${package}_${suffix} "${${package}_${suffix}}" PARENT_SCOPE)
  endforeach()
endfunction()

set(rlrun_hint "Run tools/setup, or install it")
rlrun_require(Boost "${rlrun_hint}: libboost1.81-dev libboost-json1.81-dev libboost-program-options1.81-dev" 1.81 COMPONENTS json program_options)
rlrun_require(Eigen3 "${rlrun_hint}: libeigen3-dev" 3.4)
rlrun_require(TBB "${rlrun_hint}: libtbb-dev")
rlrun_require(HDF5 "${rlrun_hint}: libhdf5-dev" COMPONENTS C)
rlrun_require(fmt "${rlrun_hint}: libfmt-dev")
rlrun_require(OpenSSL "${rlrun_hint}: libssl-dev")
rlrun_require(PNG "${rlrun_hint}: libpng-dev")
rlrun_require(box2d "${rlrun_hint}: libbox2d-dev" 2.4)
rlrun_require(mujoco "tools/setup fetches the official build 3.3.7; any MuJoCo from 2.2 on will do (-Dmujoco_ROOT=...)" 2.2)
find_package(Threads REQUIRED)
find_package(benchmark QUIET)  # optional: kernel benchmarks under tests/
if(RLRUN_TESTS)
  rlrun_require(Catch2 "${rlrun_hint}: catch2 (version 2)" 2)
endif()
