#pragma once
// Names of functions, read from the files that hold them.

#include <cstddef>
#include <cstdint>

namespace rlrun {

/// Writes the name of the function at `offset` of a library or program (an address less the address
/// where the file is mapped) into `name`, as the linker knows it, local functions too: _ZN5rlrun...
/// Empty if the file cannot be read, has been stripped, or has no function there. Safe in the
/// handler of a signal: takes no memory and no lock.
void find_function_name(const char* file, std::uint64_t offset, char* name, std::size_t size);

}  // namespace rlrun
