#include "store/seal.hpp"

#include "rlrun/error.hpp"

#include "store/store.hpp"

namespace rlrun {
namespace {

constexpr std::string_view kMark = "\nrlrun-seal sha256:";
constexpr std::size_t kSealBytes = kMark.size() + 64 + 1;

std::string seal_of(std::string_view content) {
  return std::string(kMark) + sha256_hex(content) + "\n";
}

}  // namespace

std::string sealed(std::string content) {
  content += seal_of(content);
  return content;
}

std::string_view unsealed(std::string_view bytes, const std::filesystem::path& path) {
  const auto damaged = [&](const char* what) {
    throw UserError(path.string() + ": " + what, ExitCode::kStore);
  };
  if (bytes.size() < kSealBytes) damaged("damaged: cut short");
  const std::string_view content = bytes.substr(0, bytes.size() - kSealBytes);
  const std::string_view seal = bytes.substr(content.size());
  if (seal.substr(0, kMark.size()) != kMark)
    damaged("damaged: cut short, or not written by rlrun (its seal is missing)");
  if (seal != seal_of(content))
    damaged("damaged, or changed after it was written: the content does not fit its seal");
  return content;
}

}  // namespace rlrun
