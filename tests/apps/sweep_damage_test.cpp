// Sweeps of folders that somebody or something has spoilt.

#include <algorithm>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "rlrun/archive.hpp"

#include "store/bytes.hpp"
#include "store/store.hpp"
#include "sweep.hpp"

using namespace rlrun;
using process::operator+;

namespace {

namespace fs = std::filesystem;

const std::string kExperiment = process::tiny_experiment(5, 6, 20'000);
const std::vector<std::string> kOptions =
    std::vector<std::string>{"--jobs", "2", "--threads", "1", "--checkpoint", "0"} +
    process::zoo({"well_behaved"});

const std::string& reference() {
  static const std::string digest = [] {
    const process::Sweep sweep(kExperiment);
    REQUIRE(sweep.run(kOptions).code == 0);
    return sweep.digest();
  }();
  return digest;
}

void change(const fs::path& file, const std::function<void(std::string&)>& edit) {
  std::string content = process::read_file(file);
  REQUIRE_FALSE(content.empty());
  edit(content);
  process::write(file, content);
}

fs::path some_trial(const process::Sweep& sweep) {
  const Store store(sweep.results());
  return store.trial_path(store.committed().at(1));
}

// Kills a sweep where some trial has a checkpoint, and returns that trial's id.
std::string leave_checkpoint(const process::Sweep& sweep) {
  const auto id = [&]() -> std::string {
    std::error_code ignored;
    for (fs::directory_iterator entry(sweep.results() / "checkpoints", ignored), end;
         !ignored && entry != end; entry.increment(ignored))
      if (entry->path().extension() != ".tmp") return entry->path().stem();
    return "";
  };
  std::string found;
  while (found.empty()) {
    process::Child child(sweep.command(kOptions), sweep.scratch());
    while (id().empty() && child.running()) process::sleep_ms(1);
    REQUIRE(child.running());
    child.kill_group(SIGKILL);
    child.wait();
    process::sleep_ms(50);  // its workers die a moment later
    found = id();           // none if the trial was just committed
  }
  return found;
}

// What stands in the newest snapshot of a trial for the identity of its writer.
std::string identity_in(const fs::path& folder, const std::string& id) {
  fs::path file = folder / (id + ".a");
  if (!fs::exists(file)) file = folder / (id + ".b");
  const std::string bytes = process::read_file(file);
  ByteReader reader(bytes);
  reader.take(8);  // the mark
  reader.get<std::uint64_t>();
  return std::string(reader.get_text());
}

}  // namespace

TEST_CASE("a damaged trial file is named, and its trial runs again", "[damage]") {
  const process::Sweep sweep(kExperiment);
  REQUIRE(sweep.run(kOptions).code == 0);
  const fs::path victim = some_trial(sweep);
  for (const std::function<void(std::string&)>& edit :
       std::vector<std::function<void(std::string&)>>{
           [](std::string& content) { content[content.size() / 2] ^= 0x10; },
           [](std::string& content) { content.resize(content.size() / 2); },
           [](std::string& content) { content.clear(); },
           [](std::string& content) { content = "not HDF5\n"; },
           [&](std::string& content) {  // a whole file, but of another trial
             const Store store(sweep.results());
             content = process::read_file(store.trial_path(store.committed().at(0)));
           }}) {
    change(victim, edit);
    CHECK(process::run({"digest", sweep.results().string()}).code == 5);
    const process::Result result = sweep.run(kOptions);
    INFO(result.err);
    CHECK(result.code == 0);
    CHECK(result.err.find(victim.string()) != std::string::npos);
    CHECK(result.err.find("runs again") != std::string::npos);
    CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
    CHECK(sweep.digest() == reference());
    CHECK(sweep.run(kOptions).err.empty());
  }
}

TEST_CASE("what is only a copy or a note is made again", "[damage]") {
  const process::Sweep sweep(kExperiment);
  REQUIRE(sweep.run(kOptions).code == 0);
  for (const char* name : {"results.h5", "experiment.json", "journal"}) {
    INFO(name);
    change(sweep.results() / name, [](std::string& content) {
      content[content.size() / 2] ^= 0x10;
      content += "torn";
    });
    fs::remove(some_trial(sweep));  // so that there is something to do
    const process::Result result = sweep.run(kOptions);
    INFO(result.err);
    CHECK(result.code == 0);
    CHECK(sweep.digest() == reference());
    CHECK(sweep.run(kOptions).err.empty());
    CHECK(process::run({"status", sweep.results().string()}).code == 0);
  }
}

TEST_CASE("a checkpoint that does not fit is discarded, and its trial starts anew", "[damage]") {
  enum class Spoilt { kOtherIdentity, kOtherState, kTooMuch, kNoise };
  for (const Spoilt spoilt :
       {Spoilt::kOtherIdentity, Spoilt::kOtherState, Spoilt::kTooMuch, Spoilt::kNoise}) {
    const process::Sweep sweep(kExperiment);
    const std::string id = leave_checkpoint(sweep);
    const fs::path folder = sweep.results() / "checkpoints";
    if (spoilt == Spoilt::kNoise) {
      for (const char* slot : {".a", ".b"}) process::write(folder / (id + slot), "noise");
    } else {
      const std::string identity =
          spoilt == Spoilt::kOtherIdentity ? id + " an older build" : identity_in(folder, id);
      REQUIRE(identity.starts_with(id));
      CheckpointFile(folder, id, identity).write([&](Archive& archive) {
        std::int64_t iteration = 3;
        archive("iteration", iteration);
        if (spoilt == Spoilt::kTooMuch) archive("iteration", iteration);
      });
    }
    const process::Result result = sweep.run(kOptions);
    INFO(result.err);
    CHECK(result.code == 0);
    CHECK(sweep.digest() == reference());
    const std::string log = process::read_file(sweep.results() / "logs" / (id + ".log"));
    if (spoilt != Spoilt::kNoise) {
      CHECK(log.starts_with("rlrun: checkpoint discarded, the trial starts anew: "));
      CHECK(log.find(id) != std::string::npos);
    }
    CHECK(fs::is_empty(folder));
  }
}

TEST_CASE("a folder that cannot be written to is one line", "[damage]") {
  const auto check = [](const process::Sweep& sweep, const process::Result& result,
                        const std::vector<int>& codes) {
    INFO(result.err);
    CHECK(std::count(codes.begin(), codes.end(), result.code) == 1);
    CHECK(result.out.empty());
    CHECK(result.err.find(sweep.results().string()) != std::string::npos);
    CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
  };
  SECTION("a file is in the way") {
    const process::Sweep sweep(kExperiment);
    process::write(sweep.results(), "a file");
    check(sweep, sweep.run(kOptions), {5});
  }
  SECTION("one of its folders is a file") {
    const process::Sweep sweep(kExperiment);
    fs::create_directories(sweep.results());
    process::write(sweep.results() / "trials", "a file");
    check(sweep, sweep.run(kOptions), {5});
  }
  SECTION("no permission") {
    const process::Sweep sweep(kExperiment);
    std::vector<std::string> command = sweep.command(kOptions);
    fs::permissions(sweep.scratch(), fs::perms(0755));
    fs::create_directories(sweep.results());
    fs::permissions(sweep.results(), fs::perms(0555));
    if (geteuid() == 0) {  // whom no permission stops
      const std::vector<std::string> as_nobody = {"setpriv", "--reuid=65534", "--regid=65534",
                                                  "--clear-groups"};
      const process::Scratch outputs;
      if (process::Child(as_nobody + std::vector<std::string>{process::rlrun(), "list"},
                         outputs.path)
              .wait()
              .code != 0) {
        WARN("not run: nobody else can run " << process::rlrun());
        return;
      }
      command = as_nobody + command;
    }
    check(sweep, process::Child(command, sweep.scratch()).wait(), {5});
  }
  SECTION("files may not grow") {
    const process::Sweep sweep(kExperiment);
    const std::vector<std::string> limited = {"sh", "-c", "ulimit -f 8; exec \"$0\" \"$@\""};
    const process::Result result =
        process::Child(limited + sweep.command(kOptions), sweep.scratch()).wait();
    INFO(result.err);
    CHECK(result.code == 7);
    CHECK(result.err.find("File too large") != std::string::npos);
    CHECK(result.err.find("FAILED") == std::string::npos);
    CHECK(sweep.run(kOptions).code == 0);
    CHECK(sweep.digest() == reference());
  }
}
