#include "run/last_state.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "rlrun/archive.hpp"
#include "rlrun/error.hpp"

#include "run/provenance.hpp"
#include "store/file.hpp"

namespace rlrun {
namespace {

namespace fs = std::filesystem;

const char* unit_of(const Budget& budget) {
  return budget.steps > 0 ? "steps" : "iterations";
}

std::int64_t amount_of(const Budget& budget) {
  return budget.steps > 0 ? budget.steps : budget.iterations;
}

std::string name_of(const Trial& trial, const std::string& code) {
  return fmt::format("{}.{}.{}.{}", trial.course(), unit_of(trial.budget), amount_of(trial.budget),
                     short_identity(code));
}

std::vector<std::string> split_at_dots(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == '.')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

class CountingArchive final : public Archive {
 public:
  [[nodiscard]] bool restoring() const override { return false; }
  [[nodiscard]] std::int64_t count() const { return count_; }

 protected:
  void bytes(const char* /*name*/, void* /*data*/, std::size_t size) override {
    count_ += static_cast<std::int64_t>(size);
  }

 private:
  std::int64_t count_ = 0;
};

}  // namespace

LastStates::LastStates(fs::path folder) : folder_(std::move(folder)) {
  std::error_code error;
  for (fs::directory_iterator file(folder_, error), end; !error && file != end;
       file.increment(error)) {
    const std::string name = file->path().filename().string();
    const std::vector<std::string> parts = split_at_dots(name);
    if (parts.size() != 5 || (parts[4] != "a" && parts[4] != "none")) continue;
    Entry entry{name.substr(0, name.rfind('.')), parts[4], parts[1], parts[3]};
    const std::string& digits = parts[2];
    const char* last = digits.data() + digits.size();
    if (const auto [rest, problem] = std::from_chars(digits.data(), last, entry.budget);
        problem == std::errc() && rest == last)
      entries_[parts[0]].push_back(std::move(entry));
  }
}

fs::path LastStates::path_of(const Entry& entry) const {
  return folder_ / (entry.name + "." + entry.ending);
}

std::optional<ShorterTrial> LastStates::shorter(const Trial& trial, const std::string& course,
                                                InstalledCode& installed) const {
  const auto found = entries_.find(course);
  if (found == entries_.end()) return std::nullopt;
  const std::string& code = installed.short_identity_of(trial);
  if (code.empty()) return std::nullopt;  // the trial will say that its plugin cannot be read
  const auto rank = [&](const Entry& entry) {
    return std::tuple(entry.code == code && entry.has_state(), entry.budget, entry.code == code);
  };
  const Entry* best = nullptr;
  for (const Entry& entry : found->second)
    if (entry.unit == unit_of(trial.budget) && entry.budget < amount_of(trial.budget) &&
        (best == nullptr || rank(entry) > rank(*best)))
      best = &entry;
  if (best == nullptr) return std::nullopt;
  ShorterTrial shorter{best->name, best->budget, ""};
  if (best->code != code) {
    shorter.missing = "other code made it";
  } else if (!best->has_state()) {
    try {
      shorter.missing = json::plain_line(read_file(path_of(*best)));
    } catch (const UserError& error) {
      shorter.missing = error.what();
    }
  }
  return shorter;
}

void LastStates::remove_superseded() const {
  const auto written = [&](const Entry& entry) {
    std::error_code gone;
    return fs::last_write_time(path_of(entry), gone);
  };
  for (const auto& [course, entries] : entries_)
    for (const Entry& old : entries)
      if (std::any_of(entries.begin(), entries.end(), [&](const Entry& other) {
            return other.has_state() && other.unit == old.unit && other.budget >= old.budget &&
                   written(other) > written(old);
          })) {
        std::error_code ignored;
        fs::remove(path_of(old), ignored);
      }
}

CheckpointFile last_state_file(const fs::path& folder, const std::string& name, const Trial& trial,
                               const std::string& code) {
  return {folder, name, trial.course() + " " + code};
}

LastState::LastState(fs::path folder, const Trial& trial, const std::string& code, bool of_any_size)
    : folder_(std::move(folder)),
      name_(name_of(trial, code)),
      file_(last_state_file(folder_, name_, trial, code)),
      of_any_size_(of_any_size) {}

void LastState::keep(const Visit& whole, const Visit& learned) {
  CountingArchive size;
  if (!of_any_size_) learned(size);
  if (size.count() > kSmall) {
    refused_ = fmt::format("its last state of {} MiB was not kept; --keep-state keeps it",
                           (size.count() >> 20) + 1);
    return;
  }
  try {
    file_.remove();  // it may be large, and the trial has checkpoints
    file_.write(whole);
    refused_.clear();
  } catch (const UserError& error) {
    refused_ = std::string("its last state could not be kept: ") + error.what();
  }
}

void LastState::conclude(const std::string& reason) {
  const fs::path none = folder_ / (name_ + ".none");
  try {
    if (file_.exists()) {
      std::error_code ignored;
      fs::remove(none, ignored);
      return;
    }
    AtomicFile file(none);
    file.write(refused_.empty() ? reason : refused_);
    file.commit(AtomicFile::Durability::kProcess);
  } catch (const UserError&) {
    // Then nobody will know why, and a longer trial starts anew all the same.
  }
}

}  // namespace rlrun
