#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "report/curves.hpp"
#include "report/escape.hpp"
#include "report/gnuplot.hpp"
#include "report/groups.hpp"
#include "store/store.hpp"

namespace rlrun {

namespace {

namespace fs = std::filesystem;

// Okabe and Ito's colours, which colour-blind readers tell apart, without their yellow.
constexpr std::array kColors = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                "#E69F00", "#56B4E9", "#000000"};
constexpr const char* kRandomColor = "#888888";

// Sizes in points of the picture; gnuplot wants shares of it.
constexpr double kPanelWidth = 400, kPanelHeight = 276, kTitle = 40, kKeyLine = 20, kFootnote = 26;
constexpr double kLeft = 86, kRight = 24, kTop = 30, kBottom = 48;

struct Line {
  std::size_t index;   ///< Block of the data file.
  std::size_t column;  ///< Which algorithm.
  MeanCurve curve;
};

struct Panel {
  std::string title;
  double x_unit = 1;
  std::vector<Line> lines;
};

struct Figure {
  std::string title, footnote;
  std::vector<Panel> panels;
  std::vector<std::string> columns;  ///< Labels of the algorithms.
  std::vector<bool> dashed;          ///< The yardstick, random.
  std::string data;                  ///< All curves as text.
};

// "thousands" and so on, so that the axis needs no long numbers.
double unit_of(double largest) {
  return largest >= 2e6 ? 1e6 : largest >= 2e3 ? 1e3 : 1;
}

std::string axis_title(CurveAxis axis, double unit) {
  if (axis == CurveAxis::kIterations) return "iterations";
  return unit == 1 ? "environment steps"
                   : fmt::format("environment steps ({})", unit == 1e6 ? "millions" : "thousands");
}

std::string data_block(const Pair& pair, const MeanCurve& curve, double level) {
  std::string text =
      fmt::format("# {} on {}{}{}, seeds:", plain(pair.algorithm), plain(pair.env),
                  pair.setting().name.empty() ? "" : ", ", plain(pair.setting().name));
  for (const std::uint64_t seed : pair.setting().seeds) text += fmt::format(" {}", seed);
  text += fmt::format("\n# x, mean over seeds, ends of the {:g} % t interval\n", 100 * level);
  for (std::size_t i = 0; i < curve.x.size(); ++i)
    text += fmt::format("{} {} {} {}\n", curve.x[i], curve.mean[i], curve.low[i], curve.high[i]);
  return text + "\n\n";
}

Figure make_figure(const Groups& groups, const PlotOptions& options, CurveAxis axis,
                   CurveKind kind) {
  Figure figure;
  figure.title = groups.title;
  std::size_t blocks = 0;
  int fewest = 0, most = 0;
  bool chosen = false;
  for (const std::string& env : groups.envs) {
    if (!options.envs.empty() &&
        std::find(options.envs.begin(), options.envs.end(), env) == options.envs.end())
      continue;
    Panel panel;
    std::string losses;
    double largest = 0;
    for (const std::string& algorithm : groups.algorithms) {
      const Pair* pair = groups.find(env, algorithm);
      if (pair == nullptr) continue;
      const Setting& setting = pair->setting();
      const int n = static_cast<int>(setting.seeds.size());
      if (!setting.lost.empty()) {
        losses += fmt::format("{}{} {}/{}", losses.empty() ? "" : ", ", algorithm, n,
                              setting.seeds.size() + setting.lost.size());
      }
      if (n == 0) continue;
      fewest = fewest == 0 ? n : std::min(fewest, n);
      most = std::max(most, n);
      chosen = chosen || pair->settings.size() > 1;
      auto column = std::find(figure.columns.begin(), figure.columns.end(), algorithm);
      if (column == figure.columns.end()) {
        figure.columns.push_back(algorithm);
        figure.dashed.push_back(pair->algorithm_name == "random");
        column = figure.columns.end() - 1;
      }
      Line line{blocks++, static_cast<std::size_t>(column - figure.columns.begin()),
                mean_curve(setting, axis, options.interval, kind)};
      largest = std::max(largest, line.curve.x.back());
      figure.data += data_block(*pair, line.curve, options.interval);
      panel.lines.push_back(std::move(line));
    }
    panel.title = env + (losses.empty() ? "" : " (seeds: " + losses + ")");
    panel.x_unit = axis == CurveAxis::kSteps ? unit_of(largest) : 1;
    figure.panels.push_back(std::move(panel));
  }
  if (figure.columns.empty())
    throw UserError("there is no curve to draw: no trial is complete", ExitCode::kStore);
  figure.footnote = kind == CurveKind::kEvaluation
                        ? "Mean over seeds of the average return of evaluations without exploration"
                        : "Mean over seeds of the average training return";
  figure.footnote +=
      fewest == most ? fmt::format(", n = {}", most) : fmt::format(", n = {} to {}", fewest, most);
  if (most > 1)
    figure.footnote += fmt::format("; shaded: {:g} % t interval", 100 * options.interval);
  if (chosen) figure.footnote += "; settings chosen by mean − std";
  return figure;
}

// Pictures of one kind: how gnuplot calls them.
std::string terminal(const std::string& ending, double width, double height) {
  if (ending == ".svg")
    return fmt::format(
        "svg noenhanced size {:.0f},{:.0f} font 'DejaVu Sans,sans-serif,12' "
        "background '#ffffff'",
        width, height);
  if (ending == ".png")
    return fmt::format(
        "pngcairo noenhanced size {:.0f},{:.0f} font 'DejaVu Sans,10' fontscale 1.8 "
        "linewidth 2 background '#ffffff'",
        2 * width, 2 * height);
  return fmt::format("pdfcairo noenhanced size {:.3f}in,{:.3f}in font 'DejaVu Sans,9'", width / 96,
                     height / 96);
}

std::string style(const Figure& figure, std::size_t column) {
  if (figure.dashed[column]) return fmt::format("lc rgb '{}' dt (6,4)", kRandomColor);
  // More algorithms than colours: the second round is dashed.
  const std::size_t round = column / kColors.size();
  return fmt::format("lc rgb '{}'{}", kColors[column % kColors.size()],
                     round == 0 ? "" : fmt::format(" dt {}", round + 1));
}

std::string panel_commands(const Figure& figure, const Panel& panel, const std::string& data,
                           CurveAxis axis) {
  std::string text =
      fmt::format("set title {} offset 0,-0.5\nset xlabel {} offset 0,0.4\n",
                  quote_gnuplot(panel.title), quote_gnuplot(axis_title(axis, panel.x_unit)));
  if (panel.lines.empty()) {
    // A panel without curves keeps its place and says why it is empty.
    return text +
           "set xrange [0:1]\nset yrange [0:1]\nset label 2 'no complete trial' at graph "
           "0.5,0.5 center\nplot NaN notitle\nunset label 2\nset xrange [*:*]\nset yrange [*:*]\n";
  }
  const auto source = [&](const Line& line) {
    return fmt::format("{} index {} using ($1/{})", data, line.index, panel.x_unit);
  };
  std::string parts;
  const auto part = [&](const std::string& what) {
    parts += (parts.empty() ? "" : ", \\\n     ") + what;
  };
  for (const Line& line : panel.lines) {
    if (line.curve.x.size() < 2 || std::isnan(line.curve.low.front())) continue;
    part(fmt::format("{}:3:4 with filledcurves {} fs transparent solid 0.18 noborder notitle",
                     source(line),
                     fmt::format("lc rgb '{}'", figure.dashed[line.column]
                                                    ? kRandomColor
                                                    : kColors[line.column % kColors.size()])));
  }
  for (const Line& line : panel.lines) {
    const char* kind = line.curve.x.size() < 2 ? "points pt 7 ps 0.6" : "lines lw 1.6";
    part(fmt::format("{}:2 with {} {} notitle", source(line), kind, style(figure, line.column)));
  }
  return text + "plot " + parts + "\n";
}

std::string script(const Figure& figure, const fs::path& output, const fs::path& data,
                   CurveAxis axis) {
  const std::size_t n = figure.panels.size();
  const std::size_t columns = n <= 3 ? n : n == 4 ? 2 : 3;
  const std::size_t rows = (n + columns - 1) / columns;
  // A single panel gets the room of a page, which the key needs anyway.
  const double panel_width = columns == 1 ? 1.8 * kPanelWidth : kPanelWidth;
  const double width = static_cast<double>(columns) * panel_width;
  // The key wraps where the labels (about seven points a letter) fill a line.
  double letters = 0;
  for (const std::string& column : figure.columns)
    letters += 60 + 7 * static_cast<double>(column.size());
  const double key = kKeyLine * std::ceil(letters / (0.9 * width));
  const double height = kTitle + static_cast<double>(rows) * kPanelHeight + key + kFootnote;
  const std::string data_name = quote_gnuplot("./" + data.filename().string());

  std::string text = "# Made by rlrun plot; run it with gnuplot in this folder.\n";
  text += fmt::format("set terminal {}\n", terminal(output.extension().string(), width, height));
  text += fmt::format("set encoding utf8\nset output {}\nset multiplot\n",
                      quote_gnuplot("./" + output.filename().string()));
  text += "set border 3 lc rgb '#444444'\nset tics nomirror out textcolor rgb '#222222'\n";
  text += "set grid lc rgb '#dddddd' lw 0.7 lt 1\nset samples 2\nunset key\n";
  text +=
      "set autoscale xfix\n";  // a last step just above a round number is no reason for more room
  text += fmt::format("set label 1 {} at screen 0.5,{:.4f} center font ',15'\n",
                      quote_gnuplot(figure.title), 1 - 0.45 * kTitle / height);
  for (std::size_t i = 0; i < n; ++i) {
    const double left = static_cast<double>(i % columns) * panel_width;
    const double top = height - kTitle - static_cast<double>(i / columns) * kPanelHeight;
    text += fmt::format(
        "set lmargin at screen {:.4f}\nset rmargin at screen {:.4f}\nset tmargin at screen "
        "{:.4f}\nset bmargin at screen {:.4f}\n",
        (left + kLeft) / width, (left + panel_width - kRight) / width, (top - kTop) / height,
        (top - kPanelHeight + kBottom) / height);
    text += i % columns == 0 ? "set ylabel 'average return' offset 0.5,0\n" : "unset ylabel\n";
    text += panel_commands(figure, figure.panels[i], data_name, axis);
    if (i == 0) text += "unset label 1\n";
  }
  // The key is a plot of its own below the panels.
  text += fmt::format(
      "unset title\nunset xlabel\nunset ylabel\nunset border\nunset tics\nunset grid\n"
      "set lmargin at screen 0.05\nset rmargin at screen 0.95\nset tmargin at screen {:.4f}\n"
      "set bmargin at screen {:.4f}\nset key horizontal center center reverse Left samplen 2.5 "
      "width 1\nset xrange [0:1]\nset yrange [0:1]\n",
      (kFootnote + key) / height, kFootnote / height);
  text += fmt::format(
      "set label 3 {} at screen 0.5,{:.4f} center font ',10' textcolor rgb "
      "'#555555'\nplot NaN notitle",
      quote_gnuplot(figure.footnote), 0.5 * kFootnote / height);
  for (std::size_t i = 0; i < figure.columns.size(); ++i)
    text += fmt::format(", \\\n     keyentry with lines lw 2.5 {} title {}", style(figure, i),
                        quote_gnuplot(figure.columns[i]));
  return text + "\nunset multiplot\nset output\n";
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
  for (const std::string& env : options.envs) {
    if (std::find(groups.envs.begin(), groups.envs.end(), env) != groups.envs.end()) continue;
    std::string known;
    for (const std::string& label : groups.envs) known += " " + label;
    throw UserError(fmt::format("environment '{}' is not in these results; known:{}", env, known),
                    ExitCode::kUsage);
  }
}

CurveAxis axis_named(const std::string& name) {
  if (name == "steps") return CurveAxis::kSteps;
  if (name == "iterations") return CurveAxis::kIterations;
  throw UserError(fmt::format("x axis '{}' is unknown; known: steps, iterations", name),
                  ExitCode::kUsage);
}

CurveKind kind_named(const std::string& name) {
  if (name == "training") return CurveKind::kTraining;
  if (name == "evaluation") return CurveKind::kEvaluation;
  throw UserError(fmt::format("curve '{}' is unknown; known: training, evaluation", name),
                  ExitCode::kUsage);
}

}  // namespace

void make_plot(const std::vector<Results>& results, const PlotOptions& options) {
  const CurveAxis axis = axis_named(options.x);
  const CurveKind kind = kind_named(options.curve);
  // The last evaluation: a score that every curve of evaluations has.
  const Groups groups = group_trials(
      results, kind == CurveKind::kEvaluation ? Score::kEvaluationFinal : kDefaultScore);
  check_options(options, groups);
  const Figure figure = make_figure(groups, options, axis, kind);

  fs::path data = options.output, commands = options.output;
  data.replace_extension(".dat");
  commands.replace_extension(".gnuplot");
  write_file_atomically(data, figure.data);
  write_file_atomically(commands, script(figure, options.output, data, axis));
  run_gnuplot(commands);
}

}  // namespace rlrun
