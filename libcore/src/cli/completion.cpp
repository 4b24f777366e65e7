// Completion for shells. Only what the table of commands says: no shell runs rlrun while a person
// types.

#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "cli/manual.hpp"

namespace rlrun::cli {
namespace {

struct Option {
  std::string name, description;
  bool takes_value = false;
};

// Those of a command that can be seen, with those that all have.
std::vector<Option> options_of(const Command& command) {
  std::vector<Option> options;
  for (const auto& option : command.options.options())
    options.push_back(
        {option->long_name(), option->description(), option->semantic()->max_tokens() > 0});
  options.push_back({"color", "auto, always or never.", true});
  options.push_back({"help", "This text.", false});
  return options;
}

std::vector<const Command*> listed(const std::vector<Command>& commands) {
  std::vector<const Command*> list;
  for (const Command& command : commands)
    if (!command.summary.empty()) list.push_back(&command);
  return list;
}

// In single quotes, for any of the shells; `escape` is how a single quote is written there.
std::string quoted(const std::string& text, const std::string& escape) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? escape : c == '\n' ? " " : std::string(1, c);
  return result + "'";
}

std::string bash(const std::vector<const Command*>& commands) {
  std::string names, cases;
  for (const Command* command : commands) {
    names += (names.empty() ? "" : " ") + command->name;
    std::string options, with_value;
    for (const Option& option : options_of(*command)) {
      options += (options.empty() ? "--" : " --") + option.name;
      if (option.takes_value) with_value += (with_value.empty() ? "--" : "|--") + option.name;
    }
    cases += fmt::format("    {}) options='{}' with_value='{}' ;;\n", command->name, options,
                         with_value);
  }
  return "# bash completion for rlrun\n"
         "_rlrun() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} options= "
         "with_value=\n"
         "  COMPREPLY=()\n"
         "  if ((COMP_CWORD == 1)); then\n"
         "    COMPREPLY=($(compgen -W '" +
         names +
         " help --help --version' -- \"$word\"))\n"
         "    return\n"
         "  fi\n"
         "  case ${COMP_WORDS[1]} in\n" +
         fmt::format("    help) COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n", names) +
         cases +
         "  esac\n"
         "  if [[ $word == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
         "  elif [[ $previous == --color ]]; then\n"
         "    COMPREPLY=($(compgen -W 'auto always never' -- \"$word\"))\n"
         "  else\n"
         "    compopt -o filenames 2>/dev/null\n"
         "    COMPREPLY=($(compgen -f -- \"$word\"))\n"
         "  fi\n"
         "}\n"
         "complete -F _rlrun rlrun\n";
}

std::string zsh(const std::vector<const Command*>& commands) {
  // In a specification of _arguments, brackets and colons have a meaning.
  const auto words = [](const std::string& text) {
    std::string result;
    for (const char c : text) {
      if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
      result += c;
    }
    return result;
  };
  const auto quote = [](const std::string& text) { return quoted(text, "'\\''"); };
  std::string names, cases;
  for (const Command* command : commands) {
    names += "    " + quote(command->name + ":" + words(command->summary)) + "\n";
    cases += "    " + command->name + ")\n      _arguments";
    for (const Option& option : options_of(*command))
      cases += " \\\n        " + quote("*--" + option.name + "[" + words(option.description) + "]" +
                                       (option.takes_value ? ":value:_files" : ""));
    cases += " \\\n        '*:argument:_files' ;;\n";
  }
  return "#compdef rlrun\n"
         "_rlrun() {\n"
         "  local -a commands\n"
         "  commands=(\n" +
         names +
         "  )\n"
         "  if ((CURRENT == 2)); then\n"
         "    _describe command commands\n"
         "    return\n"
         "  fi\n"
         "  local command=$words[2]\n"
         "  shift words\n"
         "  ((CURRENT--))\n"
         "  case $command in\n" +
         cases +
         "    help) _describe command commands ;;\n"
         "  esac\n"
         "}\n"
         "if [[ $funcstack[1] == _rlrun ]]; then\n"
         "  _rlrun \"$@\"\n"
         "else\n"
         "  compdef _rlrun rlrun\n"
         "fi\n";
}

std::string fish(const std::vector<const Command*>& commands) {
  const auto quote = [](const std::string& text) {
    std::string escaped;
    for (const char c : text) escaped += c == '\\' ? std::string("\\\\") : std::string(1, c);
    return quoted(escaped, "\\'");
  };
  std::string text =
      "# fish completion for rlrun\n"
      "complete -c rlrun -n __fish_use_subcommand -f -a help -d 'Help for a command.'\n";
  for (const Command* command : commands) {
    text += fmt::format("complete -c rlrun -n __fish_use_subcommand -f -a {} -d {}\n",
                        command->name, quote(command->summary));
    for (const Option& option : options_of(*command))
      text += fmt::format("complete -c rlrun -n '__fish_seen_subcommand_from {}' -l {}{} -d {}\n",
                          command->name, option.name, option.takes_value ? " -r" : "",
                          quote(option.description));
  }
  return text;
}

}  // namespace

std::string completion_script(const std::vector<Command>& commands, const std::string& shell) {
  const std::vector<const Command*> list = listed(commands);
  if (shell == "bash") return bash(list);
  if (shell == "zsh") return zsh(list);
  if (shell == "fish") return fish(list);
  throw UserError("'" + shell + "': expected bash, zsh or fish", ExitCode::kUsage);
}

}  // namespace rlrun::cli
