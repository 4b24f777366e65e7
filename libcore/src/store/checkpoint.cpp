// A snapshot file: header (mark, sequence number, identity), entries (name, size, bytes), a closing
// entry, and the SHA-256 of everything before it.

#include <array>
#include <cstring>
#include <filesystem>

#include "rlrun/archive.hpp"
#include "rlrun/error.hpp"

#include "store/bytes.hpp"
#include "store/file.hpp"
#include "store/store.hpp"
#include "trial/checksum.hpp"

namespace rlrun {
namespace {

constexpr std::string_view kMark = "RLRUNCK1";
constexpr std::size_t kBufferBytes = std::size_t{256} * 1024;
constexpr std::size_t kHashBytes = sizeof(Sha256::Hash);
constexpr std::array kSlots = {".a", ".b"};

std::string_view as_text(const Sha256::Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

// Passes what it visits on to a file, so that a large replay buffer is not held twice.
class SavingArchive final : public Archive {
 public:
  explicit SavingArchive(AtomicFile& file) : file_(file) {}
  [[nodiscard]] bool restoring() const override { return false; }

  void raw(std::string_view bytes) {
    if (buffer_.size() + bytes.size() > kBufferBytes) flush();
    if (bytes.size() < kBufferBytes) {
      buffer_ += bytes;
    } else {
      pass(bytes);
    }
  }
  void close() {
    flush();
    file_.write(as_text(sha_.finish()));
  }

 protected:
  void bytes(const char* name, void* data, std::size_t size) override {
    std::string head;
    put_text(head, name);
    put(head, static_cast<std::uint64_t>(size));
    raw(head);
    raw({static_cast<const char*>(data), size});
  }

 private:
  void flush() {
    pass(buffer_);
    buffer_.clear();
  }
  void pass(std::string_view bytes) {
    sha_.update(bytes);
    file_.write(bytes);
  }

  AtomicFile& file_;
  Sha256 sha_;
  std::string buffer_;
};

class RestoringArchive final : public Archive {
 public:
  enum class Mode { kAll, kSome };  ///< Whether entries may be left out.
  RestoringArchive(std::string_view entries, std::string file, Mode mode)
      : reader_(entries), file_(std::move(file)), mode_(mode) {}
  [[nodiscard]] bool restoring() const override { return true; }
  void finish() {
    if (reader_.left() != 0)
      fail("holds '" + std::string(reader_.get_text()) + "', which was not asked for");
  }

 protected:
  void bytes(const char* name, void* data, std::size_t size) override {
    std::string_view found, content;
    std::uint64_t found_size = 0;
    do {
      found = reader_.get_text();
      found_size = reader_.get<std::uint64_t>();
      content = reader_.take(found_size);
    } while (mode_ == Mode::kSome && reader_.good() && found != name);
    if (!reader_.good()) fail("ends before '" + std::string(name) + "'");
    if (found != name || found_size != size)
      fail("holds '" + std::string(found) + "' of " + std::to_string(found_size) +
           " bytes where '" + name + "' of " + std::to_string(size) + " bytes was asked for");
    if (size > 0) std::memcpy(data, content.data(), size);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw UserError(file_ + ": " + what + "; the program that wrote it was another one",
                    ExitCode::kStore);
  }

  ByteReader reader_;
  std::string file_;
  Mode mode_;
};

struct Snapshot {
  std::string bytes;
  std::uint64_t sequence = 0;
  std::string_view identity, entries;  // into `bytes`
};

// None for a file that is missing, cut short or damaged.
std::unique_ptr<Snapshot> read_snapshot(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return nullptr;
  auto snapshot = std::make_unique<Snapshot>();
  snapshot->bytes = read_file(path);
  const std::string_view all = snapshot->bytes;
  if (all.size() < kHashBytes) return nullptr;
  const std::string_view content = all.substr(0, all.size() - kHashBytes);
  Sha256 sha;
  sha.update(content);
  if (as_text(sha.finish()) != all.substr(content.size())) return nullptr;
  ByteReader reader(content);
  const bool marked = reader.take(kMark.size()) == kMark;
  snapshot->sequence = reader.get<std::uint64_t>();
  snapshot->identity = reader.get_text();
  if (!marked || !reader.good()) return nullptr;
  snapshot->entries = content.substr(content.size() - reader.left());
  return snapshot;
}

}  // namespace

CheckpointFile::CheckpointFile(std::filesystem::path folder, std::string id, std::string identity)
    : folder_(std::move(folder)), id_(std::move(id)), identity_(std::move(identity)) {}

std::filesystem::path CheckpointFile::slot_path(int slot) const {
  return folder_ / (id_ + kSlots[static_cast<std::size_t>(slot)]);
}

void CheckpointFile::write(const std::function<void(Archive&)>& save) {
  // The first time, so that what a killed run left is neither overwritten first nor outranks us.
  if (sequence_ == 0) {
    for (int slot = 0; slot < 2; ++slot) {
      const auto found = read_snapshot(slot_path(slot));
      if (found && found->sequence >= sequence_) {
        sequence_ = found->sequence;
        newest_slot_ = slot;
      }
    }
  }
  const int slot = newest_slot_ == 0 ? 1 : 0;
  AtomicFile file(slot_path(slot));
  SavingArchive archive(file);
  std::string header(kMark);
  put(header, sequence_ + 1);
  put_text(header, identity_);
  archive.raw(header);
  save(archive);
  archive.close();
  // Not synced: a killed process loses nothing by that, and after a power cut the checksum decides
  // whether to go on from here, from the older snapshot, or from the start of the trial.
  file.commit(AtomicFile::Durability::kProcess);
  ++sequence_;
  newest_slot_ = slot;
}

bool CheckpointFile::read(const std::function<void(Archive&)>& restore) {
  std::unique_ptr<Snapshot> newest;
  for (int slot = 0; slot < 2; ++slot) {
    auto found = read_snapshot(slot_path(slot));
    if (!found || (newest && newest->sequence > found->sequence)) continue;
    newest = std::move(found);
    newest_slot_ = slot;
  }
  if (!newest) return false;
  sequence_ = newest->sequence;
  const std::string path = slot_path(newest_slot_).string();
  if (newest->identity != identity_)
    throw UserError(path + ": was written by '" + std::string(newest->identity) +
                        "' and this is '" + identity_ +
                        "'; remove it to start the trial from the beginning",
                    ExitCode::kStore);
  RestoringArchive archive(newest->entries, path, RestoringArchive::Mode::kAll);
  restore(archive);
  archive.finish();
  return true;
}

bool CheckpointFile::exists() const {
  std::error_code ignored;
  return std::filesystem::exists(slot_path(0), ignored) ||
         std::filesystem::exists(slot_path(1), ignored);
}

bool CheckpointFile::peek(const std::function<void(Archive&)>& restore) const {
  std::unique_ptr<Snapshot> newest;
  std::string path;
  for (int slot = 0; slot < 2; ++slot) {
    auto found = read_snapshot(slot_path(slot));
    if (!found || (newest && newest->sequence > found->sequence)) continue;
    newest = std::move(found);
    path = slot_path(slot).string();
  }
  if (!newest) return false;
  RestoringArchive archive(newest->entries, path, RestoringArchive::Mode::kSome);
  restore(archive);
  return true;
}

void CheckpointFile::remove() {
  std::error_code ignored;
  for (int slot = 0; slot < 2; ++slot) {
    std::filesystem::remove(slot_path(slot), ignored);
    std::filesystem::remove(slot_path(slot).string() + ".tmp", ignored);
  }
  sequence_ = 0;
  newest_slot_ = 1;
}

}  // namespace rlrun
