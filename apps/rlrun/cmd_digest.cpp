#include "commands.hpp"
#include "rlrun/error.hpp"

namespace rlrun::commands {

cli::Command digest() {
  cli::Command command;
  command.name = "digest";
  command.run = [](const cli::po::variables_map&) -> int { throw UserError("digest: not in this build"); };
  return command;
}

}  // namespace rlrun::commands
