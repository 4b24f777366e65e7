# The reader of experiment files under libFuzzer, for a minute, where a clang with libFuzzer is there.
# The project is built with another compiler, so the few sources that are needed are compiled here.

find_program(RLRUN_CLANG NAMES clang++-14 clang++-16 clang++-15 clang++ DOC "clang++ for the fuzz test")
set(fuzz_flags -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined)

if(RLRUN_CLANG AND NOT DEFINED RLRUN_HAS_LIBFUZZER)
  set(probe ${CMAKE_CURRENT_BINARY_DIR}/fuzz_probe)
  file(WRITE ${probe}.cpp "#include <string>\nextern \"C\" int LLVMFuzzerTestOneInput(const char*, std::size_t) { return 0; }\n")
  execute_process(COMMAND ${RLRUN_CLANG} ${fuzz_flags} ${probe}.cpp -o ${probe}
    RESULT_VARIABLE failed OUTPUT_QUIET ERROR_QUIET)
  if(failed)
    set(found OFF)
  else()
    set(found ON)
  endif()
  set(RLRUN_HAS_LIBFUZZER ${found} CACHE INTERNAL "Whether RLRUN_CLANG links with libFuzzer")
endif()
if(NOT RLRUN_CLANG OR NOT RLRUN_HAS_LIBFUZZER)
  message(STATUS "No clang++ with libFuzzer: the fuzz test is left out")
  return()
endif()

set(libcore ${PROJECT_SOURCE_DIR}/libcore)
set(fuzz_sources ${CMAKE_CURRENT_SOURCE_DIR}/fuzz_experiment.cpp ${libcore}/src/core/interfaces.cpp
  ${libcore}/src/json/explain.cpp ${libcore}/src/json/json.cpp ${libcore}/src/json/parse.cpp ${libcore}/src/plugin/fields.cpp ${libcore}/src/plugin/kind.cpp
  ${libcore}/src/plugin/names.cpp
  ${libcore}/src/plugin/nearest_name.cpp ${libcore}/src/trial/checksum.cpp ${libcore}/src/trial/trial.cpp)
foreach(name entries experiment format members node overrides plan settings single)
  list(APPEND fuzz_sources ${libcore}/src/experiment/${name}.cpp)
endforeach()

set(fuzz_objects)
foreach(source IN LISTS fuzz_sources)
  get_filename_component(name ${source} NAME_WE)
  set(object ${CMAKE_CURRENT_BINARY_DIR}/fuzz/${name}.o)
  add_custom_command(OUTPUT ${object}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/fuzz
    COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${RLRUN_CLANG} ${fuzz_flags} -I${libcore}/include -I${libcore}/src
      "-isystem$<JOIN:$<TARGET_PROPERTY:Eigen3::Eigen,INTERFACE_INCLUDE_DIRECTORIES>,;-isystem>"
      -MD -MF ${object}.d -c ${source} -o ${object}
    DEPENDS ${source} DEPFILE ${object}.d COMMENT "Building ${name}.o for the fuzz test"
    COMMAND_EXPAND_LISTS VERBATIM)
  list(APPEND fuzz_objects ${object})
endforeach()
set(fuzz_program ${CMAKE_BINARY_DIR}/tests/fuzz_experiment)
add_custom_command(OUTPUT ${fuzz_program}
  COMMAND ${RLRUN_CLANG} ${fuzz_flags} ${fuzz_objects} -o ${fuzz_program}
    $<TARGET_LINKER_FILE:Boost::json> $<TARGET_LINKER_FILE:OpenSSL::Crypto>
  DEPENDS ${fuzz_objects} COMMENT "Linking fuzz_experiment" VERBATIM)
add_custom_target(fuzz_experiment ALL DEPENDS ${fuzz_program})

# Every run starts from the same inputs; what it finds beside crashes is not kept.
set(corpus ${CMAKE_CURRENT_SOURCE_DIR}/corpus)
set(seeds ${corpus}/grid.json ${corpus}/per_env.json ${corpus}/overrides
  ${PROJECT_SOURCE_DIR}/experiments/smoke.json ${PROJECT_SOURCE_DIR}/experiments/mujoco.json)
list(JOIN seeds "," seeds)
add_test(NAME fuzz_experiment COMMAND ${fuzz_program} -seed=1 -max_total_time=60 -rss_limit_mb=2048
  -timeout=20 -max_len=4096 -print_final_stats=1 -dict=${CMAKE_CURRENT_SOURCE_DIR}/fuzz.dict
  -seed_inputs=${seeds} -artifact_prefix=${CMAKE_CURRENT_BINARY_DIR}/fuzz/)
set_tests_properties(fuzz_experiment PROPERTIES TIMEOUT 300)
