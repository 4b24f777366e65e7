#pragma once
// A figure before gnuplot: what it shows, and the script that draws it.

#include <filesystem>
#include <string>
#include <vector>

#include "report/curves.hpp"

namespace rlrun {

struct Figure {
  struct Line {
    std::size_t index = 0;   ///< Block of the data file.
    std::size_t column = 0;  ///< Which algorithm.
    MeanCurve curve;
    bool partial = false;  ///< One seed that failed or is unfinished.
  };
  struct Panel {
    std::string title;
    std::vector<Line> lines;
  };

  std::string title, footnote, y_title;
  CurveAxis axis = CurveAxis::kSteps;
  std::vector<Panel> panels;
  std::vector<std::string> columns;  ///< Labels of the algorithms.
  std::vector<bool> dashed;          ///< The yardstick, random.
  std::string data;                  ///< All curves as text.
  double y_low = 0, y_high = 0;      ///< Ends of the y axis; NaN: where the curves end.
  bool log_x = false, log_y = false;
};

/// Whether a curve is neither the training's nor that of evaluations.
bool is_metric(const std::string& curve);

struct DrawnFigure {
  Figure figure;
  json::Array panels;  ///< The same for programs.
};
/// Throws UserError if there is nothing to draw, or nothing that a logarithmic axis could show.
DrawnFigure make_figure(const Groups& groups, const PlotOptions& options,
                        const CurveOptions& curves);

/// Commands for gnuplot that draw the data file beside the script into the output beside it. Texts
/// are wrapped to the room that they have.
std::string figure_script(const Figure& figure, const std::filesystem::path& output,
                          const std::filesystem::path& data);

/// Lines of at most `letters` characters (UTF-8), broken at blanks where there are any.
std::vector<std::string> wrap(const std::string& text, std::size_t letters);

}  // namespace rlrun
