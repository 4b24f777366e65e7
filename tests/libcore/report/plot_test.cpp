#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "rlrun/error.hpp"
#include "rlrun/rng.hpp"

#include "report/curves.hpp"
#include "report/figure.hpp"
#include "report/report.hpp"
#include "sample_results.hpp"

using namespace rlrun;
using namespace rlrun::samples;
namespace fs = std::filesystem;

namespace {

// A folder of its own for each test, removed at its end.
class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(fs::temp_directory_path() / ("rlrun_plot_" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  [[nodiscard]] fs::path operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string content(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TrialRecord with_curve(const Trial& trial, const std::vector<std::int64_t>& steps,
                       const std::vector<double>& returns) {
  TrialRecord record = complete(trial, 0);
  record.curves = {};
  record.curves.steps = steps;
  record.curves.episodes.assign(steps.size(), 1);
  record.curves.mean_return = returns;
  return record;
}

MeanCurve mean_of(const std::vector<TrialRecord>& records, const CurveOptions& options = {}) {
  std::vector<const TrialRecord*> pointers;
  for (const TrialRecord& record : records) pointers.push_back(&record);
  return mean_curve(pointers, options);
}

// Curves that rise to a level, with noise: something to look at.
Results rising() {
  Results results;
  results.title = "Learning curves";
  Rng rng = Rng(11).fork("curves");
  const char* envs[] = {"swimmer", "hopper", "walker2d", "half_cheetah"};
  const char* algorithms[] = {"random", "cem", "reinforce", "trpo", "ddpg"};
  for (int e = 0; e < 4; ++e) {
    for (int a = 0; a < 5; ++a) {
      for (std::uint64_t seed = 0; seed < 5; ++seed) {
        const Trial t = trial(envs[e], algorithms[a], seed);
        results.planned.push_back(t.config());
        if (e == 2 && a == 3 && seed == 4) continue;
        std::vector<std::int64_t> steps;
        std::vector<double> returns;
        const double level = a * 100.0 * (e + 1) * (1 + 0.2 * rng.normal());
        for (int i = 0; i < 200; ++i) {
          steps.push_back((i + 1) * 50000 + static_cast<std::int64_t>(seed) * 7 * i);
          returns.push_back(level * (1 - std::exp(-i / 60.0)) + 8 * rng.normal());
        }
        results.trials.push_back(with_curve(t, steps, returns));
      }
    }
  }
  return results;
}

std::string error_of(const Results& results, const PlotOptions& options) {
  try {
    make_plot({results}, options);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("seeds with the same steps keep their points") {
  const std::vector<TrialRecord> records = {
      with_curve(trial("a", "b", 0), {100, 200, 300}, {1, 2, 3}),
      with_curve(trial("a", "b", 1), {100, 200, 300}, {3, 2, 7}),
  };
  const MeanCurve curve = mean_of(records);
  CHECK(curve.x == std::vector<double>{100, 200, 300});
  CHECK(curve.mean == std::vector<double>{2, 2, 5});
  CHECK(curve.high[0] - 2 == Approx(t_half_width(std::sqrt(2.0), 2, 0.95)));
  CHECK(2 - curve.low[0] == Approx(t_half_width(std::sqrt(2.0), 2, 0.95)));
  CHECK((curve.low[1] == 2 && curve.high[1] == 2));
}

TEST_CASE("seeds with different steps meet on a grid that all of them cover") {
  // Both lie on the line y = x, so that interpolation is exact.
  const std::vector<TrialRecord> records = {
      with_curve(trial("a", "b", 0), {100, 250, 410}, {100, 250, 410}),
      with_curve(trial("a", "b", 1), {120, 300, 330, 400}, {120, kNoEpisode, 330, 400}),
  };
  const MeanCurve curve = mean_of(records);
  CHECK(curve.x.front() == 120);
  CHECK(curve.x.back() == 400);
  for (std::size_t i = 0; i < curve.x.size(); ++i) {
    CHECK(curve.mean[i] == Approx(curve.x[i]));
    CHECK(curve.high[i] - curve.low[i] < 1e-9);
  }
  const MeanCurve by_iteration = mean_of(records, {.axis = CurveAxis::kIterations});
  CHECK(by_iteration.x.front() == 1);
  CHECK(by_iteration.x.back() == 3);
}

TEST_CASE("curves of evaluations stand where these were made") {
  std::vector<TrialRecord> records = {with_curve(trial("a", "b", 0), {100, 200, 300}, {0, 0, 0}),
                                      with_curve(trial("a", "b", 1), {100, 200, 300}, {0, 0, 0})};
  add_evaluations(records[0], {100, 300}, {1, 3});
  add_evaluations(records[1], {100, 300}, {2, 6});
  const MeanCurve steps = mean_of(records, {.curve = "evaluation"});
  CHECK(steps.x == std::vector<double>{100, 300});
  CHECK(steps.mean == std::vector<double>{1.5, 4.5});
  const MeanCurve iterations =
      mean_of(records, {.axis = CurveAxis::kIterations, .curve = "evaluation"});
  CHECK(iterations.x == std::vector<double>{1, 3});
}

TEST_CASE("a plot of evaluations says so, and needs some") {
  const TemporaryFolder folder;
  Results results;
  PlotOptions options;
  options.output = (folder / "evaluations.svg").string();
  options.curve = "evaluation";
  for (const std::uint64_t seed : {0, 1}) {
    Trial t = trial("hopper", "td3", seed);
    t.evaluation = {.every = 100, .episodes = 1};
    results.planned.push_back(t.config());
    results.trials.push_back(complete(t, 0));
    add_evaluations(results.trials.back(), {100, 200, 300}, {1, 2, 3.0 + double(seed)});
  }
  make_plot({results}, options);
  CHECK(content(options.output).find("evaluations without exploration") != std::string::npos);
  CHECK(content(folder / "evaluations.dat").find("300 3.5 ") != std::string::npos);
  Results without;
  add_seeds(without, "hopper", "td3", {1, 2});
  CHECK(error_of(without, options).find("hold no evaluations") != std::string::npos);
  options.curve = "tests";
  CHECK(error_of(results, options) ==
        "curve 'tests' is no metric of these results;  known: evaluation training");
}

TEST_CASE("a single seed has no interval, a single iteration is one point") {
  const std::vector<TrialRecord> records = {with_curve(trial("a", "b", 0), {100}, {5})};
  const MeanCurve curve = mean_of(records);
  CHECK(curve.x == std::vector<double>{100});
  CHECK(std::isnan(curve.low.front()));
}

TEST_CASE("an interval shows also where a curve is one point") {
  const TemporaryFolder folder;
  Results results;
  for (const std::uint64_t seed : {0, 1})
    results.trials.push_back(with_curve(trial("a", "b", seed), {100}, {5.0 + double(seed)}));
  for (const TrialRecord& record : results.trials) results.planned.push_back(record.config);
  PlotOptions options;
  options.output = (folder / "curves.svg").string();
  make_plot({results}, options);
  CHECK(content(folder / "curves.gnuplot").find("with yerrorbars") != std::string::npos);
}

TEST_CASE("what is shaded can be chosen, and seeds can be smoothed") {
  const std::vector<TrialRecord> records = {
      with_curve(trial("a", "b", 0), {100, 200, 300}, {1, 2, 6}),
      with_curve(trial("a", "b", 1), {100, 200, 300}, {3, 2, 8}),
      with_curve(trial("a", "b", 2), {100, 200, 300}, {5, 2, 10}),
  };
  const auto half = [&](Band band) {
    const MeanCurve curve = mean_of(records, {.band = band});
    CHECK(curve.mean == std::vector<double>{3, 2, 8});
    return curve.high[0] - 3;
  };
  CHECK(half(Band::kStd) == Approx(2));
  CHECK(half(Band::kStderr) == Approx(2 / std::sqrt(3.0)));
  CHECK(half(Band::kMinMax) == Approx(2));
  CHECK(std::isnan(half(Band::kNone)));
  // The mean of a point and the one before; the first stands alone.
  CHECK(mean_of(records, {.smooth = 2}).mean == std::vector<double>{3, 2.5, 5});
  CHECK(mean_of(records, {.smooth = 1000}).mean[2] == Approx(13 / 3.0));
}

TEST_CASE("any metric can be drawn; a wrong name is answered with the known ones") {
  const TemporaryFolder folder;
  Results results;
  add_seeds(results, "hopper", "ppo", {1, 2});
  add_seeds(results, "hopper", "cem", {1, 2});  // has no such metric
  for (const std::size_t i : {0, 1})
    results.trials[i].curves.metrics["entropy"] = {2.5 + double(i), kNoEpisode, 1};
  PlotOptions options;
  options.output = (folder / "entropy.svg").string();
  options.curve = "entropy";
  const json::Value drawn = make_plot({results}, options);
  const std::string svg = content(options.output);
  CHECK(svg.find("Mean over seeds of entropy, n = 2") != std::string::npos);
  CHECK(svg.find("ppo") != std::string::npos);
  CHECK(svg.find("cem") == std::string::npos);
  CHECK(content(folder / "entropy.dat").find("\n100 3 ") != std::string::npos);
  const json::Value& line =
      drawn.find("panels")->if_array()->at(0).find("lines")->if_array()->at(0);
  CHECK(*line.find("mean") == json::Value(json::Array{3.0, 1.0}));
  CHECK(*line.find("x") == json::Value(json::Array{100.0, 300.0}));
  CHECK(*line.find("seeds") == json::Value(json::Array{std::int64_t{0}, std::int64_t{1}}));
  options.curve = "entrop";
  CHECK(error_of(results, options) ==
        "curve 'entrop' is no metric of these results; did you mean 'entropy'?  known: entropy "
        "evaluation training");
}

TEST_CASE("seeds that failed or are unfinished are drawn one by one, as far as they came") {
  const TemporaryFolder folder;
  Results results;
  for (const std::uint64_t seed : {0, 1, 2, 3}) {
    const Trial t = trial("hopper", "ppo", seed);
    results.planned.push_back(t.config());
    TrialRecord record = with_curve(t, {100, 200, 300}, {1, 2, 3});
    if (seed == 2) {
      record = failed(t, "error", "x", 2);
      record.curves = with_curve(t, {100, 200}, {7, 8}).curves;
    }
    if (seed == 3) {
      results.unfinished.push_back({with_curve(t, {100}, {9}), 1.0 / 3});
    } else {
      results.trials.push_back(std::move(record));
    }
  }
  PlotOptions options;
  options.output = (folder / "partial.svg").string();
  const json::Value drawn = make_plot({results}, options);
  const std::string svg = content(options.output), data = content(folder / "partial.dat");
  CHECK(svg.find("hopper (seeds: ppo 2/4, 1 unfinished at 33 %)") != std::string::npos);
  CHECK(
      *drawn.find("caption") ==
      json::Value("Mean over seeds of the average training return, n = 2; shaded: 95 % t interval; "
                  "dotted: single seeds that failed or are unfinished"));
  CHECK(data.find("seeds: 0 1\n") != std::string::npos);
  CHECK(data.find("seeds: 2 (failed)\n") != std::string::npos);
  CHECK(data.find("200 8 ") != std::string::npos);
  CHECK(data.find("seeds: 3 (unfinished)\n") != std::string::npos);
  CHECK(drawn.find("panels")->if_array()->at(0).find("lines")->if_array()->size() == 3);

  const Table table = make_table({results}, {});
  const Cell& cell = table.cells.front();
  CHECK((cell.n == 2 && cell.n_failed == 1 && cell.n_missing == 1));
  CHECK(std::count(cell.notes.begin(), cell.notes.end(), "1 of 4 seeds unfinished, at 33 %") == 1);

  // Nothing but unfinished seeds is something to look at, too.
  results.trials.clear();
  make_plot({results}, options);
  CHECK(content(options.output).find("Mean over seeds of the average training return; dotted") !=
        std::string::npos);
}

TEST_CASE("texts are wrapped to the room that they have") {
  CHECK(wrap("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrap("one two three", 100) == std::vector<std::string>{"one two three"});
  CHECK(wrap("one twothreefour", 5) == std::vector<std::string>{"one", "twoth", "reefo", "ur"});
  CHECK(wrap("\xc3\xa9\xc3\xa9\xc3\xa9 \xc3\xa9", 3) ==
        std::vector<std::string>{"\xc3\xa9\xc3\xa9\xc3\xa9", "\xc3\xa9"});
  CHECK(wrap("", 5) == std::vector<std::string>{""});
  Rng rng = Rng(4).fork("wrap");
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (int k = 0; k < 60; ++k) text += rng.below(4) == 0 ? ' ' : 'x';
    const auto letters = static_cast<std::size_t>(1 + rng.below(20));
    std::string kept;
    for (const std::string& line : wrap(text, letters)) {
      CHECK(line.find_last_not_of(' ') + 1 <= letters);
      kept += line;
    }
    std::erase(kept, ' ');
    std::erase(text, ' ');
    CHECK(kept == text);  // nothing but blanks is lost
  }
}

TEST_CASE("axes can be given ends and be logarithmic") {
  const TemporaryFolder folder;
  Results results;
  results.title = std::string(30, 'a') + " " + std::string(60, 'b') + " " + std::string(60, 'c');
  add_seeds(results, "hopper", "ppo", {10, 20, 30});
  PlotOptions options;
  options.output = (folder / "axes.svg").string();
  options.y_low = -5;
  make_plot({results}, options);
  const std::string script = content(folder / "axes.gnuplot");
  CHECK(script.find("set yrange [-5:*]") != std::string::npos);
  CHECK(script.find(" ccc") == std::string::npos);  // the title is wrapped
  options.y_low = std::numeric_limits<double>::quiet_NaN();
  options.log_x = options.log_y = true;
  make_plot({results}, options);
  CHECK(content(folder / "axes.gnuplot").find("set logscale y") != std::string::npos);
  CHECK(content(folder / "axes.dat").find(" -") == std::string::npos);  // of the band below zero

  add_seeds(results, "swimmer", "ppo", {-3, -2});
  CHECK(error_of(results, options).find("--log-y: ppo on swimmer goes down to -3.5") == 0);
  options.envs = {"hopper"};
  CHECK(error_of(results, options) == "no error");
  options.y_high = 0;
  CHECK(error_of(results, options).find("no place for zero") != std::string::npos);
  options.log_y = false;
  options.y_low = 3;
  CHECK(error_of(results, options).find("would end at 0 below or at its start, 3") !=
        std::string::npos);
  options = {};
  options.output = (folder / "axes.svg").string();
  options.band = "sem";
  CHECK(error_of(results, options) == "band 'sem' is unknown; known: t, std, stderr, minmax, none");
}

TEST_CASE("plots are written in the three formats, with data and script beside them") {
  const TemporaryFolder folder;
  const Results results = rising();
  PlotOptions options;
  for (const auto& [ending, magic] :
       {std::pair<const char*, const char*>{"svg", "<?xml"}, {"png", "\x89PNG"}, {"pdf", "%PDF"}}) {
    options.output = (folder / (std::string("curves.") + ending)).string();
    make_plot({results}, options);
    CHECK(content(options.output).starts_with(magic));
    CHECK(fs::file_size(options.output) > 5000);
  }
  const std::string svg = content(folder / "curves.svg");
  for (const char* text : {"Learning curves", "hopper", "trpo", "walker2d (seeds: trpo 4/5)",
                           "n = 4 to 5; shaded: 95 % t interval", "environment steps (millions)"})
    CHECK(svg.find(text) != std::string::npos);
  CHECK(content(folder / "curves.dat").find("# trpo on walker2d, seeds: 0 1 2 3\n") !=
        std::string::npos);
  // For a look at the picture: RLRUN_KEEP_PLOT names a folder.
  if (const char* keep = std::getenv("RLRUN_KEEP_PLOT"))
    fs::copy(folder.path(), keep,
             fs::copy_options::overwrite_existing | fs::copy_options::recursive);

  options.envs = {"hopper"};
  options.x = "iterations";
  options.output = (folder / "one.svg").string();
  make_plot({results}, options);
  CHECK(content(options.output).find("swimmer") == std::string::npos);
  CHECK(content(options.output).find("iterations") != std::string::npos);
}

TEST_CASE("labels and file names cannot give gnuplot orders") {
  const TemporaryFolder folder;
  const std::string mark = (folder / "touched").string();
  for (const std::string label : {"'x", "x''", "''", "a''b", "'", "it's"}) {
    Results quoted;
    quoted.title = label;
    add_seeds(quoted, label, label, {1, 2});
    PlotOptions options;
    options.output = (folder / (label + ".svg")).string();
    INFO(label);
    make_plot({quoted}, options);
    CHECK(content(options.output).find(">" + label + "<") != std::string::npos);
  }
  const std::string evil =
      "`touch " + mark + "` '.system('touch " + mark + "').' @a \\n {/*9 b} <c>";
  Results results;
  results.title = evil;
  add_seeds(results, evil, evil, {1, 2});
  PlotOptions options;
  for (const std::string name : {"|touch touched;.svg", "<touch touched.svg",
                                 "it's `touch touched`.svg", "-e system('touch touched').svg"}) {
    options.output = (folder / name).string();
    make_plot({results}, options);
    INFO(name);
    CHECK(fs::exists(options.output));
    CHECK_FALSE(fs::exists(mark));
    CHECK(content(options.output).find("`touch") != std::string::npos);
    CHECK(content(options.output).find("&lt;c>") != std::string::npos);
  }
}

TEST_CASE("an environment without a complete trial keeps an empty panel") {
  const TemporaryFolder folder;
  PlotOptions options;
  options.output = (folder / "motley.svg").string();
  make_plot({motley()}, options);
  CHECK(content(options.output).find("=2+3;&lt;i>") != std::string::npos);  // 0/3 in the title

  Results lost;
  lost.planned.push_back(trial("hopper", "cem", 0).config());
  CHECK(error_of(lost, options) == "there is no curve to draw: no trial has one yet");
  add_seeds(lost, "swimmer", "cem", {1, 2});
  make_plot({lost}, options);
  CHECK(content(options.output).find("no curve yet") != std::string::npos);
}

TEST_CASE("what cannot be drawn is said in one line") {
  const TemporaryFolder folder;
  const Results results = rising();
  PlotOptions options;
  options.output = (folder / "curves.gif").string();
  CHECK(error_of(results, options).find("end it in .svg, .png or .pdf") != std::string::npos);
  options.output = (folder / "missing" / "curves.svg").string();
  CHECK(error_of(results, options).find("missing") != std::string::npos);
  options.output = (folder / "curves.svg").string();
  options.envs = {"humanoid"};
  CHECK(error_of(results, options) ==
        "environment 'humanoid' is not in these results; known: swimmer hopper walker2d "
        "half_cheetah");
  options.envs.clear();
  options.x = "time";
  CHECK(error_of(results, options) == "x axis 'time' is unknown; known: steps, iterations");
  options.x = "steps";
  options.interval = 95;
  CHECK(error_of(results, options).find("between 0 and 1") != std::string::npos);
  options.interval = 0.95;

  const std::string path = std::getenv("PATH");
  ::setenv("PATH", folder.path().c_str(), 1);
  const std::string missing = error_of(results, options);
  ::setenv("PATH", path.c_str(), 1);
  CHECK(missing.find("install it (Debian: gnuplot-nox)") != std::string::npos);
  CHECK(fs::exists(folder / "curves.gnuplot"));
}
