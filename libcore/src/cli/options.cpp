#include "cli/options.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <sstream>
#include <string_view>

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "rlrun/error.hpp"

#include "cli/color.hpp"
#include "cli/streams.hpp"
#include "cli/wrap.hpp"
#include "json/json.hpp"
#include "plugin/catalog.hpp"
#include "trial/build_info.hpp"

namespace rlrun::cli {
namespace {

UserError usage_error(const std::string& message) {
  return UserError(message, ExitCode::kUsage);
}

std::string help_hint(const std::string& command) {
  return "see 'rlrun " + command + (command.empty() ? "--help'" : " --help'");
}

std::string did_you_mean(const std::string& name, const std::vector<std::string>& known,
                         const std::string& prefix = "") {
  const std::string near = nearest_name(name, known);
  return near.empty() ? "" : "did you mean '" + prefix + near + "'? ";
}

UserError unknown_option(const std::string& option, const std::vector<std::string>& known,
                         const std::string& command) {
  const std::string name = option.substr(std::min(option.size(), option.find_first_not_of('-')));
  return usage_error("unknown option '" + option + "'; " + did_you_mean(name, known, "--") +
                     help_hint(command));
}

void print_overview(std::ostream& out, const std::vector<Command>& commands) {
  out << "usage: rlrun COMMAND [options]\n"
         "\n"
         "Runs reinforcement learning experiments: sweeps over settings and seeds, with\n"
         "results that can be repeated bit for bit.\n"
         "\n"
         "commands:\n";
  std::size_t width = 0;
  for (const Command& command : commands)
    if (!command.summary.empty()) width = std::max(width, command.name.size());
  for (const Command& command : commands) {
    if (command.summary.empty()) continue;
    out << "  " << command.name << std::string(width - command.name.size() + 2, ' ')
        << command.summary << '\n';
  }
  out << "\n"
         "options:\n"
         "  --help             This text; 'rlrun COMMAND --help' for a command.\n"
         "  --version          Version and build facts; with --json as JSON.\n"
         "  --color WHEN       auto, always or never. NO_COLOR is respected.\n"
         "\n"
         "exit codes:\n"
         "  0 all well   1 some trial failed   2 wrong command line   3 wrong input file\n"
         "  4 plugin missing or refused   5 results missing, damaged or locked\n"
         "  6 interrupted, state saved   7 out of disk or memory   70 a bug in rlrun\n";
}

std::string version_line(const json::Value& info, const std::string& key) {
  const json::Value* value = info.find(key);
  const std::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? "unknown" : *text;
}

void print_version(std::ostream& out, bool as_json) {
  const json::Value info = build_info();
  if (as_json) {
    out << json::pretty(info) << '\n';
    return;
  }
  const json::Value* dirty = info.find("dirty");
  out << "rlrun " << version_line(info, "version") << " (commit " << version_line(info, "commit")
      << (dirty != nullptr && dirty->if_bool() != nullptr && *dirty->if_bool() ? ", modified" : "")
      << ")\n";
  for (const char* key : {"compiler", "build_type", "architecture", "flags", "interface"})
    out << key << ": " << version_line(info, key) << '\n';
  out << "libraries:";
  for (const auto& [name, version] : *info.find("libraries")->if_object())
    out << ' ' << name << ' ' << *version.if_string();
  out << '\n';
}

/// A positional argument without its dots.
struct Positional {
  std::string name;
  bool rest = false, optional = false;

  Positional(const std::string& text, const std::string& synopsis)
      : name(text), rest(text.ends_with("...")) {
    if (rest) name.resize(name.size() - 3);
    optional = synopsis.find('[' + upper()) != std::string::npos;
  }
  [[nodiscard]] std::string upper() const {
    std::string result = name;
    for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return result;
  }
};

void print_help(std::ostream& out, const Command& command, const po::options_description& visible) {
  out << "usage: rlrun " << command.name << (command.synopsis.empty() ? "" : " ")
      << command.synopsis << "\n\n";
  if (!command.summary.empty()) out << command.summary << "\n\n";
  if (!command.details.empty()) out << reflow(command.details, line_width()) << '\n';
  out << visible;
}

/// The values of one command's arguments; prints its help and returns false if that was asked for.
bool parse(const Command& command, const std::vector<std::string>& arguments,
           po::variables_map& values) {
  po::options_description visible("options", static_cast<unsigned>(line_width()),
                                  static_cast<unsigned>(line_width()) / 2);
  for (const auto& option : command.options.options()) visible.add(option);
  visible.add_options()("color", po::value<std::string>()->value_name("WHEN"),
                        "auto, always or never.")("help,h", "This text.");

  std::vector<Positional> positional;
  po::options_description all;
  all.add(visible);
  po::positional_options_description order;
  for (const std::string& text : command.positional) {
    const Positional& p = positional.emplace_back(text, command.synopsis);
    order.add(p.name.c_str(), p.rest ? -1 : 1);
    if (command.options.find_nothrow(p.name, false) != nullptr) continue;
    if (p.rest)
      all.add_options()(p.name.c_str(), po::value<std::vector<std::string>>());
    else
      all.add_options()(p.name.c_str(), po::value<std::string>());
  }

  try {
    // Abbreviated options would change their meaning with every option that is added.
    const int style =
        po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(arguments).options(all).positional(order).style(style).run(),
              values);
    if (values.count("help") != 0) {
      print_help(std::cout, command, visible);
      return false;
    }
    if (values.count("color") != 0) set_color_choice(values["color"].as<std::string>());
    for (const Positional& p : positional)
      if (!p.optional && values.count(p.name) == 0)
        throw usage_error(p.upper() + " is missing; usage: rlrun " + command.name + " " +
                          command.synopsis);
    po::notify(values);
  } catch (const po::unknown_option& error) {
    std::vector<std::string> known;
    for (const auto& option : visible.options()) known.push_back(option->long_name());
    throw unknown_option(error.get_option_name(), known, command.name);
  } catch (const po::too_many_positional_options_error&) {
    throw usage_error("too many arguments; usage: rlrun " + command.name + " " + command.synopsis);
  } catch (const po::error& error) {
    throw usage_error(std::string(error.what()) + "; " + help_hint(command.name));
  }
  return true;
}

const Command& find_command(const std::vector<Command>& commands, const std::string& name) {
  std::vector<std::string> known;
  for (const Command& command : commands) {
    if (command.name == name) return command;
    if (!command.summary.empty()) known.push_back(command.name);
  }
  throw usage_error("unknown command '" + name + "'; " + did_you_mean(name, known) + help_hint(""));
}

/// Everything but the handling of exceptions.
int dispatch(std::vector<std::string> arguments, const std::vector<Command>& commands) {
  // Options before the command.
  bool version = false, json = false;
  std::size_t i = 0;
  for (; i < arguments.size() && arguments[i].starts_with("-"); ++i) {
    const std::string& option = arguments[i];
    if (option == "--") {
      ++i;
      break;
    }
    if (option == "--help" || option == "-h") {
      print_overview(std::cout, commands);
      return 0;
    }
    if (option == "--version") {
      version = true;
    } else if (option == "--json") {
      json = true;
    } else if (option == "--color" && i + 1 < arguments.size()) {
      set_color_choice(arguments[++i]);
    } else if (option.starts_with("--color=")) {
      set_color_choice(option.substr(8));
    } else {
      throw unknown_option(option, {"help", "version", "color"}, "");
    }
  }
  arguments.erase(arguments.begin(), arguments.begin() + static_cast<std::ptrdiff_t>(i));
  if (version && arguments.empty()) {
    print_version(std::cout, json);
    return 0;
  }
  if (version || json)
    throw usage_error("'--version' and '--json' before a command; " + help_hint(""));
  if (arguments.empty()) {
    print_overview(std::cerr, commands);
    return static_cast<int>(ExitCode::kUsage);
  }
  if (arguments[0] == "help") {
    if (arguments.size() == 1) {
      print_overview(std::cout, commands);
      return 0;
    }
    arguments = {arguments[1], "--help"};
  }

  const Command& command = find_command(commands, arguments[0]);
  arguments.erase(arguments.begin());
  po::variables_map values;
  if (!parse(command, arguments, values)) return 0;
  return command.run(values);
}

/// Whether the other end of our stdout is gone.
bool reader_left() {
  pollfd stdout_end = {.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  return poll(&stdout_end, 1, 0) > 0 && (stdout_end.revents & POLLERR) != 0;
}

void print_error(const std::string& message) {
  std::cout.flush();  // keeps the order where both streams go to one terminal
  say_line(message);
}

/// An answer that did not arrive is an error, unless nobody wants it any more.
int finish_output(int code) {
  errno = 0;
  const bool flushed = bool(std::cout.flush()) && std::fflush(stdout) == 0;
  const int error = errno;
  if ((flushed && std::ferror(stdout) == 0) || reader_left() || error == EPIPE) return code;
  print_error(std::string("cannot write the answer to stdout: ") +
              (error != 0 ? std::strerror(error) : "write error"));
  return code != 0 ? code : static_cast<int>(ExitCode::kResources);
}

// With less, a parser ends in a crash that names nothing.
void need_stack() {
  constexpr rlim_t kLeast = rlim_t{1} << 20, kUsual = rlim_t{8} << 20;
  rlimit limit{};
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= kLeast) return;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = std::min(limit.rlim_max, kUsual);
  if (limit.rlim_cur >= kLeast && setrlimit(RLIMIT_STACK, &limit) == 0) return;
  throw UserError("the stack is limited to " + std::to_string(before >> 10) +
                      " KiB, and 1024 are needed; see `ulimit -s`",
                  ExitCode::kResources);
}

}  // namespace

int main(int argc, char** argv, const std::vector<Command>& commands) {
  // A write to a closed pipe or beyond the file size limit is an error there, not our end.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  open_standard_streams();
  int code = kInternalError;
  try {
    need_stack();
    code = dispatch(std::vector<std::string>(argv + std::min(argc, 1), argv + argc), commands);
  } catch (const UserError& error) {
    print_error(error.what());
    code = static_cast<int>(error.code());
  } catch (const std::bad_alloc&) {
    print_error("out of memory");
    code = static_cast<int>(ExitCode::kResources);
  } catch (const std::exception& error) {
    // An answer that could not be written is what `finish_output` looks at.
    if (std::ferror(stdout) != 0)
      code = 0;
    else
      print_error(std::string("internal error: ") + error.what());
  }
  return finish_output(code);
}

}  // namespace rlrun::cli
