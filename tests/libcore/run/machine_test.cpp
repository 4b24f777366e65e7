// What is ours of a machine, with control groups in a folder of the test's own.

#include "run/machine.hpp"

#include <cstdlib>
#include <string>

#include <catch2/catch.hpp>
#include <sched.h>

#include "support/process.hpp"

using namespace rlrun;

namespace {

class Root {
 public:
  Root() { unsetenv("SLURM_CPUS_PER_TASK"); }
  void write(const std::string& file, const std::string& text) const {
    const std::filesystem::path path = folder_.path / file;
    std::filesystem::create_directories(path.parent_path());
    process::write(path, text);
  }
  [[nodiscard]] int cores() const { return available_cores(folder_.path); }
  [[nodiscard]] std::int64_t memory() const { return available_memory_mib(folder_.path); }

 private:
  process::Scratch folder_;
};

// The affinity of this process for the length of a scope.
class Affinity {
 public:
  explicit Affinity(int cores) {
    REQUIRE(sched_getaffinity(0, sizeof before_, &before_) == 0);
    cpu_set_t some;
    CPU_ZERO(&some);
    for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&some) < cores; ++i)
      if (CPU_ISSET(i, &before_)) CPU_SET(i, &some);
    REQUIRE(sched_setaffinity(0, sizeof some, &some) == 0);
  }
  ~Affinity() { sched_setaffinity(0, sizeof before_, &before_); }
  Affinity(const Affinity&) = delete;
  Affinity& operator=(const Affinity&) = delete;

 private:
  cpu_set_t before_{};
};

// Cores that an affinity of all leaves.
int all_cores() {
  return Root().cores();
}

}  // namespace

TEST_CASE("the affinity bounds the cores", "[machine]") {
  const Root root;
  CHECK(root.cores() >= 1);
  const Affinity one(1);
  CHECK(root.cores() == 1);
}

TEST_CASE("a quota bounds the cores, in whole ones", "[machine]") {
  const Root root;
  SECTION("version 2, the group's own or one around it") {
    root.write("proc/self/cgroup", "0::/slice/job/task\n");
    root.write("sys/fs/cgroup/slice/job/task/cpu.max", "max 100000\n");
    CHECK(root.cores() == all_cores());
    root.write("sys/fs/cgroup/slice/job/cpu.max", "150000 100000\n");
    CHECK(root.cores() == 1);
    root.write("sys/fs/cgroup/slice/job/cpu.max", "10000000 100000\n");
    CHECK(root.cores() == all_cores());
    root.write("sys/fs/cgroup/cpu.max", "50000 100000\n");  // half a core is one
    CHECK(root.cores() == 1);
  }
  SECTION("version 1") {
    root.write("proc/self/cgroup", "5:memory:/other\n4:cpu,cpuacct:/job\n0::/\n");
    root.write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n");
    root.write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
    CHECK(root.cores() == all_cores());
    root.write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "100000\n");
    CHECK(root.cores() == 1);
  }
  SECTION("in a container that sees only the top of its groups") {
    root.write("proc/self/cgroup", "0::/docker/0123\n");
    root.write("sys/fs/cgroup/cpu.max", "100000 100000\n");
    CHECK(root.cores() == 1);
  }
}

TEST_CASE("Slurm's share of a task bounds the cores", "[machine]") {
  const Root root;
  setenv("SLURM_CPUS_PER_TASK", "1", 1);
  CHECK(root.cores() == 1);
  setenv("SLURM_CPUS_PER_TASK", "100000", 1);
  const int all = root.cores();
  setenv("SLURM_CPUS_PER_TASK", "many", 1);
  CHECK(root.cores() == all);
  unsetenv("SLURM_CPUS_PER_TASK");
  CHECK(root.cores() == all);
}

TEST_CASE("memory is what the machine has with its swap, within the group's limit", "[machine]") {
  const Root root;
  CHECK(root.memory() == 0);
  root.write("proc/meminfo",
             "MemTotal:       8388608 kB\nMemFree:  1 kB\nSwapTotal:  1048576 kB\n");
  CHECK(root.memory() == 9216);
  SECTION("version 2") {
    root.write("proc/self/cgroup", "0::/job\n");
    root.write("sys/fs/cgroup/job/memory.max", "max\n");
    CHECK(root.memory() == 9216);
    root.write("sys/fs/cgroup/job/memory.max", "1073741824\n");
    CHECK(root.memory() == 1024);
  }
  SECTION("version 1") {
    root.write("proc/self/cgroup", "4:memory:/job\n");
    root.write("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "9223372036854771712\n");
    CHECK(root.memory() == 9216);
    root.write("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "2147483648\n");
    CHECK(root.memory() == 2048);
  }
}
