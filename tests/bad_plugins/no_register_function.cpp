// Has a manifest and nothing behind it.

#include "rlrun/plugin.hpp"

extern "C" {
extern RLRUN_API const char rlrun_plugin_manifest[];
__attribute__((section(RLRUN_MANIFEST_SECTION), used)) const char rlrun_plugin_manifest[] =
    RLRUN_MANIFEST_MAGIC "\nabi: " RLRUN_ABI
                         "\nname: no_register_function\nversion: 1.0.0"
                         "\nprovides: env:no_register_function\n";
}
