// Logs of trials that print much.

#include "run/trial_log.hpp"

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "support/process.hpp"

using namespace rlrun;

namespace {

struct Log {
  Log() { std::filesystem::create_directories(path.parent_path()); }
  void append(const std::string& text) const { std::ofstream(path, std::ios::app) << text; }

  process::Scratch folder;
  std::filesystem::path path = folder.path / "logs" / "id.log";
};

}  // namespace

TEST_CASE("the last words are those of this life, without control characters", "[log]") {
  const Log file;
  CHECK(TrialLog(file.folder.path, "id").last_words().empty());
  file.append("an earlier life\n");
  const TrialLog log(file.folder.path, "id");
  CHECK(log.last_words().empty());
  file.append(std::string(3'000'000, 'x') + "\nthe gears\x1b broke\n\n");
  CHECK(log.last_words() == "the gears  broke");
}

TEST_CASE("a log does not grow without bound, and keeps its start and its end", "[log]") {
  const Log file;
  file.append("the start\n");
  TrialLog log(file.folder.path, "id");
  log.bound();
  CHECK(process::read_file(file.path) == "the start\n");
  std::filesystem::resize_file(file.path, (64 << 20) + 1);
  log.bound();
  CHECK(std::filesystem::file_size(file.path) < (1 << 20) + 200);
  CHECK(process::read_file(file.path).starts_with("the start\n"));
  CHECK(log.last_words().starts_with("rlrun: the log grew beyond 64 MiB"));
  file.append("the end\n");
  CHECK(log.last_words() == "the end");
}
