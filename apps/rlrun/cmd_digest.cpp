#include <fmt/format.h>

#include "commands.hpp"
#include "store/store.hpp"

namespace rlrun::commands {

cli::Command digest() {
  cli::Command command;
  command.name = "digest";
  command.summary = "One hash for the results of a folder.";
  command.synopsis = "DIR [--every-file]";
  command.details =
      "Prints sha256:<hex> of the results proper: configurations, status, learning curves, "
      "episodes\n"
      "and final parameters, to the last bit. Times, machines, paths, labels and the order of the\n"
      "trials do not matter. Two people with the same line hold the same results. Trial files "
      "that\n"
      "nobody touched since they were merged are taken from results.h5.";
  command.positional = {"DIR"};
  command.options.add_options()("every-file", cli::po::bool_switch(),
                                "Read every trial file to its last byte.");
  cli::add_json_option(command.options);
  command.run = [](const cli::po::variables_map& values) {
    const std::string folder = values["DIR"].as<std::string>();
    const std::string digest = results_digest(folder, values["every-file"].as<bool>());
    if (cli::json_wanted(values))
      fmt::print("{}\n", json::pretty(json::Object{{"folder", folder}, {"digest", digest}}));
    else
      fmt::print("{}\n", digest);
    return 0;
  };
  return command;
}

}  // namespace rlrun::commands
