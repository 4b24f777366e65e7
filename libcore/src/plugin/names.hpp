#pragma once
// What may become part of a path.

#include <string>

namespace rlrun {

/// Checks the stem of an experiment's file, which names its result folder: UTF-8 without control
/// characters, no leading dot, dash or space, at most 100 bytes. Throws UserError.
void check_stem(const std::string& stem);

/// Checks a name that becomes part of a path: letters, digits, "_", "-", "." and "/" as in
/// "gym/Hopper-v4"; no leading dot or dash, no "..", at most 100 bytes. Throws UserError.
void check_name(const std::string& name, const std::string& what);

}  // namespace rlrun
