// rlrun plot: learning curves of results folders as a picture.

#include <filesystem>
#include <iostream>

#include "rlrun/error.hpp"

#include "cli/streams.hpp"
#include "commands.hpp"
#include "report/report.hpp"
#include "store/store.hpp"

namespace rlrun::commands {

namespace {

constexpr const char* kDetails =
    R"(One panel for each environment, one line for each algorithm: the mean over
seeds of the average training return (or, with --curve evaluation, of the
average return of the evaluations during training), with a t interval. The
file's ending says svg, png or pdf; what gnuplot was given (FILE's name with
.dat and .gnuplot) stays beside it.)";

// Beside the results where there is one folder, here where there are several.
std::string default_output(const std::vector<std::string>& folders) {
  if (folders.size() > 1) return "curves.svg";
  return (std::filesystem::path(folders.front()) / "curves.svg").string();
}

int run_plot(const cli::po::variables_map& values) {
  const auto folders = values["folder"].as<std::vector<std::string>>();
  PlotOptions options;
  options.output =
      values.count("output") > 0 ? values["output"].as<std::string>() : default_output(folders);
  options.x = values["x"].as<std::string>();
  options.curve = values["curve"].as<std::string>();
  options.interval = values["interval"].as<double>();
  if (values.count("env") > 0) options.envs = values["env"].as<std::vector<std::string>>();

  std::vector<Results> results;
  bool damaged = false;
  for (const std::string& folder : folders) {
    results.push_back(read_results(folder));
    damaged = damaged || !results.back().problems.empty();
  }
  make_plot(results, options);
  std::cout << options.output << '\n';
  for (const Results& result : results)
    for (const std::string& problem : result.problems) cli::say_line(problem);
  return static_cast<int>(damaged ? ExitCode::kStore : ExitCode::kOk);
}

}  // namespace

cli::Command plot() {
  namespace po = cli::po;
  cli::Command command;
  command.name = "plot";
  command.summary = "learning curves of results";
  command.synopsis = "DIR... [options]";
  command.details = kDetails;
  command.options.add_options()("output", po::value<std::string>()->value_name("FILE"),
                                "Picture: .svg, .png or .pdf; curves.svg in DIR if not given.")(
      "x", po::value<std::string>()->default_value("steps")->value_name("NAME"),
      "steps or iterations.")(
      "curve", po::value<std::string>()->default_value("training")->value_name("NAME"),
      "training or evaluation.")(
      "env", po::value<std::vector<std::string>>()->composing()->value_name("LABEL"),
      "Draw only this environment; may be repeated.")(
      "interval", po::value<double>()->default_value(0.95, "0.95")->value_name("LEVEL"),
      "Level of the t interval.");
  command.positional = {"folder..."};
  command.run = run_plot;
  return command;
}

}  // namespace rlrun::commands
