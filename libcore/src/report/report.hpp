#pragma once
// Tables and plots, computed from result files alone.

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/store.hpp"
#include "trial/score.hpp"
#include "trial/statistics.hpp"

namespace rlrun {

struct TableOptions {
  Score score = kDefaultScore;
  bool holm = false;  ///< Correct the tests of a row for their number (Holm 1979).
  double level = 0.05;
  std::string against;        ///< A file of published numbers, or empty.
  bool all_settings = false;  ///< List every setting where several were run.
};

/// A planned seed that gives no number, and why.
struct LostSeed {
  enum class Why {
    kFailed,
    kNoScore,     ///< Complete, but no episode ended, say.
    kUnfinished,  ///< Has a checkpoint.
    kMissing,     ///< Nothing is known of it.
  };
  std::uint64_t seed = 0;
  Why why = Why::kMissing;
  std::string cause;    ///< In words; empty if missing.
  double progress = 0;  ///< Of its budget, if unfinished.
};

struct Cell {
  std::string env, algorithm;              ///< Labels.
  std::string setting;                     ///< The hyperparameters where a grid was given.
  int n_settings = 1;                      ///< Among so many.
  bool chosen = true;                      ///< The one of them that stands in the table.
  int n = 0, n_failed = 0, n_missing = 0;  ///< Seeds: with a score; failed or without; to come.
  double mean = 0, std = 0;  ///< NaN for n = 0. Sample standard deviation; NaN for n < 2.
  bool best = false;         ///< Highest mean of its row; never "random".
  /// The best, or not significantly different from it; not significantly worse than random; and no
  /// seed is lost.
  bool bold = false;
  /// Would be bold, but seeds failed or are missing, or a single seed allows no test.
  bool bold_withheld = false;
  bool worse_than_random = false;    ///< Significantly, whatever the others of the row are.
  std::optional<double> p;           ///< Against the row's best; none for the best, where n < 2.
  std::vector<std::uint64_t> seeds;  ///< With a score, ascending.
  std::vector<double> scores;        ///< One for each of `seeds`.
  std::vector<LostSeed> lost;        ///< Ascending.
  std::vector<std::string> notes;    ///< What a reader of this number must know.
  struct Published {
    double mean = 0, std = 0;  ///< NaN where not given.
    bool bold = false;
    std::string note;  ///< "N/A" and the like, instead of numbers.
  };
  std::optional<Published> published;
};

struct Table {
  std::string title;
  Score score = kDefaultScore;
  bool holm = false;
  double level = 0.05;
  std::string published;  ///< Title and source of the published numbers; empty without them.
  std::vector<std::string> envs, algorithms;  ///< In the order of the experiment.
  std::vector<Cell> cells;                    ///< One for each pair that was planned.
  std::vector<Cell> settings;                 ///< Where asked for: all of pairs with several.
  std::map<std::string, std::string> rows;    ///< What a reader of a row must know, by env.
  std::vector<std::string> notes;             ///< The same of the whole table.
};

/// One row for each environment, one column for each algorithm; several folders make one table.
/// kPooled and kLast100 need results with episode logs. Throws UserError if nothing was planned in
/// any of the folders (exit code 5), for a score of evaluations where there are none, or for a bad
/// file of published numbers.
Table make_table(const std::vector<Results>& results, const TableOptions& options);
/// "md", "latex", "csv", "html" or "json"; throws UserError (usage) for another.
std::string format_table(const Table& table, const std::string& format);

struct PlotOptions {
  std::string output;       ///< File; its ending says svg, png or pdf.
  std::string x = "steps";  ///< "steps" or "iterations".
  /// "training": average return of an iteration; "evaluation"; or a metric of the algorithm.
  std::string curve = "training";
  std::vector<std::string> envs;  ///< Labels to draw; all if empty.
  std::string band = "t";         ///< What is shaded: "t", "std", "stderr", "minmax", "none".
  double interval = 0.95;         ///< Level of the t interval over seeds.
  /// Ends of the y axis; NaN: where the curves end.
  double y_low = std::numeric_limits<double>::quiet_NaN();
  double y_high = std::numeric_limits<double>::quiet_NaN();
  bool log_x = false, log_y = false;
  int smooth = 1;  ///< Running mean over so many points of each seed.
};
/// Learning curves with intervals through gnuplot; the data and the script stay beside the picture.
/// Seeds that failed or are unfinished are drawn one by one, as far as they came. Returns what was
/// drawn. Throws UserError for a wrong option (usage), for nothing to draw, and if gnuplot is
/// missing or fails.
json::Value make_plot(const std::vector<Results>& results, const PlotOptions& options);

}  // namespace rlrun
