#include "run/trial_log.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "json/json.hpp"
#include "run/crash_report.hpp"

namespace rlrun {
namespace {

constexpr std::uintmax_t kMostBytes = std::uintmax_t{64} << 20;
constexpr std::uintmax_t kKeptBytes = std::uintmax_t{1} << 20;

}  // namespace

TrialLog::TrialLog(const std::filesystem::path& store, const std::string& id)
    : path_(store / "logs" / (id + ".log")) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path_, error);
  if (!error) start_ = size;
}

std::string TrialLog::last_words() const {
  constexpr std::uintmax_t kFromEnd = std::uintmax_t{1} << 20, kMostCharacters = 300;
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path_, error);
  if (error || size <= start_) return "";
  std::ifstream log(path_, std::ios::binary);
  log.seekg(static_cast<std::streamoff>(size - std::min(size - start_, kFromEnd)));
  std::string last;
  for (std::string line; std::getline(log, line);)
    if (!line.empty() && !line.starts_with(kCrashReportMark))
      last = line.substr(0, kMostCharacters);
  return json::plain_line(last);
}

void TrialLog::bound() {
  std::error_code error;
  if (std::filesystem::is_symlink(path_, error)) return;  // the file that it points to is not ours
  if (std::filesystem::file_size(path_, error) <= kMostBytes || error) return;
  std::filesystem::resize_file(path_, kKeptBytes, error);
  std::ofstream(path_, std::ios::app) << "\nrlrun: the log grew beyond " << (kMostBytes >> 20)
                                      << " MiB; what stood here was dropped\n";
  start_ = std::min(start_, kKeptBytes);
}

void TrialLog::remove_if_empty() const {
  std::error_code ignored;
  if (std::filesystem::is_empty(path_, ignored)) std::filesystem::remove(path_, ignored);
}

}  // namespace rlrun
