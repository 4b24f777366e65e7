#pragma once
// The command line: one table of commands, each with its own options. The one user of
// Boost.Program_options.

#include <boost/program_options.hpp>
#include <functional>
#include <string>
#include <vector>

namespace rlrun::cli {

namespace po = boost::program_options;

struct Command {
  std::string name;
  std::string summary;    ///< One line for `rlrun --help`.
  std::string synopsis;   ///< "FILE [options]".
  std::string details;    ///< More for `rlrun NAME --help`; may be empty.
  po::options_description options;
  std::vector<std::string> positional;  ///< Names of positional options in order; a last one that
                                        ///< ends in "..." takes the rest.
  std::function<int(const po::variables_map&)> run;
};

/// Parses and runs. Prints help, turns UserError into one line on stderr and its exit code, answers
/// an unknown command or option with a suggestion (exit code 2).
int main(int argc, char** argv, const std::vector<Command>& commands);

/// Whether to use colour on this stream: a terminal, NO_COLOR unset or empty, TERM not "dumb".
bool use_color(int descriptor);

}  // namespace rlrun::cli
