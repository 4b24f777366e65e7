#include "run/machine.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sched.h>
#include <unistd.h>

namespace rlrun {
namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  return line;
}

// The group of this process and those around it, the innermost first, as folders: of version 2, and
// of version 1's hierarchy with this controller.
std::vector<fs::path> control_groups(const fs::path& root, const std::string& controller) {
  std::vector<fs::path> folders;
  std::ifstream file(root / "proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {  // "4:cpu,cpuacct:/group", "0::/group"
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (!controllers.empty() &&
        ("," + controllers + ",").find("," + controller + ",") == std::string::npos)
      continue;
    const fs::path mount = root / "sys/fs/cgroup";
    for (const fs::path& top : controllers.empty()
                                   ? std::vector{mount, mount / "unified"}
                                   : std::vector{mount / controllers, mount / controller}) {
      // A container may be shown the path of its group outside, where it sees only the top.
      fs::path group = fs::path(line.substr(second + 1)).relative_path();
      for (; !group.empty(); group = group.parent_path()) folders.push_back(top / group);
      folders.push_back(top);
    }
  }
  return folders;
}

// A whole number, or none for "max" and for files that are not there.
bool read_number(std::string_view text, std::int64_t& number) {
  return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc{};
}

int cores_of_affinity() {
  for (int cores = 1024; cores <= (1 << 20); cores *= 2) {
    cpu_set_t* set = CPU_ALLOC(static_cast<std::size_t>(cores));
    if (set == nullptr) break;
    const std::size_t size = CPU_ALLOC_SIZE(static_cast<std::size_t>(cores));
    const bool known = sched_getaffinity(0, size, set) == 0;
    const int count = known ? CPU_COUNT_S(size, set) : 0;
    CPU_FREE(set);
    if (known) return count;
    if (errno != EINVAL) break;  // more cores than fit
  }
  return static_cast<int>(std::thread::hardware_concurrency());
}

}  // namespace

int available_cores(const fs::path& root) {
  std::int64_t cores = cores_of_affinity();
  for (const fs::path& group : control_groups(root, "cpu")) {
    std::int64_t quota = 0, period = 0;
    const std::string both = first_line(group / "cpu.max");  // "200000 100000", "max 100000"
    const bool limited =
        both.empty() ? read_number(first_line(group / "cpu.cfs_quota_us"), quota) &&
                           read_number(first_line(group / "cpu.cfs_period_us"), period)
                     : read_number(both, quota) &&
                           read_number(std::string_view(both).substr(both.find(' ') + 1), period);
    if (limited && quota > 0 && period > 0) cores = std::min(cores, quota / period);
  }
  const char* slurm = std::getenv("SLURM_CPUS_PER_TASK");
  if (std::int64_t of_task = 0; slurm != nullptr && read_number(slurm, of_task) && of_task > 0)
    cores = std::min(cores, of_task);
  return static_cast<int>(std::max<std::int64_t>(cores, 1));
}

std::int64_t available_memory_mib(const fs::path& root) {
  std::int64_t kib = 0;
  std::ifstream file(root / "proc/meminfo");
  for (std::string line; std::getline(file, line);) {  // "MemTotal:       16384256 kB"
    std::istringstream fields(line);
    std::string name;
    std::int64_t value = 0;
    if (fields >> name >> value && (name == "MemTotal:" || name == "SwapTotal:")) kib += value;
  }
  std::int64_t mib = kib / 1024;
  for (const fs::path& group : control_groups(root, "memory"))
    for (const char* name : {"memory.max", "memory.limit_in_bytes"})
      if (std::int64_t bytes = 0; read_number(first_line(group / name), bytes) && bytes > 0)
        mib = std::min(mib, bytes >> 20);
  return mib;
}

std::int64_t own_address_mib() {
  std::int64_t pages = 0;
  if (!(std::ifstream("/proc/self/statm") >> pages)) return 0;
  return (pages * sysconf(_SC_PAGESIZE) + (1 << 20) - 1) >> 20;
}

}  // namespace rlrun
