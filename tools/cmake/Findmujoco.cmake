# MuJoCo from the unpacked PyPI wheel (third_party/mujoco, made by tools/setup), from mujoco_ROOT, or
# from the system. Defines mujoco::mujoco and mujoco_VERSION.

find_path(mujoco_INCLUDE_DIR mujoco/mujoco.h
  HINTS ${mujoco_ROOT} ${CMAKE_CURRENT_LIST_DIR}/../../third_party/mujoco PATH_SUFFIXES include)
get_filename_component(_mujoco_prefix "${mujoco_INCLUDE_DIR}" DIRECTORY)
if(mujoco_INCLUDE_DIR)
  file(STRINGS ${mujoco_INCLUDE_DIR}/mujoco/mujoco.h _mujoco_line REGEX "#define mjVERSION_HEADER +[0-9]+")
  string(REGEX MATCH "[0-9]+$" _mujoco_number "${_mujoco_line}")
endif()
if(_mujoco_number)
  if(_mujoco_number GREATER 999999)  # from 3.5 on: major * 1000000 + minor * 1000 + patch
    math(EXPR _major "${_mujoco_number} / 1000000")
    math(EXPR _minor "${_mujoco_number} / 1000 % 1000")
    math(EXPR _patch "${_mujoco_number} % 1000")
  else()
    math(EXPR _major "${_mujoco_number} / 100")
    math(EXPR _minor "${_mujoco_number} / 10 % 10")
    math(EXPR _patch "${_mujoco_number} % 10")
  endif()
  set(mujoco_VERSION ${_major}.${_minor}.${_patch})
endif()
# The wheel has no unversioned name, so both are tried.
file(GLOB _mujoco_candidates ${_mujoco_prefix}/libmujoco.so* ${_mujoco_prefix}/lib/libmujoco.so*)
if(_mujoco_candidates)
  list(GET _mujoco_candidates 0 _mujoco_first)
  set(mujoco_LIBRARY ${_mujoco_first} CACHE FILEPATH "The MuJoCo library")
else()
  find_library(mujoco_LIBRARY mujoco)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(mujoco REQUIRED_VARS mujoco_LIBRARY mujoco_INCLUDE_DIR VERSION_VAR mujoco_VERSION)
if(mujoco_FOUND AND NOT TARGET mujoco::mujoco)
  add_library(mujoco::mujoco SHARED IMPORTED)
  set_target_properties(mujoco::mujoco PROPERTIES
    IMPORTED_LOCATION ${mujoco_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${mujoco_INCLUDE_DIR})
endif()
