#include "run/provenance.hpp"

#include <array>
#include <cerrno>
#include <ctime>
#include <fstream>
#include <map>
#include <set>
#include <tuple>

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rlrun/error.hpp"

#include "plugin/catalog.hpp"
#include "run/build_info.hpp"
#include "run/machine.hpp"
#include "store/file.hpp"
#include "store/store.hpp"

namespace rlrun {
namespace {

// To the millisecond, so that the order of results can be told.
std::string utc_now() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  std::tm parts{};
  gmtime_r(&now.tv_sec, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  return fmt::format("{}.{:03}Z", text.data(), now.tv_nsec / 1'000'000);
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) {
      const std::size_t colon = line.find(": ");
      if (colon != std::string::npos) return line.substr(colon + 2);
    }
  return "unknown";
}

// A plugin file as it is now. Files are read once for each content that they have had, since a
// sweep asks for every trial. The time of the last change of the inode is among what tells contents
// apart, because no copy can bring it along.
CodePart part_of(const std::filesystem::path& file, bool plugin) {
  using Version = std::tuple<dev_t, ino_t, off_t, time_t, long, time_t, long>;
  static std::map<std::filesystem::path, std::pair<Version, CodePart>> known;
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) throw_system_error("cannot read", file, errno);
  const Version version{status.st_dev,         status.st_ino,          status.st_size,
                        status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec,
                        status.st_ctim.tv_nsec};
  auto& [known_version, part] = known[file];
  if (part.sha256.empty() || known_version != version) {
    part.sha256 = sha256_hex(read_file(file));
    if (plugin) {
      const PluginFile manifest = read_manifest(file);
      part.name = manifest.name.empty() ? file.stem().string() : manifest.name;
      part.version = manifest.version;
    }
    known_version = version;
  }
  return part;
}

// As they run: what lies in their place later is another program. The commit alone says nothing of
// changes that are not committed yet.
const Code& program() {
  static const Code code = [] {
    const std::string version = build_version(build_info());
    Code parts{part_of("/proc/self/exe", false)};
    parts.back().name = "rlrun";
    Dl_info core{};
    const auto* symbol = reinterpret_cast<const void*>(&check_failed);
    if (dladdr(symbol, &core) != 0 && core.dli_fname != nullptr) {
      parts.push_back(part_of(core.dli_fname, false));
      parts.back().name = "librlrun";
    }
    for (CodePart& part : parts) part.version = version;
    return parts;
  }();
  return code;
}

}  // namespace

Code code_of(const std::vector<std::filesystem::path>& plugins) {
  Code code = program();
  std::set<std::filesystem::path> seen;
  for (const std::filesystem::path& plugin : plugins)
    if (seen.insert(plugin).second) code.push_back(part_of(plugin, true));
  return code;
}

std::string code_identity(const Code& code) {
  return json::canonical(build_info()) + " " + json::canonical(to_json(code));
}

Provenance::Provenance(int threads) : threads_(threads), started_(utc_now()) {}

json::Value Provenance::finish(const Code& code) const {
  return json::Object{{"build", build_info()},
                      {"code", to_json(code)},
                      {"host", host_name()},
                      {"cpu", cpu_model()},
                      {"cores", static_cast<std::int64_t>(available_cores())},
                      {"threads", threads_},
                      {"started", started_},
                      {"finished", utc_now()}};
}

}  // namespace rlrun
