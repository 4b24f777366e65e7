// What the processor's maker decides reaches no number: nothing that we ship approximates roots or
// reciprocals, or asks for the sizes of caches. MuJoCo's own library is its makers' and not looked
// at.

#include <algorithm>
#include <array>
#include <sstream>

#include <Eigen/Core>
#include <catch2/catch.hpp>

#include "support/process.hpp"

namespace {

namespace fs = std::filesystem;

// Approximations whose low bits differ between processors: rsqrtps, vrcp14ss, vrsqrt28pd, ...
bool approximates(std::string_view instruction) {
  if (instruction.starts_with("v")) instruction.remove_prefix(1);
  if (instruction.starts_with("exp2")) return true;
  return instruction.starts_with("rsqrt") || instruction.starts_with("rcp");
}

// The compiler's own question which instructions there are; it chooses between loops of the same
// bits (see the test nn_kernel).
bool asks_for_instructions_only(const std::string& function) {
  return function.starts_with("__cpu_indicator_init") ||
         function.starts_with("get_available_features");
}

/// A line for each instruction that must not be there, with its function.
std::vector<std::string> faults(const fs::path& binary) {
  const process::Result listing =
      process::run_command({"objdump", "--disassemble", "--no-show-raw-insn", binary.string()});
  INFO(listing.err);
  REQUIRE(listing.code == 0);
  std::vector<std::string> found;
  std::string function;
  std::istringstream lines(listing.out);
  std::size_t instructions = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with(">:")) {
      const std::size_t begin = line.find('<') + 1;
      function = line.substr(begin, line.size() - begin - 2);
      continue;
    }
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) continue;
    ++instructions;
    const std::string instruction = line.substr(tab + 1, line.find(' ', tab) - tab - 1);
    if (approximates(instruction) ||
        (instruction == "cpuid" && !asks_for_instructions_only(function)))
      found.push_back(binary.filename().string() + ": " + function + ": " + instruction);
  }
  CHECK(instructions > 0);
  return found;
}

}  // namespace

TEST_CASE("the search finds what it looks for") {
  const process::Scratch scratch;
  process::write(scratch.path / "code.s",
                 "f: vrsqrtps %ymm0, %ymm1\n rcpss %xmm0, %xmm1\n vrsqrt14pd %zmm0, %zmm1\n"
                 " cpuid\n vsqrtps %ymm0, %ymm1\n vdivps %ymm0, %ymm1, %ymm2\n"
                 "__cpu_indicator_init: cpuid\n");
  const std::string object = (scratch.path / "code.o").string();
  REQUIRE(process::run_command({"as", (scratch.path / "code.s").string(), "-o", object}).code == 0);
  CHECK(faults(object) == std::vector<std::string>{"code.o: f: vrsqrtps", "code.o: f: rcpss",
                                                   "code.o: f: vrsqrt14pd", "code.o: f: cpuid"});
}

TEST_CASE("no shipped file holds instructions that processors answer differently") {
  const fs::path build = process::build_folder();
  std::vector<fs::path> binaries = {build / "bin/rlrun", build / "lib/librlrun.so"};
  for (const auto& entry : fs::directory_iterator(build / "lib/rlrun/plugins"))
    binaries.push_back(entry.path());
  CHECK(binaries.size() > 2);
  for (const fs::path& binary : binaries)
    for (const std::string& fault : faults(binary)) FAIL_CHECK(fault);
}

TEST_CASE("products are cut by the same sizes of caches on every machine") {
  CHECK(Eigen::l1CacheSize() == EIGEN_DEFAULT_L1_CACHE_SIZE);
  CHECK(Eigen::l2CacheSize() == EIGEN_DEFAULT_L2_CACHE_SIZE);
  CHECK(Eigen::l3CacheSize() == EIGEN_DEFAULT_L3_CACHE_SIZE);
}
