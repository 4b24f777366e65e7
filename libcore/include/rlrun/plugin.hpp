#pragma once
// The one header that a plugin includes, and the border it crosses.
//
//     void register_cem(rlrun::Registry& registry) {
//       registry.add(rlrun::algorithm<Cem>("cem", "Cross-entropy method", "Szita 2006",
//       "gaussian_mlp"));
//     }
//     RLRUN_PLUGIN("cem", "1.0.0", "algorithm:cem", register_cem)
//
// The manifest is text in an ELF section of its own, without relocations, so that it is read from
// the file before any code of the plugin runs. The third argument lists what the plugin registers,
// as kind:name separated by spaces; the loader refuses a plugin that registers anything else.

#include "rlrun/algorithm.hpp"
#include "rlrun/env.hpp"
#include "rlrun/env_wrapper.hpp"
#include "rlrun/error.hpp"
#include "rlrun/params.hpp"
#include "rlrun/policy.hpp"
#include "rlrun/registry.hpp"
#include "rlrun/rng.hpp"
#include "rlrun/sampler.hpp"
#include "rlrun/types.hpp"

/// Raised with every change of a public header that moves a byte or a virtual function.
#define RLRUN_INTERFACE_GENERATION 10

#define RLRUN_STRING_(x) #x
#define RLRUN_STRING(x) RLRUN_STRING_(x)

#if defined(_GLIBCXX_DEBUG)
#define RLRUN_ABI_DEBUG_ " glibcxx-debug"
#else
#define RLRUN_ABI_DEBUG_ ""
#endif
#if defined(__SANITIZE_ADDRESS__)
#define RLRUN_ABI_SANITIZER_ " asan"
#elif defined(__SANITIZE_THREAD__)
#define RLRUN_ABI_SANITIZER_ " tsan"
#else
#define RLRUN_ABI_SANITIZER_ ""
#endif

/// Everything that must be equal on both sides for C++ objects to cross.
#define RLRUN_ABI \
  "rlrun-" RLRUN_STRING(RLRUN_INTERFACE_GENERATION) " cxxabi-" RLRUN_STRING(__GXX_ABI_VERSION)  \
  " libstdcxx-" RLRUN_STRING(_GLIBCXX_RELEASE) "." RLRUN_STRING(_GLIBCXX_USE_CXX11_ABI)         \
  " eigen-" RLRUN_STRING(EIGEN_WORLD_VERSION) "." RLRUN_STRING(EIGEN_MAJOR_VERSION) "."         \
  RLRUN_STRING(EIGEN_MINOR_VERSION) " align-" RLRUN_STRING(EIGEN_MAX_ALIGN_BYTES)               \
  " fast-math-" RLRUN_STRING(EIGEN_FAST_MATH)                                                   \
  RLRUN_ABI_DEBUG_ RLRUN_ABI_SANITIZER_

#define RLRUN_MANIFEST_SECTION ".rlrun_plugin"
#define RLRUN_MANIFEST_MAGIC "rlrun-plugin-manifest 1"

#define RLRUN_PLUGIN(name, version, provides, register_function)                              \
  extern "C" {                                                                                \
  extern RLRUN_API const char rlrun_plugin_manifest[];                                        \
  __attribute__((section(RLRUN_MANIFEST_SECTION), used)) const char rlrun_plugin_manifest[] = \
      RLRUN_MANIFEST_MAGIC "\nabi: " RLRUN_ABI "\nname: " name "\nversion: " version          \
                           "\nprovides: " provides "\n";                                      \
  RLRUN_API void rlrun_plugin_register(::rlrun::Registry& registry);                          \
  void rlrun_plugin_register(::rlrun::Registry& registry) {                                   \
    register_function(registry);                                                              \
  }                                                                                           \
  }
