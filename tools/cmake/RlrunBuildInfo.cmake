# Build facts that results record: rlrun_build_info(TARGET) gives a target two generated headers,
# build_facts.hpp (known when configuring) and build_commit.hpp (looked up in every build, written
# only when it changes). Run as a script (-P) it writes the second.

if(CMAKE_SCRIPT_MODE_FILE)
  # What a build is made of; results and texts that change do not make it another one.
  set(parts CMakeLists.txt apps libcore plugins tools)
  find_program(git git)
  set(commit unknown)
  set(dirty false)
  if(git)
    # The owner of the files may be another user than the one who builds (containers).
    set(git_command ${git} -c safe.directory=* -C ${SOURCE})
    execute_process(COMMAND ${git_command} rev-parse HEAD
      OUTPUT_VARIABLE head RESULT_VARIABLE failed OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(NOT failed)
      set(commit ${head})
      execute_process(COMMAND ${git_command} status --porcelain --untracked-files=no -- ${parts}
        OUTPUT_VARIABLE changes ERROR_QUIET)
      if(changes)
        set(dirty true)
      endif()
    endif()
  endif()
  set(text "#pragma once

namespace rlrun::build_facts {

inline constexpr const char* kCommit = \"${commit}\";
inline constexpr bool kDirty = ${dirty};

}  // namespace rlrun::build_facts
")
  set(old "")
  if(EXISTS ${OUTPUT})
    file(READ ${OUTPUT} old)
  endif()
  if(NOT text STREQUAL old)
    file(WRITE ${OUTPUT} "${text}")
  endif()
  return()
endif()

set(RLRUN_BUILD_INFO_FOLDER ${CMAKE_CURRENT_LIST_DIR})

function(rlrun_build_info target)
  set(generated ${PROJECT_BINARY_DIR}/generated)
  get_target_property(options rlrun_abi_flags INTERFACE_COMPILE_OPTIONS)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
  set(rlrun_flags_text "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type}} ${options}")
  string(REPLACE ";" " " rlrun_flags_text "${rlrun_flags_text}")
  string(STRIP "${rlrun_flags_text}" rlrun_flags_text)
  set(rlrun_architecture_text "${CMAKE_SYSTEM_PROCESSOR} ${RLRUN_ARCH}")
  string(STRIP "${rlrun_architecture_text}" rlrun_architecture_text)
  configure_file(${RLRUN_BUILD_INFO_FOLDER}/build_facts.hpp.in ${generated}/build_facts.hpp @ONLY)

  add_custom_target(rlrun_build_commit
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DOUTPUT=${generated}/build_commit.hpp
            -P ${RLRUN_BUILD_INFO_FOLDER}/RlrunBuildInfo.cmake
    BYPRODUCTS ${generated}/build_commit.hpp
    COMMENT "Looking up the commit" VERBATIM)
  add_dependencies(${target} rlrun_build_commit)
  target_include_directories(${target} PRIVATE ${generated})
endfunction()
