// What shells and man are told.

#include "cli/manual.hpp"

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

#include "support/process.hpp"

using namespace rlrun;
using Catch::Contains;

namespace {

std::vector<cli::Command> commands() {
  cli::Command sweep;
  sweep.name = "sweep";
  sweep.summary = "Runs a file's trials: [all] of them.";
  sweep.synopsis = "FILE [options]";
  sweep.details = "It doesn't stop.\n\n  a table  of \\ things\n.A line.";
  sweep.options.add_options()("jobs", cli::whole_number("jobs", 1, 64), "Trials at a time.")(
      "quiet", cli::po::bool_switch(), "Don't talk.");
  cli::Command hidden;
  hidden.name = "worker";
  return {sweep, hidden};
}

bool installed(const std::string& program) {
  return process::run_command({"/bin/sh", "-c", "command -v " + program}).code == 0;
}

}  // namespace

TEST_CASE("bash completes commands, options and files") {
  const std::string script = cli::completion_script(commands(), "bash");
  const auto completed = [&](const std::string& words, int at) {
    return process::run_command({"/bin/bash", "-c",
                                 script + "\nCOMP_WORDS=(" + words + "); COMP_CWORD=" +
                                     std::to_string(at) + "; _rlrun; echo \"${COMPREPLY[@]}\""})
        .out;
  };
  CHECK(completed("rlrun s", 1) == "sweep\n");
  CHECK(completed("rlrun w", 1) == "\n");
  CHECK(completed("rlrun sweep --", 2) == "--jobs --quiet --color --help\n");
  CHECK(completed("rlrun sweep --color al", 3) == "always\n");
  CHECK(completed("rlrun help sw", 2) == "sweep\n");
  CHECK_THAT(completed("rlrun sweep /et", 2), Contains("/etc"));
}

TEST_CASE("zsh and fish get quoted descriptions") {
  const std::string zsh = cli::completion_script(commands(), "zsh");
  CHECK_THAT(zsh, Contains("'sweep:Runs a file'\\''s trials\\: \\[all\\] of them.'"));
  CHECK_THAT(zsh, Contains("'*--quiet[Don'\\''t talk.]'") &&
                      Contains("'*--jobs[Trials at a time.]:value:_files'"));
  const std::string fish = cli::completion_script(commands(), "fish");
  CHECK_THAT(fish, Contains("__fish_seen_subcommand_from sweep' -l jobs -r -d") &&
                       Contains("-l quiet -d 'Don\\'t talk.'"));
  if (installed("zsh")) CHECK(process::run_command({"/usr/bin/zsh", "-n", "-c", zsh}).code == 0);
  if (installed("fish")) CHECK(process::run_command({"/usr/bin/fish", "-n", "-c", fish}).code == 0);
  CHECK_THROWS_AS(cli::completion_script(commands(), "tcsh"), UserError);
}

TEST_CASE("the manual page is troff that groff takes without a warning") {
  const std::string page = cli::manual_page(commands());
  CHECK_THAT(page, Contains(".SS rlrun sweep FILE [options]\n") &&
                       Contains("\\fB\\-\\-jobs\\fR \\fIN\\fR\n") && Contains("of \\e things") &&
                       Contains("\n\\&.A line.") && !Contains("worker"));
  if (!installed("groff")) return;
  const process::Scratch scratch;
  process::write(scratch.path / "rlrun.1", page);
  const process::Result shown = process::run_command(
      {"/usr/bin/groff", "-man", "-Tutf8", "-ww", (scratch.path / "rlrun.1").string()});
  CHECK(shown.code == 0);
  CHECK(shown.err.empty());
  CHECK_THAT(shown.out, Contains("It doesn't stop."));
}
