#include "run/trial_log.hpp"

#include <fstream>
#include <system_error>

#include "json/json.hpp"
#include "run/crash_report.hpp"

namespace rlrun {

TrialLog::TrialLog(const std::filesystem::path& store, const std::string& id)
    : path_(store / "logs" / (id + ".log")) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path_, error);
  if (!error) start_ = static_cast<std::streamoff>(size);
}

std::string TrialLog::last_words() const {
  constexpr std::size_t kMostCharacters = 300;
  std::ifstream log(path_);
  log.seekg(start_);
  std::string last;
  for (std::string line; std::getline(log, line);)
    if (!line.empty() && !line.starts_with(kCrashReportMark))
      last = line.substr(0, kMostCharacters);
  return json::plain_line(last);
}

void TrialLog::remove_if_empty() const {
  std::error_code ignored;
  if (std::filesystem::is_empty(path_, ignored)) std::filesystem::remove(path_, ignored);
}

}  // namespace rlrun
