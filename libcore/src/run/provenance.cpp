#include "run/provenance.hpp"

#include <array>
#include <cerrno>
#include <chrono>
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
#include "run/machine.hpp"
#include "store/file.hpp"
#include "store/store.hpp"
#include "trial/build_info.hpp"

namespace rlrun {
namespace {

// To the millisecond, so that the order of results can be told.
std::string utc(std::chrono::system_clock::time_point time) {
  using std::chrono::milliseconds;
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  const auto since = std::chrono::duration_cast<milliseconds>(time.time_since_epoch());
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  return fmt::format("{}.{:03}Z", text.data(), since.count() % 1000);
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

std::string short_identity(const std::string& identity) {
  constexpr std::size_t kDigits = 16;
  return sha256_hex(identity).substr(0, kDigits);
}

Provenance::Provenance(int threads) : threads_(threads) {}

json::Value Provenance::finish(const Code& code) const {
  // The clock that people read may have been set back meanwhile.
  const auto finished = started_ + std::chrono::duration_cast<std::chrono::system_clock::duration>(
                                       std::chrono::steady_clock::now() - begin_);
  return json::Object{{"build", build_info()},
                      {"code", to_json(code)},
                      {"host", host_name()},
                      {"cpu", cpu_model()},
                      {"cores", static_cast<std::int64_t>(available_cores())},
                      {"threads", threads_},
                      {"started", utc(started_)},
                      {"finished", utc(finished)}};
}

}  // namespace rlrun
