#pragma once
// What a trial's process prints, kept beside its result.

#include <cstdint>
#include <filesystem>
#include <string>

namespace rlrun {

/// The file that a trial's processes append to, one life after the other.
class TrialLog {
 public:
  /// Notes where the file ends now: where this life's words will begin.
  TrialLog(const std::filesystem::path& store, const std::string& id);

  /// The last line of this life, in plain characters: an assertion or a plugin says there why it
  /// ended. What a crash report adds to it does not count. Empty if there is none.
  [[nodiscard]] std::string last_words() const;
  /// Cuts the middle out of a log of more than 64 MiB: its first MiB stays, and what comes.
  void bound();
  void remove_if_empty() const;

 private:
  std::filesystem::path path_;
  std::uintmax_t start_ = 0;
};

}  // namespace rlrun
