#include <algorithm>
#include <initializer_list>

#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "bench/bench.hpp"
#include "commands.hpp"

namespace rlrun::commands {
namespace {

namespace po = cli::po;
using bench::Row;

const std::vector<std::string> kParts = {"sampler",  "inference", "learner", "networks",
                                         "training", "store",     "trial"};

json::Value to_json(const Row& row) {
  return json::Object{{"part", row.part},
                      {"name", row.name},
                      {"threads", row.threads},
                      {"value", row.value},
                      {"unit", row.unit},
                      {"limit", row.limit},
                      {"limit_name", row.limit_name},
                      {"ratio", row.ratio}};
}

void print(const Row& row) {
  fmt::print("{:<9} {:<58} {} thread{}  {:>10.4g} {:<8} {:>5.1f} % of {:.4g} ({})\n", row.part,
             row.name, row.threads, row.threads == 1 ? " " : "s", row.value, row.unit,
             100 * row.ratio, row.limit, row.limit_name);
  std::fflush(stdout);
}

int run_command(const po::variables_map& values) {
  const std::string part = values.count("PART") > 0 ? values["PART"].as<std::string>() : "";
  if (!part.empty() && std::find(kParts.begin(), kParts.end(), part) == kParts.end())
    throw UserError(
        fmt::format("bench: unknown part '{}'; known: {}", part, fmt::join(kParts, " ")),
        ExitCode::kUsage);
  const auto belongs = [&](const char* option, std::initializer_list<std::string> parts) {
    if (values.count(option) == 0 || part.empty()) return;
    if (std::find(parts.begin(), parts.end(), part) == parts.end())
      throw UserError(fmt::format("bench: --{} means nothing to the part '{}'; it goes with {}",
                                  option, part, fmt::join(parts, " or ")),
                      ExitCode::kUsage);
  };
  belongs("env", {"sampler", "training"});
  belongs("algorithm", {"training"});
  bench::Options options;
  if (values.count("env") > 0) options.envs = values["env"].as<std::vector<std::string>>();
  if (values.count("algorithm") > 0) {
    options.algorithm = values["algorithm"].as<std::string>();
    if (options.algorithm != "trpo" && options.algorithm != "ppo")
      throw UserError(
          fmt::format("bench: --algorithm {} is not measured; trpo or ppo is", options.algorithm),
          ExitCode::kUsage);
  }
  if (values.count("rounds") > 0) options.rounds = int(values["rounds"].as<std::int64_t>());
  const bool as_json = cli::json_wanted(values);
  json::Array rows;
  const bench::Report report = [&](const Row& row) {
    if (as_json)
      rows.push_back(to_json(row));
    else
      print(row);
  };
  Catalog catalog(cli::plugin_path(values));
  const auto wanted = [&](const char* name) { return part.empty() || part == name; };
  // Workers are forked from a process with one thread, so that part comes first.
  if (wanted("trial")) bench::trials(options, catalog, report);
  if (wanted("store")) bench::storing(options, report);
  if (wanted("inference")) bench::inference(options, report);
  if (wanted("learner")) {
    bench::learning(options, report);
    bench::updating(options, catalog, report);
  }
  if (wanted("networks")) bench::networks(options, report);
  if (wanted("sampler")) bench::sampling(options, catalog, report);
  if (wanted("training")) bench::training(options, catalog, report);
  if (as_json) fmt::print("{}\n", json::pretty(rows));
  return 0;
}

}  // namespace

cli::Command bench() {
  cli::Command command;
  command.name = "bench";
  command.summary = "Measure what the program adds to the simulator.";
  command.synopsis = "[PART] [options]";
  command.details =
      "PART: sampler, inference, learner, networks, training, store or trial; all if left\n"
      "out. Each figure stands beside its limit, measured in the same run and in turns;\n"
      "100 % is the limit itself.";
  command.positional = {"PART"};
  command.options.add_options()(
      "env", po::value<std::vector<std::string>>()->value_name("NAME")->composing(),
      "Task of the sampler and training parts; may be repeated.")(
      "algorithm", po::value<std::string>()->value_name("NAME"),
      "Algorithm of the training part, trpo or ppo; both if left out.")(
      "rounds", cli::whole_number("rounds", 1, 1000), "Turns of each comparison; default 7.");
  cli::add_json_option(command.options);
  cli::add_plugin_path_option(command.options);
  command.run = run_command;
  return command;
}

}  // namespace rlrun::commands
