// What `--output FILE` finds where the file is to be, and what becomes of it.

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "sweep.hpp"

using process::operator+;
using Catch::Contains;

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kPlugins = process::zoo({"well_behaved"});

/// A swept folder, made once.
const fs::path& results() {
  static const process::Sweep sweep(process::tiny_experiment(2, 2));
  static const fs::path folder = [] {
    const process::Result result = sweep.run(kPlugins);
    INFO(result.err);
    REQUIRE(result.code == 0);
    return sweep.results();
  }();
  return folder;
}

process::Result table_to(const fs::path& output) {
  return process::run({"table", results().string(), "--output", output.string()});
}

}  // namespace

TEST_CASE("an output that is no regular file is written through and stays what it is", "[output]") {
  const process::Scratch scratch;
  const std::string table = process::run({"table", results().string()}).out;
  REQUIRE_THAT(table, Contains("tiny_search"));

  const fs::path target = scratch.path / "target.md", link = scratch.path / "link.md";
  fs::create_symlink(target, link);
  for (int i = 0; i < 2; ++i) {  // first a link to nothing
    CHECK(table_to(link).code == 0);
    CHECK(fs::is_symlink(link));
    CHECK(process::read_file(target) == table);
    process::write(target, table + "older and longer");
  }

  CHECK(table_to("/dev/stdout").out == table);
  CHECK(table_to("/dev/null").code == 0);
  CHECK(fs::is_character_file("/dev/null"));

  const fs::path pipe = scratch.path / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  const process::Scratch other;
  process::Child reader({"cat", pipe.string()}, other.path);
  CHECK(table_to(pipe).code == 0);
  CHECK(reader.wait().out == table);
  CHECK(fs::is_fifo(pipe));
}

TEST_CASE("standard output goes on where it was", "[output]") {
  const process::Scratch scratch;
  const fs::path log = scratch.path / "log";
  process::write(log, "before\n");
  REQUIRE(
      process::run_command({"sh", "-c", "exec \"$0\" table \"$1\" --output /dev/stdout >> \"$2\"",
                            process::rlrun(), results().string(), log.string()})
          .code == 0);
  CHECK_THAT(process::read_file(log), Catch::StartsWith("before\n") && Contains("tiny_search"));
}

TEST_CASE("an output that cannot be written is a wrong command line, said first", "[output]") {
  const process::Scratch scratch;
  const std::string folder = results().string();
  const std::string nowhere = (scratch.path / "nowhere").string();
  process::write(scratch.path / "file", "");
  const std::string below_file = (scratch.path / "file" / "new").string();
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"table", folder, "--output", nowhere + "/a.md"},
        {"table", folder, "--output", scratch.path.string()},
        {"table", nowhere, "--output", nowhere + "/a.md"},
        {"plot", folder, "--output", nowhere + "/a.svg"},
        {"render", folder, "--output", nowhere + "/a.png"},
        {"render", folder, "--output", nowhere + "/a.mp4"},
        {"replay", "tiny", "--input", nowhere, "--output", nowhere + "/a.h5"},
        {"new", "algorithm", "my_method", "--folder", below_file}}) {
    const process::Result result = process::run(arguments);
    INFO(arguments.front() << ": " << result.err);
    CHECK(result.code == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, Contains("cannot write") || Contains("cannot be made"));
  }
}
