// The journal: an 8-byte mark, then records of length (4 bytes), CRC-32 (4 bytes) and payload.

#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "store/bytes.hpp"
#include "store/checksum.hpp"
#include "store/file.hpp"
#include "store/store.hpp"

namespace rlrun {
namespace {

constexpr std::string_view kMark = "RLRUNJ1\n";
constexpr std::size_t kLongestText = 4096;
constexpr std::size_t kHeader = 2 * sizeof(std::uint32_t);

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

struct Content {
  std::vector<JournalEvent> events;
  std::size_t intact_bytes = 0;  // what follows was torn by a crash
};

Content parse(std::string_view bytes, const std::filesystem::path& file) {
  Content content;
  // A crash may have cut the mark itself.
  if (bytes.size() < kMark.size() && kMark.substr(0, bytes.size()) == bytes) return content;
  if (bytes.substr(0, kMark.size()) != kMark)
    throw UserError(file.string() +
                        ": is no journal of rlrun, or its start is damaged; it holds no results "
                        "and may be removed",
                    ExitCode::kStore);
  content.intact_bytes = kMark.size();
  while (bytes.size() - content.intact_bytes >= kHeader) {
    ByteReader reader(bytes.substr(content.intact_bytes));
    const auto size = reader.get<std::uint32_t>();
    const auto checksum = reader.get<std::uint32_t>();
    const std::string_view payload = reader.take(size);
    JournalEvent event;
    if (!reader.good() || crc32(payload) != checksum || !decode(payload, event)) break;
    content.events.push_back(std::move(event));
    content.intact_bytes += kHeader + size;
  }
  return content;
}

}  // namespace

Journal::Journal(const std::filesystem::path& file) : file_(file) {
  std::size_t size = 0;
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) {
    const std::string bytes = read_file(file);
    size = parse(bytes, file).intact_bytes;
  }
  descriptor_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor_ < 0) throw_system_error("cannot open", file, errno);
  intact_bytes_ = static_cast<std::int64_t>(size);
  try {
    cut_torn_tail();
    if (size == 0) {
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

void Journal::append(const JournalEvent& event, bool sync) {
  // After a failed append, part of a record may stand at the end.
  cut_torn_tail();
  const std::string record = encode(event);
  write_all(descriptor_, record, file_);
  intact_bytes_ += static_cast<std::int64_t>(record.size());
  if (sync && ::fdatasync(descriptor_) != 0) throw_system_error("cannot sync", file_, errno);
}

std::vector<JournalEvent> Journal::read(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return {};
  return parse(read_file(file), file).events;
}

}  // namespace rlrun
