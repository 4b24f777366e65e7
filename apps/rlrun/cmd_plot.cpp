#include "commands.hpp"
#include "rlrun/error.hpp"

namespace rlrun::commands {

cli::Command plot() {
  cli::Command command;
  command.name = "plot";
  command.run = [](const cli::po::variables_map&) -> int { throw UserError("plot: not in this build"); };
  return command;
}

}  // namespace rlrun::commands
