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

Setting setting_of(const std::vector<TrialRecord>& records) {
  Setting setting;
  for (const TrialRecord& record : records) {
    setting.records.push_back(&record);
    setting.seeds.push_back(setting.seeds.size());
  }
  return setting;
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
  const MeanCurve curve = mean_curve(setting_of(records), CurveAxis::kSteps, 0.95);
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
  const MeanCurve curve = mean_curve(setting_of(records), CurveAxis::kSteps, 0.95);
  CHECK(curve.x.front() == 120);
  CHECK(curve.x.back() == 400);
  for (std::size_t i = 0; i < curve.x.size(); ++i) {
    CHECK(curve.mean[i] == Approx(curve.x[i]));
    CHECK(curve.high[i] - curve.low[i] < 1e-9);
  }
  const MeanCurve by_iteration = mean_curve(setting_of(records), CurveAxis::kIterations, 0.95);
  CHECK(by_iteration.x.front() == 1);
  CHECK(by_iteration.x.back() == 3);
}

TEST_CASE("curves of evaluations stand where these were made") {
  std::vector<TrialRecord> records = {with_curve(trial("a", "b", 0), {100, 200, 300}, {0, 0, 0}),
                                      with_curve(trial("a", "b", 1), {100, 200, 300}, {0, 0, 0})};
  add_evaluations(records[0], {100, 300}, {1, 3});
  add_evaluations(records[1], {100, 300}, {2, 6});
  const MeanCurve steps =
      mean_curve(setting_of(records), CurveAxis::kSteps, 0.95, CurveKind::kEvaluation);
  CHECK(steps.x == std::vector<double>{100, 300});
  CHECK(steps.mean == std::vector<double>{1.5, 4.5});
  const MeanCurve iterations =
      mean_curve(setting_of(records), CurveAxis::kIterations, 0.95, CurveKind::kEvaluation);
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
  CHECK(error_of(results, options).find("known: training, evaluation") != std::string::npos);
}

TEST_CASE("a single seed has no interval, a single iteration is one point") {
  const std::vector<TrialRecord> records = {with_curve(trial("a", "b", 0), {100}, {5})};
  const MeanCurve curve = mean_curve(setting_of(records), CurveAxis::kSteps, 0.95);
  CHECK(curve.x == std::vector<double>{100});
  CHECK(std::isnan(curve.low.front()));
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
  CHECK(error_of(lost, options) == "there is no curve to draw: no trial is complete");
  add_seeds(lost, "swimmer", "cem", {1, 2});
  make_plot({lost}, options);
  CHECK(content(options.output).find("no complete trial") != std::string::npos);
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
