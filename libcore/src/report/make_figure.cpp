#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "report/escape.hpp"
#include "report/figure.hpp"

namespace rlrun {

namespace {

std::string band_text(const CurveOptions& options) {
  switch (options.band) {
    case Band::kT:
      return fmt::format("{:g} % t interval", 100 * options.level);
    case Band::kStd:
      return "± one standard deviation";
    case Band::kStderr:
      return "± one standard error";
    case Band::kMinMax:
      return "smallest to largest";
    case Band::kNone:
      break;
  }
  return "";
}

std::string curve_title(const std::string& curve) {
  return is_metric(curve) ? curve : "average return";
}

// Collects what is drawn, and says it to programs as well.
class FigureMaker {
 public:
  FigureMaker(const Groups& groups, const PlotOptions& options, const CurveOptions& curves)
      : groups_(groups), options_(options), curves_(curves) {
    figure_.title = groups.title;
    figure_.y_title = curve_title(options.curve);
    figure_.axis = curves_.axis;
    figure_.y_low = options.y_low;
    figure_.y_high = options.y_high;
    figure_.log_x = options.log_x;
    figure_.log_y = options.log_y;
  }

  void make() {
    for (const std::string& env : groups_.envs) {
      if (options_.envs.empty() ||
          std::find(options_.envs.begin(), options_.envs.end(), env) != options_.envs.end())
        add_panel(env);
    }
    if (figure_.columns.empty())
      throw UserError("there is no curve to draw: no trial has one yet", ExitCode::kStore);
    if (options_.log_y) check_positive();
    figure_.footnote = footnote();
  }
  [[nodiscard]] const Figure& figure() const { return figure_; }
  [[nodiscard]] json::Array take_panels() { return std::move(panels_); }

 private:
  void add_panel(const std::string& env) {
    Figure::Panel panel;
    std::string losses;
    lines_.clear();
    for (const std::string& algorithm : groups_.algorithms) {
      const Pair* pair = groups_.find(env, algorithm);
      if (pair == nullptr) continue;
      add_loss(*pair, losses);
      add_lines(*pair, panel);
    }
    panel.title = env + (losses.empty() ? "" : " (seeds: " + losses + ")");
    figure_.panels.push_back(std::move(panel));
    panels_.push_back(json::Object{{"env", env}, {"lines", std::move(lines_)}});
  }

  static void add_loss(const Pair& pair, std::string& losses) {
    const Setting& setting = pair.setting();
    if (setting.lost.empty()) return;
    losses += fmt::format("{}{} {}/{}", losses.empty() ? "" : ", ", pair.algorithm,
                          setting.seeds.size(), setting.seeds.size() + setting.lost.size());
    std::vector<double> progress;
    for (const PartialSeed& seed : setting.partial)
      if (!seed.failed) progress.push_back(seed.progress);
    if (!progress.empty())
      losses += fmt::format(", {} unfinished at {:.0f} %", progress.size(), 100 * mean(progress));
  }

  void add_lines(const Pair& pair, Figure::Panel& panel) {
    const Setting& setting = pair.setting();
    if (MeanCurve curve = mean_curve(setting.records, curves_); curve.n > 0) {
      fewest_ = fewest_ == 0 ? curve.n : std::min(fewest_, curve.n);
      most_ = std::max(most_, curve.n);
      chosen_ = chosen_ || pair.settings.size() > 1;
      add_line(pair, panel, std::move(curve), setting.seeds, "complete");
    }
    CurveOptions alone = curves_;
    alone.band = Band::kNone;
    for (const PartialSeed& seed : setting.partial) {
      MeanCurve curve = mean_curve({seed.record}, alone);
      if (curve.n > 0)
        add_line(pair, panel, std::move(curve), {seed.seed}, seed.failed ? "failed" : "unfinished");
    }
  }

  void add_line(const Pair& pair, Figure::Panel& panel, MeanCurve curve,
                const std::vector<std::uint64_t>& seeds, const std::string& status) {
    auto column = std::find(figure_.columns.begin(), figure_.columns.end(), pair.algorithm);
    if (column == figure_.columns.end()) {
      figure_.columns.push_back(pair.algorithm);
      figure_.dashed.push_back(pair.algorithm_name == "random");
      column = figure_.columns.end() - 1;
    }
    const bool partial = status != "complete";
    partial_ = partial_ || partial;
    figure_.data += data_block(pair, curve, seeds, status);
    lines_.push_back(json_line(pair, curve, seeds, status));
    if (options_.log_y) raise_low(curve);
    panel.lines.push_back({blocks_++, static_cast<std::size_t>(column - figure_.columns.begin()),
                           std::move(curve), partial});
  }

  // A band that reaches down to zero has no end on a logarithmic axis.
  static void raise_low(MeanCurve& curve) {
    for (std::size_t i = 0; i < curve.low.size(); ++i)
      if (!(curve.low[i] > 0)) curve.low[i] = curve.mean[i] / 10;
  }

  std::string data_block(const Pair& pair, const MeanCurve& curve,
                         const std::vector<std::uint64_t>& seeds, const std::string& status) const {
    const std::string& setting = pair.setting().name;
    std::string text = fmt::format("# {} on {}{}{}, seeds:", plain(pair.algorithm), plain(pair.env),
                                   setting.empty() ? "" : ", ", plain(setting));
    for (const std::uint64_t seed : seeds) text += fmt::format(" {}", seed);
    if (status != "complete") text += " (" + status + ")";
    text += curves_.band == Band::kNone
                ? "\n# x, mean over seeds\n"
                : fmt::format("\n# x, mean over seeds, ends of: {}\n", band_text(curves_));
    for (std::size_t i = 0; i < curve.x.size(); ++i)
      text +=
          fmt::format("{} {} {} {}\n", curve.x[i], curve.mean[i], low_end(curve, i), curve.high[i]);
    return text + "\n\n";
  }
  [[nodiscard]] double low_end(const MeanCurve& curve, std::size_t i) const {
    return options_.log_y && !(curve.low[i] > 0) && !std::isnan(curve.low[i]) ? curve.mean[i] / 10
                                                                              : curve.low[i];
  }

  static json::Value json_line(const Pair& pair, const MeanCurve& curve,
                               const std::vector<std::uint64_t>& seeds, const std::string& status) {
    const auto numbers = [](const std::vector<double>& values) {
      json::Array array;
      for (const double value : values) array.push_back(json::number_or_null(value));
      return array;
    };
    json::Array seed_numbers;
    for (const std::uint64_t seed : seeds)
      seed_numbers.emplace_back(static_cast<std::int64_t>(seed));
    return json::Object{{"algorithm", pair.algorithm},
                        {"setting", pair.setting().name},
                        {"status", status},
                        {"seeds", std::move(seed_numbers)},
                        {"x", numbers(curve.x)},
                        {"mean", numbers(curve.mean)},
                        {"low", numbers(curve.low)},
                        {"high", numbers(curve.high)}};
  }

  void check_positive() const {
    for (const Figure::Panel& panel : figure_.panels)
      for (const Figure::Line& line : panel.lines) {
        const double least = *std::min_element(line.curve.mean.begin(), line.curve.mean.end());
        if (least <= 0)
          throw UserError(
              fmt::format("--log-y: {} on {} goes down to {:g}, and a logarithmic axis shows only "
                          "what is above zero; leave it out with --env, or draw without --log-y",
                          figure_.columns[line.column], panel.title, least),
              ExitCode::kUsage);
      }
  }

  [[nodiscard]] std::string footnote() const {
    std::string text =
        options_.curve == "evaluation"
            ? "Mean over seeds of the average return of evaluations without exploration"
        : is_metric(options_.curve) ? "Mean over seeds of " + options_.curve
                                    : "Mean over seeds of the average training return";
    if (most_ > 0)
      text += fewest_ == most_ ? fmt::format(", n = {}", most_)
                               : fmt::format(", n = {} to {}", fewest_, most_);
    if (options_.smooth > 1) text += fmt::format(", running mean of {} points", options_.smooth);
    if (most_ > 1 && curves_.band != Band::kNone) text += "; shaded: " + band_text(curves_);
    if (partial_) text += "; dotted: single seeds that failed or are unfinished";
    if (chosen_) text += "; settings as chosen in the table";
    return text;
  }

  const Groups& groups_;
  const PlotOptions& options_;
  CurveOptions curves_;
  Figure figure_;
  json::Array panels_, lines_;
  std::size_t blocks_ = 0;
  int fewest_ = 0, most_ = 0;
  bool chosen_ = false, partial_ = false;
};

}  // namespace

bool is_metric(const std::string& curve) {
  return curve != "training" && curve != "evaluation";
}

DrawnFigure make_figure(const Groups& groups, const PlotOptions& options,
                        const CurveOptions& curves) {
  FigureMaker maker(groups, options, curves);
  maker.make();
  return {maker.figure(), maker.take_panels()};
}

}  // namespace rlrun
