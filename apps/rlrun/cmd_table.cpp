// rlrun table: results folders in, one benchmark table out.

#include <iostream>

#include "rlrun/error.hpp"

#include "cli/streams.hpp"
#include "commands.hpp"
#include "report/report.hpp"
#include "store/output.hpp"
#include "store/store.hpp"

namespace rlrun::commands {

namespace {

constexpr const char* kDetails =
    R"(Rows are environments, columns algorithms in the order of the experiment. A
cell is mean ± sample standard deviation over seeds, with the number of seeds;
seeds that failed or are missing are shown.

Scores, one number for each trial:
  stretches   mean over stretches of the training of a stretch's average return
              (the default). A stretch is one iteration, or as many as hold
              50,000 steps and 50 episodes: the iteration of Duan et al. 2016,
              whatever the iterations of an algorithm are. A shorter training is
              one stretch, in which each episode counts once.
  iterations  the same of single iterations. Short ones favour long episodes:
              where a batch holds few, the short ones share one average
  pooled      mean of the returns of all training episodes
  final       mean over the last tenth of the iterations
  last100     mean of the returns of the last 100 training episodes
  best        the best iteration (optimistic)

Where the experiment says "evaluation", each evaluation being the mean return of
its episodes without exploration:
  evaluation        mean of the evaluations made within the last 50,000 steps
                    of the budget
  evaluation_final  the last evaluation
  evaluation_best   the best evaluation (optimistic)

Bold are the best of a row and all that do not differ from it by a two-sided
Welch test at 0.05, unless they are significantly worse than random, which is a
yardstick and never bold itself. Where
several settings of an algorithm were run, one is shown: of those with all seeds
complete (or the most of them) the one with the highest mean - std. Notes below
the table are numbered: seeds that failed or are unfinished, budgets that differ,
methods that made no update, episodes that broke the simulation.

Exit code 5 if a folder is missing or a file in it is damaged (the table of the
rest is still printed). Failed trials are part of the table and no error.)";

int run_table(const cli::po::variables_map& values) {
  TableOptions options;
  options.score = score_named(values["score"].as<std::string>());
  options.holm = values.count("holm") > 0;
  options.all_settings = values.count("all-settings") > 0;
  if (values.count("against") > 0) options.against = values["against"].as<std::string>();
  const std::string format = cli::json_wanted(values) ? "json" : values["format"].as<std::string>();
  if (format != values["format"].as<std::string>() && !values["format"].defaulted())
    throw UserError("--json and --format " + values["format"].as<std::string>() +
                        " contradict each other; give one of them",
                    ExitCode::kUsage);
  if (values.count("output") > 0) check_output(values["output"].as<std::string>());
  format_table({}, format);  // An unknown format is told before anything is read.

  std::vector<Results> results;
  bool damaged = false;
  for (const std::string& folder : values["folder"].as<std::vector<std::string>>()) {
    results.push_back(read_results(folder, {.curves = false}));
    damaged = damaged || !results.back().problems.empty();
  }
  const std::string text = format_table(make_table(results, options), format);
  if (values.count("output") > 0) {
    write_output(values["output"].as<std::string>(), text);
  } else {
    std::cout << text;
  }
  if (!damaged) return 0;
  for (const Results& result : results)
    for (const std::string& problem : result.problems) cli::say_line(problem);
  return static_cast<int>(ExitCode::kStore);
}

}  // namespace

cli::Command table() {
  namespace po = cli::po;
  cli::Command command;
  command.name = "table";
  command.summary = "Print a benchmark table of results.";
  command.synopsis = "DIR... [options]";
  command.details = kDetails;
  command.options.add_options()("format",
                                po::value<std::string>()->default_value("md")->value_name("NAME"),
                                "md, latex, csv, html or json.")(
      "score", po::value<std::string>()->default_value("stretches")->value_name("NAME"),
      "stretches, iterations, pooled, final, last100 or best; evaluation, evaluation_final or "
      "evaluation_best.")("holm",
                          "Correct the tests for the number of pairs in a row (Holm 1979).")(
      "all-settings", "List every setting, where several were run.")(
      "against", po::value<std::string>()->value_name("FILE"),
      "Published numbers to print beside ours, e.g. experiments/duan_table1.json.")(
      "output", po::value<std::string>()->value_name("FILE"), "Write to a file.");
  cli::add_json_option(command.options);
  command.positional = {"folder..."};
  command.run = run_table;
  return command;
}

}  // namespace rlrun::commands
