#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "experiment/format.hpp"
#include "report/curves.hpp"
#include "report/escape.hpp"
#include "report/figure.hpp"
#include "report/gnuplot.hpp"
#include "report/groups.hpp"
#include "store/output.hpp"

namespace rlrun {

namespace {

namespace fs = std::filesystem;

struct BandName {
  Band band;
  const char* name;
};
constexpr std::array kBandNames = {
    BandName{Band::kT, "t"}, BandName{Band::kStd, "std"}, BandName{Band::kStderr, "stderr"},
    BandName{Band::kMinMax, "minmax"}, BandName{Band::kNone, "none"}};

Band band_named(const std::string& name) {
  std::string known;
  for (const BandName& entry : kBandNames) {
    if (name == entry.name) return entry.band;
    known.append(known.empty() ? "" : ", ").append(entry.name);
  }
  throw UserError(fmt::format("band '{}' is unknown; known: {}", name, known), ExitCode::kUsage);
}

CurveAxis axis_named(const std::string& name) {
  if (name == "steps") return CurveAxis::kSteps;
  if (name == "iterations") return CurveAxis::kIterations;
  throw UserError(fmt::format("x axis '{}' is unknown; known: steps, iterations", name),
                  ExitCode::kUsage);
}

CurveOptions curve_options(const PlotOptions& options) {
  CurveOptions curve;
  curve.axis = axis_named(options.x);
  curve.curve = options.curve;
  curve.band = band_named(options.band);
  curve.level = options.interval;
  curve.smooth = options.smooth;
  return curve;
}

void check_metric(const std::vector<Results>& results, const std::string& curve) {
  if (!is_metric(curve)) return;
  std::set<std::string> known;
  const auto add = [&](const TrialRecord& record) {
    for (const auto& metric : record.curves.metrics) known.insert(metric.first);
  };
  for (const Results& result : results) {
    for (const TrialRecord& record : result.trials) add(record);
    for (const UnfinishedTrial& trial : result.unfinished) add(trial.record);
  }
  if (known.contains(curve)) return;
  std::vector<std::string> names = {"training", "evaluation"};
  names.insert(names.end(), known.begin(), known.end());
  throw UserError(fmt::format("curve '{}' is no metric of these results{}", plain(curve),
                              experiment::hint(curve, std::move(names))),
                  ExitCode::kUsage);
}

void check_options(const PlotOptions& options, const Groups& groups) {
  const fs::path output = options.output;
  const std::string ending = output.extension().string();
  if (ending != ".svg" && ending != ".png" && ending != ".pdf")
    throw UserError(fmt::format("plot file '{}' does not say what kind of picture it is; end it in "
                                ".svg, .png or .pdf",
                                options.output),
                    ExitCode::kUsage);
  if (plain(options.output) != options.output)
    throw UserError("the name of the plot file holds control characters", ExitCode::kUsage);
  if (!(options.interval > 0 && options.interval < 1))
    throw UserError(fmt::format("interval {} is no level; give a number between 0 and 1, such as "
                                "0.95",
                                options.interval),
                    ExitCode::kUsage);
  if (options.smooth < 1)
    throw UserError(
        fmt::format("a running mean of {} points is none; give 1 or more", options.smooth),
        ExitCode::kUsage);
  if (options.y_low >= options.y_high)
    throw UserError(fmt::format("the y axis would end at {} below or at its start, {}",
                                options.y_high, options.y_low),
                    ExitCode::kUsage);
  if (options.log_y && (options.y_low <= 0 || options.y_high <= 0))
    throw UserError("a logarithmic y axis has no place for zero and less; raise --ylim",
                    ExitCode::kUsage);
  for (const std::string& env : options.envs) {
    if (std::find(groups.envs.begin(), groups.envs.end(), env) != groups.envs.end()) continue;
    std::string known;
    for (const std::string& label : groups.envs) known += " " + label;
    throw UserError(fmt::format("environment '{}' is not in these results; known:{}", env, known),
                    ExitCode::kUsage);
  }
}

}  // namespace

json::Value make_plot(const std::vector<Results>& results, const PlotOptions& options) {
  // The last evaluation: a score that every curve of evaluations has.
  const Groups groups = group_trials(
      results, options.curve == "evaluation" ? Score::kEvaluationFinal : kDefaultScore);
  check_options(options, groups);
  check_metric(results, options.curve);
  DrawnFigure drawn = make_figure(groups, options, curve_options(options));
  const Figure& figure = drawn.figure;

  fs::path data = options.output, commands = options.output;
  data.replace_extension(".dat");
  commands.replace_extension(".gnuplot");
  write_output(data, figure.data);
  write_output(commands, figure_script(figure, options.output, data));
  run_gnuplot(commands);
  return json::Object{{"output", options.output},
                      {"data", data.string()},
                      {"script", commands.string()},
                      {"title", figure.title},
                      {"curve", options.curve},
                      {"x", options.x},
                      {"band", options.band},
                      {"caption", figure.footnote},
                      {"panels", std::move(drawn.panels)}};
}

}  // namespace rlrun
