#pragma once
// The command line: one table of commands, each with its own options. The one user of
// Boost.Program_options.
//
// The answer of a command goes to stdout, everything else to stderr. A reader that closes our
// stdout ("rlrun table DIR | head") ends nothing and is no error; a full disk behind it is one.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <boost/program_options.hpp>

namespace rlrun::cli {

namespace po = boost::program_options;

struct Command {
  std::string name;
  std::string summary;  ///< One line for `rlrun --help`; a command without one is not listed there.
  std::string synopsis;  ///< "FILE [options]". What stands in brackets may be left out.
  std::string details;   ///< More for `rlrun NAME --help`; may be empty. Filled to the
                         ///< width of a terminal; indented lines stay.
  po::options_description options;
  std::vector<std::string> positional;  ///< Names of positional options in order; a last one that
                                        ///< ends in "..." takes the rest. Those that `options` does
                                        ///< not declare are text ("...": a list of texts). Required
                                        ///< unless the synopsis shows them in brackets.
  std::function<int(const po::variables_map&)> run;
};

/// The exit code for a mistake of the program itself, after sysexits' EX_SOFTWARE. The codes for
/// everything else are those of ExitCode.
constexpr int kInternalError = 70;

/// Parses and runs. Prints help, turns UserError into one line on stderr and its exit code, answers
/// an unknown command or option with a suggestion (exit code 2). Running out of memory is exit code
/// 7, any other exception kInternalError.
int main(int argc, char** argv, const std::vector<Command>& commands);

/// Whether to use colour on this stream: as --color says; else on a terminal, if NO_COLOR is unset
/// or empty and TERM is not "dumb".
bool use_color(int descriptor);

// Options that several commands have.

/// Adds --json; `json_wanted` reads it.
void add_json_option(po::options_description& options);
bool json_wanted(const po::variables_map& values);

/// Adds --plugin-path DIR, which may be repeated; `plugin_path` reads it for the Catalog.
void add_plugin_path_option(po::options_description& options);
std::vector<std::filesystem::path> plugin_path(const po::variables_map& values);

/// Adds --set KEY=VALUE, which may be repeated; `settings` reads it.
void add_set_option(po::options_description& options);
std::vector<std::string> settings(const po::variables_map& values);

/// Adds --with NAME, which may be repeated; `wrappers` reads it.
void add_with_option(po::options_description& options);
std::vector<std::string> wrappers(const po::variables_map& values);

/// A whole number from `low` to `high`, written as 1000 or 1e3 and read as std::int64_t; anything
/// else is a usage error that names the option. `name` is the option's long name.
po::typed_value<std::int64_t>* whole_number(const std::string& name, std::int64_t low,
                                            std::int64_t high, const std::string& value_name = "N");

}  // namespace rlrun::cli
