#include "run/provenance.hpp"

#include <array>
#include <ctime>
#include <fstream>
#include <thread>

#include <unistd.h>

#include "run/build_info.hpp"

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

}  // namespace

std::string build_identity() {
  return json::canonical(build_info());
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
