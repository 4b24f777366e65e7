// The manual page.

#include "cli/manual.hpp"

#include <cctype>
#include <sstream>

#include "trial/build_info.hpp"

namespace rlrun::cli {
namespace {

// Text as troff takes it literally: a backslash begins a command, a dash is a hyphen unless
// escaped, and a line that begins with a dot or a quote is a request.
std::string literal(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (result.empty() || result.back() == '\n')
      if (c == '.' || c == '\'') result += "\\&";
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else
      result += c;
  }
  return result;
}

// Paragraphs are filled, lines that begin with a space stay as they are.
std::string paragraphs(const std::string& text) {
  std::istringstream lines(text);
  std::string result;
  bool as_is = false;
  for (std::string line; std::getline(lines, line);) {
    const bool indented = !line.empty() && line[0] == ' ';
    if (indented != as_is) result += indented ? ".nf\n" : ".fi\n";
    as_is = indented;
    result += line.empty() ? ".PP\n" : literal(line) + "\n";
  }
  return result + (as_is ? ".fi\n" : "");
}

std::string option_text(const po::option_description& option) {
  const std::string value = option.format_parameter();
  return ".TP\n\\fB" + literal("--" + option.long_name()) + "\\fR" +
         (value.empty() ? "" : " \\fI" + literal(value) + "\\fR") + "\n" +
         literal(option.description()) + "\n";
}

}  // namespace

std::string manual_page(const std::vector<Command>& commands) {
  const json::Value info = build_info();
  const json::Value* version = info.find("version");
  std::string text =
      ".TH RLRUN 1 \"\" \"rlrun " +
      (version != nullptr && version->if_string() != nullptr ? literal(*version->if_string())
                                                             : std::string()) +
      "\" \"User Commands\"\n"
      ".SH NAME\n"
      "rlrun \\- an experiment runner for reinforcement learning\n"
      ".SH SYNOPSIS\n"
      "\\fBrlrun\\fR \\fICOMMAND\\fR [options]\n"
      ".SH DESCRIPTION\n"
      "Runs every trial of an experiment file, survives interruptions, and makes\n"
      "tables and plots from the results. The same file and seed give the same bits.\n"
      ".SH COMMANDS\n";
  for (const Command& command : commands) {
    if (command.summary.empty()) continue;
    text += ".SS " +
            literal("rlrun " + command.name +
                    (command.synopsis.empty() ? "" : " " + command.synopsis)) +
            "\n" + literal(command.summary) + "\n.PP\n" + paragraphs(command.details);
    for (const auto& option : command.options.options()) text += option_text(*option);
  }
  return text +
         ".SH OPTIONS OF ALL COMMANDS\n"
         ".TP\n\\fB\\-\\-help\\fR\nHelp for a command.\n"
         ".TP\n\\fB\\-\\-color\\fR \\fIWHEN\\fR\nauto, always or never.\n"
         ".SH EXIT STATUS\n"
         "0 all well, 1 some trial failed, 2 wrong command line, 3 wrong input file, 4 plugin\n"
         "missing or refused, 5 results missing, damaged or locked, 6 interrupted with all state\n"
         "saved, 7 out of disk or memory, 70 a bug in rlrun.\n"
         ".SH ENVIRONMENT\n"
         ".TP\n\\fBRLRUN_PLUGIN_PATH\\fR\nFolders with plugins, separated by colons.\n"
         ".TP\n\\fBNO_COLOR\\fR\nNo colours, whatever it is set to.\n";
}

}  // namespace rlrun::cli
