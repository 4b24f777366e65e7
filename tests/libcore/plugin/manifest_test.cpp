#include <cstring>
#include <fstream>

#include <catch2/catch.hpp>
#include <elf.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rlrun/plugin.hpp"

#include "plugin/catalog.hpp"
#include "support/process.hpp"

namespace {

using namespace rlrun;
namespace fs = std::filesystem;

const fs::path& good_file() {
  static const fs::path path = process::bad_plugins() / "well_behaved" / "well_behaved.so";
  return path;
}

void write(const fs::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a manifest is read from the file") {
  const PluginFile plugin = read_manifest(good_file());
  CHECK(plugin.problem.empty());
  CHECK(plugin.name == "well_behaved");
  CHECK(plugin.version == "1.2.3");
  CHECK(plugin.abi == RLRUN_ABI);
  CHECK(plugin.provides == std::vector<std::pair<Kind, std::string>>{
                               {Kind::kEnv, "tiny"}, {Kind::kAlgorithm, "tiny_search"}});
}

TEST_CASE("a plugin built for another interface is refused with both interfaces and a remedy") {
  const PluginFile plugin = read_manifest(process::bad_plugins() / "wrong_abi" / "wrong_abi.so");
  CHECK(contains(plugin.problem, "is built for 'rlrun-0 cxxabi-1002"));
  CHECK(contains(plugin.problem, "this is '" RLRUN_ABI "'"));
  CHECK(contains(plugin.problem, "rebuild it"));
  CHECK(plugin.provides.size() == 1);
}

TEST_CASE("what is no plugin is refused with the reason") {
  const process::Scratch folder;
  const fs::path path = folder.path / "x.so";
  const std::string good = process::read_file(good_file());
  REQUIRE(good.size() > 1000);

  CHECK(contains(read_manifest(path).problem, "cannot be opened: No such file"));
  CHECK(read_manifest(folder.path).problem == "is not a regular file");
  write(path, "");
  CHECK(contains(read_manifest(path).problem, "too short"));
  write(path, std::string(1000, 'x'));
  CHECK(contains(read_manifest(path).problem, "no ELF file"));
  write(path, good.substr(0, good.size() / 2));
  CHECK(contains(read_manifest(path).problem, "truncated"));
  std::string other = good;
  other[EI_CLASS] = ELFCLASS32;
  write(path, other);
  CHECK(read_manifest(path).problem == "is a library for another kind of machine");
  write(path, process::read_file("/proc/self/exe"));
  CHECK_FALSE(read_manifest(path).problem.empty());
  CHECK(contains(read_manifest(process::bad_plugins() / "no_manifest" / "no_manifest.so").problem,
                 "no manifest"));

  // A pipe would block whoever opens it to read.
  const fs::path pipe = folder.path / "pipe.so";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(read_manifest(pipe).problem == "is not a regular file");
}

TEST_CASE("a manifest with another text is refused with the reason") {
  const std::string good = process::read_file(good_file());
  const process::Scratch folder;
  const fs::path path = folder.path / "x.so";
  // Replaces a part of the manifest by a text of the same length.
  const auto problem_with = [&](const std::string& from, const std::string& to) {
    REQUIRE(from.size() == to.size());
    std::string changed = good;
    const auto start = changed.find(RLRUN_MANIFEST_MAGIC "\nabi: rlrun-");
    REQUIRE(start != std::string::npos);
    const auto at = changed.find(from, start);
    REQUIRE(at != std::string::npos);
    changed.replace(at, from.size(), to);
    write(path, changed);
    return read_manifest(path).problem;
  };
  CHECK(contains(problem_with("manifest 1\n", "manifest 2\n"), "another format"));
  CHECK(contains(problem_with("\nname: ", "\nnome: "), "without name"));
  CHECK(contains(problem_with("env:tiny ", "cat:tiny "), "expected env:NAME"));
  CHECK(contains(problem_with("env:tiny ", "env:../x "), "../x"));
  CHECK(contains(problem_with("env:tiny ", "env:t\x01ny "), "control characters"));
  CHECK(contains(problem_with("env:tiny algorithm:tiny_search", "env:tiny env:tiny             "),
                 "twice"));
  CHECK(contains(problem_with("env:tiny algorithm:tiny_search", "                              "),
                 "offers nothing"));
  CHECK(contains(problem_with("version: 1.2.3", "name: ab\ncd: e"), "damaged"));
}

TEST_CASE("no damage to a file crashes its reader or forges what it offers") {
  const std::string good = process::read_file(good_file());
  const int memory = memfd_create("mutant", 0);  // thousands of files would wear out a disk
  REQUIRE(memory >= 0);
  const fs::path path = "/proc/self/fd/" + std::to_string(memory);
  Elf64_Ehdr header;
  REQUIRE(good.size() > sizeof header);
  std::memcpy(&header, good.data(), sizeof header);
  const auto manifest = static_cast<Index>(good.find(RLRUN_MANIFEST_MAGIC "\nabi: rlrun-"));
  const auto size = static_cast<Index>(good.size());

  // Half of the damage goes where it matters: the header, the section table, the manifest.
  const struct {
    Index begin, length;
  } places[] = {{0, sizeof header},
                {static_cast<Index>(header.e_shoff), size - static_cast<Index>(header.e_shoff)},
                {manifest, 200},
                {0, size}};
  Rng rng(7);
  int refused = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string mutant = good;
    const auto& place = places[i % 4];
    const Index changes = 1 + rng.below(8);
    for (Index change = 0; change < changes; ++change)
      mutant[static_cast<std::size_t>(place.begin + rng.below(place.length))] =
          static_cast<char>(rng.below(4) == 0 ? 0xff : rng.below(256));
    if (rng.below(10) == 0) mutant.resize(static_cast<std::size_t>(rng.below(size)));
    REQUIRE(ftruncate(memory, 0) == 0);
    REQUIRE(pwrite(memory, mutant.data(), mutant.size(), 0) == static_cast<ssize_t>(mutant.size()));
    const PluginFile plugin = read_manifest(path);
    if (plugin.problem.empty()) {
      CHECK(plugin.abi == RLRUN_ABI);
      CHECK_FALSE(plugin.provides.empty());
    } else {
      ++refused;
    }
  }
  CHECK(refused > 500);
  CHECK(refused < 2000);
  close(memory);
}
