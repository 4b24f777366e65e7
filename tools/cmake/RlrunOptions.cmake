# Build options and the target that carries the compiler flags of everything we build.

set(RLRUN_ARCH "x86-64-v3" CACHE STRING "Architecture level: x86-64-v3, native, or empty for the compiler's default")
set(RLRUN_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")
# On for the compiler of Debian 12. Others warn of other things, which is no reason to refuse them.
set(werror OFF)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION MATCHES "^12\\.")
  set(werror ON)
endif()
option(RLRUN_WERROR "Warnings are errors" ${werror})
option(RLRUN_TESTS "Build the tests" ON)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # What a precompiled header says of times and macros is no reason to compile again.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE_PROGRAM})
endif()

set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)

# What must be equal in libcore and in every plugin, also those built outside the tree.
add_library(rlrun_abi_flags INTERFACE)
target_compile_features(rlrun_abi_flags INTERFACE cxx_std_20)
if(RLRUN_ARCH AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_options(rlrun_abi_flags INTERFACE -march=${RLRUN_ARCH})
endif()
# One binary gives the same bits on every machine of its level: no contraction that depends on the
# compiler, no approximate roots and reciprocals (their low bits are the processor maker's choice), no
# blocking of products by the caches of the machine at hand, no threads inside Eigen.
target_compile_options(rlrun_abi_flags INTERFACE -ffp-contract=off)
target_compile_definitions(rlrun_abi_flags INTERFACE
  EIGEN_FAST_MATH=0 EIGEN_NO_CPUID EIGEN_DEFAULT_L1_CACHE_SIZE=32768 EIGEN_DEFAULT_L2_CACHE_SIZE=524288
  EIGEN_DEFAULT_L3_CACHE_SIZE=4194304 EIGEN_DONT_PARALLELIZE)
if(RLRUN_SANITIZE)
  target_compile_options(rlrun_abi_flags INTERFACE -fsanitize=${RLRUN_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(rlrun_abi_flags INTERFACE -fsanitize=${RLRUN_SANITIZE})
endif()

add_library(rlrun_flags INTERFACE)
target_link_libraries(rlrun_flags INTERFACE rlrun_abi_flags)
target_compile_options(rlrun_flags INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor)
if(RLRUN_WERROR)
  target_compile_options(rlrun_flags INTERFACE -Werror)
endif()
# GCC 12 sees overlapping copies in "text" + std::string where there are none (its bug 105651), in the same
# places copies that are too long, and in default arguments strings that are not initialised. What a designated
# initialiser leaves out has its default on purpose.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(rlrun_flags INTERFACE -Wno-restrict)
  if(RLRUN_WERROR)
    target_compile_options(rlrun_flags INTERFACE -Wno-error=stringop-overflow -Wno-error=array-bounds
      -Wno-error=maybe-uninitialized -Wno-error=missing-field-initializers)
  endif()
endif()
