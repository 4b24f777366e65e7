#include "cli/options.hpp"

#include <cstdlib>
#include <iostream>
#include <new>
#include <sstream>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

#include "cli/wrap.hpp"
#include "plugin/catalog.hpp"
#include "support/process.hpp"

namespace {

using namespace rlrun;

struct Outcome {
  int code;
  std::string out, err;
};

/// What a program with these commands does with these arguments.
Outcome call(const std::vector<cli::Command>& commands, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "rlrun");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  // Answers go through std::cout, messages straight to the descriptor.
  std::ostringstream out, err;
  auto* const old_out = std::cout.rdbuf(out.rdbuf());
  auto* const old_err = std::cerr.rdbuf(err.rdbuf());
  const process::Scratch scratch;
  const std::filesystem::path messages = scratch.path / "stderr";
  const int kept = dup(STDERR_FILENO);
  const int file = open(messages.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  dup2(file, STDERR_FILENO);
  const int code = cli::main(static_cast<int>(argv.size()), argv.data(), commands);
  dup2(kept, STDERR_FILENO);
  close(kept);
  close(file);
  std::cout.rdbuf(old_out);
  std::cerr.rdbuf(old_err);
  return {code, out.str(), err.str() + process::read_file(messages)};
}

/// Commands that show what they were given.
std::vector<cli::Command> commands() {
  cli::Command sweep;
  sweep.name = "sweep";
  sweep.summary = "Runs every trial of an experiment file.";
  sweep.synopsis = "FILE [options]";
  sweep.details = "More about it.";
  sweep.options.add_options()("jobs", cli::whole_number("jobs", 1, 64), "Trials at a time.")(
      "shuffle", cli::po::value<std::int64_t>(), "Another order.");
  cli::add_set_option(sweep.options);
  cli::add_plugin_path_option(sweep.options);
  cli::add_json_option(sweep.options);
  sweep.positional = {"file"};
  sweep.run = [](const cli::po::variables_map& values) {
    const auto settings = cli::settings(values);
    const auto folders = cli::plugin_path(values);
    std::cout << values["file"].as<std::string>();
    if (values.count("jobs") != 0) std::cout << " jobs=" << values["jobs"].as<std::int64_t>();
    for (const std::string& setting : settings) std::cout << ' ' << setting;
    for (const auto& folder : folders) std::cout << ' ' << folder.string();
    if (cli::json_wanted(values)) std::cout << " json";
    std::cout << '\n';
    return 0;
  };

  cli::Command table;
  table.name = "table";
  table.summary = "Prints a table.";
  table.synopsis = "DIR...";
  table.positional = {"dirs..."};
  table.run = [](const cli::po::variables_map& values) {
    for (const auto& dir : values["dirs"].as<std::vector<std::string>>()) std::cout << dir << ';';
    return 1;
  };

  cli::Command bench;
  bench.name = "bench";
  bench.summary = "Measures speed.";
  bench.synopsis = "[PART]";
  bench.positional = {"part"};
  bench.run = [](const cli::po::variables_map& values) -> int {
    if (values.count("part") == 0) return 0;
    const auto part = values["part"].as<std::string>();
    if (part == "memory") throw std::bad_alloc();
    if (part == "bug") throw std::logic_error("the invariant broke");
    throw UserError("no part '" + part + "'", ExitCode::kStore);
  };

  cli::Command hidden;
  hidden.name = "worker";
  hidden.run = [](const cli::po::variables_map&) { return 42; };
  return {sweep, table, bench, hidden};
}

std::size_t longest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

}  // namespace

TEST_CASE("a command gets its options and arguments") {
  CHECK(call(commands(), {"sweep", "a.json"}).out == "a.json\n");
  CHECK(call(commands(), {"sweep", "--jobs", "3", "a.json", "--set", "a=1", "--set=b=2", "--json"})
            .out == "a.json jobs=3 a=1 b=2 json\n");
  CHECK(call(commands(), {"sweep", "a.json", "--plugin-path", "/"}).out == "a.json /\n");
  const Outcome table = call(commands(), {"table", "x", "y"});
  CHECK(table.out == "x;y;");
  CHECK(table.code == 1);
  CHECK(call(commands(), {"bench"}).code == 0);
}

TEST_CASE("help goes to stdout, fits a terminal, and lists what there is") {
  const Outcome overview = call(commands(), {"--help"});
  CHECK(overview.code == 0);
  CHECK(overview.err.empty());
  CHECK(longest_line(overview.out) < 80);
  CHECK(overview.out.find("  sweep  Runs every trial") != std::string::npos);
  CHECK(overview.out.find("worker") == std::string::npos);
  CHECK(call(commands(), {"help"}).out == overview.out);

  const Outcome sweep = call(commands(), {"sweep", "--help"});
  CHECK(sweep.code == 0);
  CHECK(longest_line(sweep.out) < 80);
  CHECK(sweep.out.find("usage: rlrun sweep FILE [options]") == 0);
  CHECK(sweep.out.find("--jobs N") != std::string::npos);
  CHECK(sweep.out.find("--file") == std::string::npos);
  CHECK(call(commands(), {"help", "sweep"}).out == sweep.out);

  const Outcome nothing = call(commands(), {});
  CHECK(nothing.code == 2);
  CHECK(nothing.out.empty());
  CHECK(nothing.err == overview.out);
}

TEST_CASE("a command that is not in the overview still runs") {
  CHECK(call(commands(), {"worker"}).code == 42);
}

TEST_CASE("mistakes on the command line are exit code 2 and one line that helps") {
  struct Mistake {
    std::vector<std::string> arguments;
    std::string message;
  };
  const std::vector<Mistake> mistakes = {
      {{"swep", "a.json"}, "unknown command 'swep'; did you mean 'sweep'? see 'rlrun --help'"},
      {{"frobnicate"}, "unknown command 'frobnicate'; see 'rlrun --help'"},
      {{"sweep", "a.json", "--job", "3"},
       "unknown option '--job'; did you mean '--jobs'? see 'rlrun sweep --help'"},
      {{"--verison"}, "unknown option '--verison'; did you mean '--version'? see 'rlrun --help'"},
      {{"--", "x"}, "unknown command 'x'; see 'rlrun --help'"},
      {{"sweep"}, "FILE is missing; usage: rlrun sweep FILE [options]"},
      {{"table"}, "DIRS is missing; usage: rlrun table DIR..."},
      {{"sweep", "a", "b"}, "too many arguments; usage: rlrun sweep FILE [options]"},
      {{"sweep", "a", "--jobs", "0"}, "--jobs 0 is outside 1 to 64"},
      {{"sweep", "a", "--jobs", "1e2"}, "--jobs 100 is outside 1 to 64"},
      {{"sweep", "a", "--jobs", "many"}, "--jobs many: expected a whole number"},
      {{"sweep", "a", "--jobs", "1.5"}, "--jobs 1.5: expected a whole number"},
      {{"sweep", "a", "--jobs", "1e300"}, "--jobs 1e300: expected a whole number"},
      {{"sweep", "a", "--jobs", ""}, "--jobs : expected a whole number"},
      {{"sweep", "a", "--set", "x"}, "--set x: expected KEY=VALUE"},
      {{"sweep", "a", "--plugin-path", "/no/such"}, "--plugin-path /no/such: no such folder"},
      {{"sweep", "a", "--color", "pink"}, "--color pink: expected auto, always or never"},
  };
  for (const Mistake& mistake : mistakes) {
    const Outcome outcome = call(commands(), mistake.arguments);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK(outcome.err == "rlrun: " + mistake.message + "\n");
  }
}

TEST_CASE("numbers are written as in an experiment file") {
  CHECK(call(commands(), {"sweep", "a", "--jobs", "4e1"}).out == "a jobs=40\n");
  CHECK(call(commands(), {"sweep", "a", "--jobs=2.0"}).out == "a jobs=2\n");
}

TEST_CASE("an exception becomes one line and its exit code") {
  const Outcome user = call(commands(), {"bench", "x"});
  CHECK(user.code == 5);
  CHECK(user.err == "rlrun: no part 'x'\n");
  const Outcome memory = call(commands(), {"bench", "memory"});
  CHECK(memory.code == 7);
  CHECK(memory.err == "rlrun: out of memory\n");
  const Outcome bug = call(commands(), {"bench", "bug"});
  CHECK(bug.code == cli::kInternalError);
  CHECK(bug.err == "rlrun: internal error: the invariant broke\n");
}

TEST_CASE("--color decides before the terminal and the environment do") {
  call(commands(), {"--color", "always", "bench"});
  CHECK(cli::use_color(1));
  call(commands(), {"bench", "--color=never"});
  CHECK_FALSE(cli::use_color(1));
  call(commands(), {"bench", "--color=auto"});
  setenv("NO_COLOR", "1", 1);
  CHECK_FALSE(cli::use_color(1));
  unsetenv("NO_COLOR");
}

TEST_CASE("the nearest name is a plausible slip of the finger or nothing") {
  const std::vector<std::string> known = {"hopper", "walker2d", "half_cheetah", "swimmer"};
  CHECK(nearest_name("hoper", known) == "hopper");
  CHECK(nearest_name("ohpper", known) == "hopper");
  CHECK(nearest_name("Walker2D", known) == "walker2d");
  CHECK(nearest_name("halfcheetah", known) == "half_cheetah");
  CHECK(nearest_name("half", known) == "half_cheetah");
  const std::vector<std::string> gym = {"gym/CartPole-v1", "gym/Acrobot-v1", "cartpole_swingup"};
  CHECK(nearest_name("CartPole-v1", gym) == "gym/CartPole-v1");
  CHECK(nearest_name("CartPole-v0", gym) == "gym/CartPole-v1");
  CHECK(nearest_name("pendulum", known).empty());
  CHECK(nearest_name("", known).empty());
  CHECK(nearest_name("x", {}).empty());
  CHECK(nearest_name(std::string(100000, 'a'), known).empty());
}

TEST_CASE("help text flows together and keeps tables") {
  const std::string words =
      "one two three four five six seven eight nine ten eleven twelve thirteen fourteen\n"
      "fifteen.\n  key    a table keeps its spaces\n\nAnother.";
  CHECK(cli::reflow(words) ==
        "one two three four five six seven eight nine ten eleven twelve thirteen\n"
        "fourteen fifteen.\n  key    a table keeps its spaces\n\nAnother.\n");
  // What is set off by a gap goes on below itself, in a narrow terminal too.
  const std::string item =
      "  key    one two three\n         four\n  other  five\n  name   a  table's  line";
  CHECK(cli::reflow(item) ==
        "  key    one two three four\n  other  five\n  name   a  table's  line\n");
  CHECK(cli::reflow(item, 20) ==
        "  key    one two\n         three four\n  other  five\n  name   a  table's  line\n");
  CHECK(cli::wrap("a b", 4) == "    a b");
  CHECK(cli::wrap(std::string(100, 'x'), 2) == "  " + std::string(100, 'x'));
  // Columns are characters, not bytes.
  std::string accents;
  for (int i = 0; i < 78; ++i) accents += "\u00e9";
  CHECK(longest_line(cli::reflow(accents + " x")) > 100);
  CHECK(cli::reflow(accents + " x").find('\n') == 2 * 78);
}
