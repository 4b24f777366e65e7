// rlrun plot: learning curves of results folders as a picture.

#include <charconv>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <limits>

#include "rlrun/error.hpp"

#include "cli/streams.hpp"
#include "commands.hpp"
#include "report/report.hpp"
#include "store/output.hpp"
#include "store/store.hpp"

namespace rlrun::commands {

namespace {

constexpr const char* kDetails =
    R"(One panel for each environment, one line for each algorithm: the mean over
seeds of the average training return, with a t interval. With --curve evaluation
the average return of the evaluations during training, with --curve NAME a metric
that algorithms record, such as "entropy"; a wrong name is answered with the known
ones. Seeds that failed or are unfinished are dotted lines of their own, as far as
they came (an unfinished one to its last checkpoint). The file's ending says svg,
png or pdf; what gnuplot was given (FILE's name with .dat and .gnuplot) stays
beside it.

The t interval of two seeds is wide; --band std, stderr or minmax shows less than
it, and says so below the picture.)";

// Beside the results where there is one folder, here where there are several.
std::string default_output(const std::vector<std::string>& folders) {
  if (folders.size() > 1) return "curves.svg";
  return (std::filesystem::path(folders.front()) / "curves.svg").string();
}

// "LOW:HIGH", either of which may be missing.
void set_limits(const std::string& text, PlotOptions& options) {
  const auto number = [&](const std::string& part) {
    if (part.empty()) return std::numeric_limits<double>::quiet_NaN();
    double value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (error == std::errc() && end == part.data() + part.size() && std::isfinite(value))
      return value;
    throw UserError(
        "--ylim " + text + ": '" + part + "' is no number; write LOW:HIGH, LOW: or :HIGH",
        ExitCode::kUsage);
  };
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos)
    throw UserError("--ylim " + text + ": write LOW:HIGH, LOW: or :HIGH", ExitCode::kUsage);
  options.y_low = number(text.substr(0, colon));
  options.y_high = number(text.substr(colon + 1));
  if (options.y_low >= options.y_high)
    throw UserError("--ylim " + text + ": LOW is not below HIGH", ExitCode::kUsage);
}

int run_plot(const cli::po::variables_map& values) {
  const auto folders = values["folder"].as<std::vector<std::string>>();
  PlotOptions options;
  options.output =
      values.count("output") > 0 ? values["output"].as<std::string>() : default_output(folders);
  if (values.count("output") > 0) check_output(options.output);
  options.x = values["x"].as<std::string>();
  options.curve = values["curve"].as<std::string>();
  options.interval = values["interval"].as<double>();
  options.band = values["band"].as<std::string>();
  options.smooth = static_cast<int>(values["smooth"].as<std::int64_t>());
  options.log_x = values.count("log-x") > 0;
  options.log_y = values.count("log-y") > 0;
  if (values.count("ylim") > 0) set_limits(values["ylim"].as<std::string>(), options);
  if (values.count("env") > 0) options.envs = values["env"].as<std::vector<std::string>>();

  std::vector<Results> results;
  bool damaged = false;
  for (const std::string& folder : folders) {
    results.push_back(read_results(folder));
    damaged = damaged || !results.back().problems.empty();
  }
  const json::Value drawn = make_plot(results, options);
  std::cout << (cli::json_wanted(values) ? json::pretty(drawn) : options.output) << '\n';
  for (const Results& result : results)
    for (const std::string& problem : result.problems) cli::say_line(problem);
  return static_cast<int>(damaged ? ExitCode::kStore : ExitCode::kOk);
}

}  // namespace

cli::Command plot() {
  namespace po = cli::po;
  cli::Command command;
  command.name = "plot";
  command.summary = "Draw learning curves of results.";
  command.synopsis = "DIR... [options]";
  command.details = kDetails;
  command.options.add_options()("output", po::value<std::string>()->value_name("FILE"),
                                "Picture: .svg, .png or .pdf; curves.svg in DIR if not given.")(
      "x", po::value<std::string>()->default_value("steps")->value_name("NAME"),
      "steps or iterations.")(
      "curve", po::value<std::string>()->default_value("training")->value_name("NAME"),
      "training, evaluation, or a metric of the algorithm.")(
      "env", po::value<std::vector<std::string>>()->composing()->value_name("LABEL"),
      "Draw only this environment; may be repeated.")(
      "interval", po::value<double>()->default_value(0.95, "0.95")->value_name("LEVEL"),
      "Level of the t interval.")(
      "band", po::value<std::string>()->default_value("t")->value_name("NAME"),
      "What is shaded around the mean: t, std, stderr, minmax or none.")(
      "ylim", po::value<std::string>()->value_name("LOW:HIGH"),
      "Ends of the y axes; one may be left out.")("log-x", "Logarithmic x axes.")(
      "log-y", "Logarithmic y axes.")("smooth",
                                      cli::whole_number("smooth", 1, 1'000'000)->default_value(1),
                                      "Running mean over so many points of each seed.");
  cli::add_json_option(command.options);
  command.positional = {"folder..."};
  command.run = run_plot;
  return command;
}

}  // namespace rlrun::commands
