#pragma once
// The last bytes of a result file: a hash of all before them.
//
// HDF5 allows bytes after its end. With them every damage is found before HDF5, which can crash on
// damaged files, sees a byte.

#include <filesystem>
#include <string>
#include <string_view>

namespace rlrun {

std::string sealed(std::string content);
/// What was sealed. Throws UserError (exit code 5) naming the file if a byte is missing or changed.
std::string_view unsealed(std::string_view bytes, const std::filesystem::path& path);

}  // namespace rlrun
