// rlrun completion and rlrun man: what the table of commands says, for shells and for man.

#include <fmt/format.h>

#include "cli/manual.hpp"
#include "commands.hpp"

namespace rlrun::commands {
namespace {

cli::Command completion_alone() {
  cli::Command command;
  command.name = "completion";
  command.summary = "A script with which a shell completes commands and options.";
  command.synopsis = "bash|zsh|fish";
  command.details =
      "An installation has them where shells look. Without one, in the shell's start file:\n"
      "\n"
      "  eval \"$(rlrun completion bash)\"\n"
      "  eval \"$(rlrun completion zsh)\"\n"
      "  rlrun completion fish | source";
  command.positional = {"SHELL"};
  return command;
}

cli::Command manual_alone() {
  cli::Command command;
  command.name = "man";
  command.summary = "The manual page, as troff.";
  command.details = "To read it: rlrun man | man -l -";
  return command;
}

}  // namespace

std::vector<cli::Command> with_manual(std::vector<cli::Command> commands) {
  commands.push_back(completion_alone());
  commands.push_back(manual_alone());
  const std::vector<cli::Command> described = commands;
  commands[commands.size() - 2].run = [described](const cli::po::variables_map& values) {
    fmt::print("{}", cli::completion_script(described, values["SHELL"].as<std::string>()));
    return 0;
  };
  commands.back().run = [described](const cli::po::variables_map&) {
    fmt::print("{}", cli::manual_page(described));
    return 0;
  };
  return commands;
}

}  // namespace rlrun::commands
