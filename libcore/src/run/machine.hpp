#pragma once
// What of the machine is ours to use.

#include <cstdint>
#include <filesystem>

namespace rlrun {

/// Cores that this process may keep busy: those that its affinity allows (taskset, a cpuset), no
/// more than the quota of its control groups (whole cores; version 1 and 2) and than
/// SLURM_CPUS_PER_TASK, at least one. `root` is where /proc and /sys are looked for.
int available_cores(const std::filesystem::path& root = "/");

/// Memory with swap in MiB, no more than the limit of its control groups; 0 if unknown.
std::int64_t available_memory_mib(const std::filesystem::path& root = "/");

/// Address space that this process takes now, in MiB, rounded up; 0 if unknown.
std::int64_t own_address_mib();

}  // namespace rlrun
