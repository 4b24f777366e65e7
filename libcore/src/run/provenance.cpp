#include "run/provenance.hpp"

#include <array>
#include <cerrno>
#include <ctime>
#include <fstream>
#include <map>
#include <thread>
#include <tuple>

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rlrun/error.hpp"

#include "run/build_info.hpp"
#include "store/file.hpp"
#include "store/store.hpp"

namespace rlrun {
namespace {

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
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

// Files are hashed once for each content that they have had, since a sweep asks for every trial.
std::string hash_of(const std::filesystem::path& file) {
  using Version = std::tuple<dev_t, ino_t, off_t, time_t, long>;
  static std::map<std::filesystem::path, std::pair<Version, std::string>> known;
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) throw_system_error("cannot read", file, errno);
  const Version version{status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
                        status.st_mtim.tv_nsec};
  auto& [known_version, hash] = known[file];
  if (hash.empty() || known_version != version) {
    constexpr std::size_t kDigits = 16;
    hash = sha256_hex(read_file(file)).substr(0, kDigits);
    known_version = version;
  }
  return hash;
}

// The commit says nothing of changes that are not committed yet.
std::string program_hashes() {
  Dl_info core{};
  const auto* symbol = reinterpret_cast<const void*>(&check_failed);
  std::string hashes = "program " + hash_of("/proc/self/exe");
  if (dladdr(symbol, &core) != 0 && core.dli_fname != nullptr)
    hashes += " core " + hash_of(core.dli_fname);
  return hashes;
}

}  // namespace

std::string code_identity(const std::vector<std::filesystem::path>& plugins) {
  static const std::string program = json::canonical(build_info()) + " " + program_hashes();
  std::string identity = program;
  for (const std::filesystem::path& plugin : plugins)
    identity += " " + plugin.stem().string() + " " + hash_of(plugin);
  return identity;
}

Provenance::Provenance(int threads) : threads_(threads), started_(utc_now()) {}

json::Value Provenance::finish() const {
  return json::Object{{"build", build_info()},
                      {"host", host_name()},
                      {"cpu", cpu_model()},
                      {"cores", static_cast<std::int64_t>(std::thread::hardware_concurrency())},
                      {"threads", threads_},
                      {"started", started_},
                      {"finished", utc_now()}};
}

}  // namespace rlrun
