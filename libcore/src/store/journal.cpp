// The journal: an 8-byte mark, then records of length (4 bytes), CRC-32 (4 bytes) and payload.

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <unordered_map>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/bytes.hpp"
#include "store/file.hpp"
#include "store/store.hpp"
#include "trial/checksum.hpp"

namespace rlrun {
namespace {

constexpr std::string_view kMark = "RLRUNJ1\n";
constexpr std::size_t kLongestText = 4096;
constexpr std::size_t kHeader = 2 * sizeof(std::uint32_t);
constexpr std::size_t kLongestPayload = 2 * kLongestText + 1024;

// Cut between characters of UTF-8.
std::string_view clipped(std::string_view text) {
  if (text.size() <= kLongestText) return text;
  std::size_t size = kLongestText;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

std::string encode(const JournalEvent& event) {
  std::string payload;
  put(payload, static_cast<std::uint8_t>(event.type));
  put(payload, event.iteration);
  put(payload, event.steps);
  put(payload, event.wall_seconds);
  put(payload, event.unix_time);
  put_text(payload, clipped(event.trial));
  put_text(payload, clipped(event.message));
  std::string record;
  put(record, static_cast<std::uint32_t>(payload.size()));
  put(record, crc32(payload));
  return record + payload;
}

bool decode(std::string_view payload, JournalEvent& event) {
  ByteReader reader(payload);
  const auto type = reader.get<std::uint8_t>();
  event.type = static_cast<JournalEvent::Type>(type);
  event.iteration = reader.get<std::int64_t>();
  event.steps = reader.get<std::int64_t>();
  event.wall_seconds = reader.get<double>();
  event.unix_time = reader.get<double>();
  event.trial = reader.get_text();
  event.message = reader.get_text();
  return reader.good() && reader.left() == 0 &&
         type <= static_cast<std::uint8_t>(JournalEvent::Type::kInterrupted);
}

enum class Found { kNothing, kJournal, kOther };
struct Scan {
  Found found = Found::kNothing;
  std::int64_t intact_bytes = 0;  // what follows was torn by a crash
};

// Visits the intact events of a file, which may be longer than memory.
template <class Visit>
Scan scan(const std::filesystem::path& file, const Visit& visit) {
  constexpr std::size_t kBlock = std::size_t{1} << 20;
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::symlink_status(file, error))) return {};
  const int descriptor = open_retrying(file.c_str(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  if (descriptor < 0 && errno == ELOOP) return {Found::kOther, 0};
  if (descriptor < 0) throw_system_error("cannot read", file, errno);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return {Found::kOther, 0};
  }
  Scan result{Found::kJournal, 0};
  std::string bytes;
  std::size_t used = 0;
  bool marked = false, more = true;
  while (more) {
    bytes.erase(0, used);
    used = 0;
    const std::size_t kept = bytes.size();
    bytes.resize(kept + kBlock);
    ssize_t n = 0;
    do n = ::read(descriptor, bytes.data() + kept, kBlock);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
      const int reason = errno;
      ::close(descriptor);
      throw_system_error("cannot read", file, reason);
    }
    bytes.resize(kept + static_cast<std::size_t>(n));
    more = n > 0;
    if (!marked) {
      if (bytes.size() < kMark.size() && more) continue;
      // A crash may have cut the mark itself.
      if (bytes.size() < kMark.size() && kMark.starts_with(bytes)) break;
      if (!std::string_view(bytes).starts_with(kMark)) {
        result.found = Found::kOther;
        break;
      }
      marked = true;
      used = kMark.size();
      result.intact_bytes = static_cast<std::int64_t>(used);
    }
    while (bytes.size() - used >= kHeader) {
      ByteReader reader(std::string_view(bytes).substr(used));
      const auto size = reader.get<std::uint32_t>();
      const auto checksum = reader.get<std::uint32_t>();
      if (size > kLongestPayload) {
        more = false;
        break;
      }
      if (bytes.size() - used - kHeader < size) break;  // the rest is in the next block, or torn
      const std::string_view payload = reader.take(size);
      JournalEvent event;
      if (crc32(payload) != checksum || !decode(payload, event)) {
        more = false;
        break;
      }
      visit(std::move(event));
      used += kHeader + size;
      result.intact_bytes += static_cast<std::int64_t>(kHeader + size);
    }
  }
  ::close(descriptor);
  return result;
}

const char* const kNoJournal =
    ": is no journal of rlrun, or its start is damaged; it holds no results";

// For readers, who have nothing else to do with a file that is no journal than to say so.
template <class Visit>
void scan_journal(const std::filesystem::path& file, const Visit& visit) {
  if (scan(file, visit).found == Found::kOther)
    throw UserError(file.string() + kNoJournal + "; the next sweep sets it aside",
                    ExitCode::kStore);
}

}  // namespace

Journal::Journal(const std::filesystem::path& file) : file_(file) {
  const Scan found = scan(file, [&](JournalEvent&& event) { note(std::move(event)); });
  if (found.found == Found::kOther) {
    const std::filesystem::path aside = file.string() + ".damaged";
    if (::rename(file.c_str(), aside.c_str()) != 0)
      throw_system_error("cannot set aside", file, errno);
    set_aside_ = file.string() + kNoJournal + " and was set aside as " + aside.filename().string();
  }
  intact_bytes_ = found.intact_bytes;
  open();
  if (intact_bytes_ > longest_) rotate();
}

// For appending, behind what is intact.
void Journal::open() {
  descriptor_ =
      open_retrying(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0666);
  if (descriptor_ < 0) throw_system_error("cannot open", file_, errno);
  try {
    cut_torn_tail();
    if (intact_bytes_ == 0) {
      write_all(descriptor_, kMark, file_);
      intact_bytes_ = static_cast<std::int64_t>(kMark.size());
    }
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

Journal::~Journal() {
  ::close(descriptor_);
}

void Journal::cut_torn_tail() {
  if (::lseek(descriptor_, 0, SEEK_END) == intact_bytes_) return;
  if (::ftruncate(descriptor_, intact_bytes_) != 0)
    throw_system_error("cannot cut the torn end of", file_, errno);
}

void Journal::note(JournalEvent event) {
  using Type = JournalEvent::Type;
  if (event.type == Type::kFinished) {
    last_.erase(event.trial);
  } else {
    const std::string trial = event.trial;
    last_.insert_or_assign(trial, std::move(event));
  }
}

// What earlier events said of trials is said again by their last one, and trials that are complete
// have their files. That one failed stands nowhere else where an earlier result stayed.
void Journal::rotate() {
  std::string content(kMark);
  for (const auto& [trial, event] : last_) content += encode(event);
  AtomicFile next(file_);
  next.write(content);
  next.commit(AtomicFile::Durability::kProcess);
  ::close(descriptor_);
  intact_bytes_ = static_cast<std::int64_t>(content.size());
  longest_ = std::max(longest_, 2 * intact_bytes_);
  open();
}

void Journal::append(const JournalEvent& event, bool sync) {
  // After a failed append, part of a record may stand at the end.
  cut_torn_tail();
  const std::string record = encode(event);
  write_all(descriptor_, record, file_);
  intact_bytes_ += static_cast<std::int64_t>(record.size());
  note(event);
  if (sync && sync_retrying(descriptor_, ::fdatasync) != 0)
    throw_system_error("cannot sync", file_, errno);
  if (intact_bytes_ > longest_) rotate();
}

std::vector<JournalEvent> Journal::read(const std::filesystem::path& file) {
  std::vector<JournalEvent> events;
  scan_journal(file, [&](JournalEvent&& event) { events.push_back(std::move(event)); });
  return events;
}

std::vector<JournalEvent> Journal::read_last(const std::filesystem::path& file) {
  std::vector<JournalEvent> events;
  std::unordered_map<std::string, std::size_t> place;
  scan_journal(file, [&](JournalEvent&& event) {
    const auto [at, is_new] = place.try_emplace(event.trial, events.size());
    if (is_new) {
      events.push_back(std::move(event));
    } else {
      events[at->second] = std::move(event);
    }
  });
  return events;
}

}  // namespace rlrun
