#include <csignal>
#include <fstream>
#include <set>

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rlrun/error.hpp"

#include "example_trials.hpp"
#include "store/file.hpp"
#include "store/store.hpp"
#include "trial/checksum.hpp"

using namespace rlrun;
using namespace rlrun::testing;
using Catch::Matchers::Contains;

namespace {

JournalEvent event(int i) {
  JournalEvent e;
  e.type = static_cast<JournalEvent::Type>(i % 5);
  e.trial = example_trial(static_cast<std::uint64_t>(i)).id();
  e.iteration = i;
  e.steps = 50'000LL * i;
  e.wall_seconds = 0.1 * i;
  e.unix_time = 1.7e9 + i;
  e.message = std::string(static_cast<std::size_t>(i), 'm');
  return e;
}

bool same(const JournalEvent& a, const JournalEvent& b) {
  return a.type == b.type && a.trial == b.trial && a.iteration == b.iteration &&
         a.steps == b.steps && a.wall_seconds == b.wall_seconds && a.unix_time == b.unix_time &&
         a.message == b.message;
}

void overwrite(const std::filesystem::path& path, const std::string& bytes) {
  // Truncating an existing file would make some file systems write to the disk.
  std::filesystem::remove(path);
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("CRC-32 and SHA-256 have their published values", "[store]") {
  CHECK(crc32("123456789") == 0xCBF43926U);
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 sha;
  sha.update("a");
  sha.update("bc");
  CHECK(to_hex(sha.finish()) == sha256_hex("abc"));
}

TEST_CASE("a journal is read as it was written, over several openings", "[store]") {
  const ScratchFolder folder;
  CHECK(Journal::read(folder / "journal").empty());
  for (int i = 0; i < 20; ++i) Journal(folder / "journal").append(event(i), i % 2 == 0);
  const auto events = Journal::read(folder / "journal");
  REQUIRE(events.size() == 20);
  for (int i = 0; i < 20; ++i) CHECK(same(events[static_cast<std::size_t>(i)], event(i)));
}

TEST_CASE("a journal torn at any byte keeps what came before and can go on", "[store]") {
  const ScratchFolder folder;
  std::vector<std::size_t> ends;
  {
    Journal journal(folder / "journal");
    ends.push_back(std::filesystem::file_size(folder / "journal"));
    for (int i = 0; i < 6; ++i) {
      journal.append(event(i), false);
      ends.push_back(std::filesystem::file_size(folder / "journal"));
    }
  }
  const std::string whole = read_file(folder / "journal");
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    overwrite(folder / "torn", whole.substr(0, size));
    std::size_t intact = 0;
    while (intact + 1 < ends.size() && ends[intact + 1] <= size) ++intact;
    REQUIRE(Journal::read(folder / "torn").size() == intact);
    Journal(folder / "torn").append(event(9), false);
    const auto events = Journal::read(folder / "torn");
    REQUIRE(events.size() == intact + 1);
    for (std::size_t i = 0; i < intact; ++i) REQUIRE(same(events[i], event(static_cast<int>(i))));
    REQUIRE(same(events.back(), event(9)));
  }
}

TEST_CASE("a changed byte in a journal never becomes an event", "[store]") {
  const ScratchFolder folder;
  {
    Journal journal(folder / "journal");
    for (int i = 0; i < 4; ++i) journal.append(event(i), false);
  }
  const std::string whole = read_file(folder / "journal");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string bad = whole;
    bad[at] = static_cast<char>(bad[at] ^ 0x41);
    overwrite(folder / "bad", bad);
    if (at < 8) {
      REQUIRE_THROWS_WITH(Journal::read(folder / "bad"), Contains("no journal"));
      {
        Journal journal(folder / "bad");
        REQUIRE_THAT(journal.set_aside(), Contains("bad.damaged"));
        journal.append(event(9), false);
      }
      REQUIRE(read_file(folder / "bad.damaged") == bad);
      REQUIRE(Journal::read(folder / "bad").size() == 1);
      continue;
    }
    const auto events = Journal::read(folder / "bad");
    REQUIRE(events.size() < 4);
    for (std::size_t i = 0; i < events.size(); ++i)
      REQUIRE(same(events[i], event(static_cast<int>(i))));
  }
}

TEST_CASE("what lies in the place of a journal is set aside as it is", "[store]") {
  const ScratchFolder folder;
  std::ofstream(folder / "precious") << "precious";
  std::filesystem::create_symlink(folder / "precious", folder / "journal");
  Journal(folder / "journal").append(event(1), false);
  CHECK(read_file(folder / "precious") == "precious");
  CHECK(Journal::read(folder / "journal").size() == 1);
}

TEST_CASE("a journal stays short and keeps what is known of trials in work", "[store]") {
  using Type = JournalEvent::Type;
  const ScratchFolder folder;
  const auto write = [&](int from, int to) {
    Journal journal(folder / "journal");
    for (int i = from; i < to; ++i) {
      JournalEvent e = event(i % 10);
      e.message = std::string(4000, 'm');
      e.iteration = i;
      e.type = i % 10 == 9 ? Type::kFinished : Type::kProgress;
      journal.append(e, false);
    }
  };
  write(0, 1500);
  write(1500, 3000);
  CHECK(std::filesystem::file_size(folder / "journal") < 5'000'000);
  std::set<std::int64_t> known;
  for (const JournalEvent& e : Journal::read_last(folder / "journal"))
    if (e.type == Type::kProgress) known.insert(e.iteration);
  CHECK(known == std::set<std::int64_t>{2990, 2991, 2992, 2993, 2994, 2995, 2996, 2997, 2998});

  // One that an earlier program let grow is written anew when it is opened.
  std::string grown = read_file(folder / "journal");
  const std::string records = grown.substr(8);
  while (grown.size() < 20'000'000) grown += records;
  overwrite(folder / "journal", grown);
  const std::size_t before = Journal::read_last(folder / "journal").size();
  Journal(folder / "journal").append(event(3), false);
  CHECK(std::filesystem::file_size(folder / "journal") < 100'000);
  CHECK(Journal::read_last(folder / "journal").size() + 1 >= before);
}

TEST_CASE("long messages are cut between characters", "[store]") {
  const ScratchFolder folder;
  JournalEvent e = event(1);
  for (int i = 0; i < 5000; ++i) e.message += "\xC3\xA9";
  Journal(folder / "journal").append(e, false);
  const std::string message = Journal::read(folder / "journal").at(0).message;
  CHECK(message == e.message.substr(0, 4095));
}

TEST_CASE("a file size limit is an error that says so, and leaves things whole", "[store]") {
  const ScratchFolder folder;
  write_file_atomically(folder / "whole", "old");
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit limit{20'000, 20'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    int failures = 0;
    try {
      write_file_atomically(folder / "whole", std::string(30'000, 'x'));
    } catch (const UserError& error) {
      failures += error.code() == ExitCode::kResources ? 1 : 0;
    }
    try {
      Journal journal(folder / "journal");
      for (int i = 0; i < 1000; ++i) journal.append(event(i % 50), false);
    } catch (const UserError& error) {
      failures += error.code() == ExitCode::kResources ? 1 : 0;
    }
    ::_exit(failures);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 2);
  CHECK(read_file(folder / "whole") == "old");
  CHECK_FALSE(std::filesystem::exists(folder / "whole.tmp"));
  const std::size_t events = Journal::read(folder / "journal").size();
  CHECK(events > 100);
  Journal(folder / "journal").append(event(3), true);
  CHECK(Journal::read(folder / "journal").size() == events + 1);
}

TEST_CASE("what cannot be written or read says where", "[store]") {
  const ScratchFolder folder;
  CHECK_THROWS_WITH(write_file_atomically(folder / "no/such/file", "x"), Contains("no/such/file"));
  CHECK_THROWS_WITH(read_file(folder / "absent"), Contains("absent"));
  CHECK_THROWS_WITH(read_file(folder.path()), Contains("directory"));
  CHECK_THROWS_AS(read_trial(folder / "absent"), UserError);
}
