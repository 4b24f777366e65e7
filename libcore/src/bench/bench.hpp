#pragma once
// `rlrun bench`: what the program adds to the simulator, measured against stated limits.
//
// Everything that is compared is measured in the same run, in turns, and reported as medians: on a
// shared machine only such ratios are stable.

#include <functional>
#include <string>
#include <vector>

#include "json/json.hpp"
#include "plugin/catalog.hpp"

namespace rlrun::bench {

/// One line of the report.
struct Row {
  std::string part, name;
  int threads = 1;
  double value = 0, limit = 0;  ///< In `unit`.
  std::string unit;
  std::string limit_name;  ///< What the limit is.
  /// value / limit for rates, limit / value for times: 1 is the limit itself, less is worse.
  double ratio = 0;
};

struct Options {
  std::vector<std::string> envs;  ///< Of sampling and training; each has a default.
  std::string algorithm;          ///< Of training, "trpo" or "ppo"; both if empty.
  std::vector<int> threads = {1, 2};
  int rounds = 7;  ///< Turns of each comparison.
};

using Report = std::function<void(const Row&)>;

/// Sampling with a 64 x 64 policy against the bare engine calls of the same episodes.
void sampling(const Options& options, const Catalog& catalog, const Report& report);
/// Acting on narrow batches against the machine's matrix product.
void inference(const Options& options, const Report& report);
/// Gradients, Fisher products and Adam against the machine's matrix product.
void learning(const Options& options, const Report& report);
/// Recurrent and convolutional networks forward and back, against the machine's matrix product.
void networks(const Options& options, const Report& report);
/// Whole updates of SAC and TD3 against the machine's matrix product on as many threads.
void updating(const Options& options, const Catalog& catalog, const Report& report);
/// Training (TRPO, iterations of 50,000 steps; PPO, of 2,048) against the bare engine calls of the
/// same episodes.
void training(const Options& options, const Catalog& catalog, const Report& report);
/// Committing a trial against writing the same bytes, and the journal.
void storing(const Options& options, const Report& report);
/// A trial that does next to nothing, planning and merging.
void trials(const Options& options, Catalog& catalog, const Report& report);

// Shared by the parts.

double median(std::vector<double> x);
double seconds_of(const std::function<void()>& body);
/// Medians of two bodies run in turn; one turn of each first is not counted.
std::pair<double, double> in_turns(int rounds, const std::function<void()>& a,
                                   const std::function<void()>& b);
/// GFLOP/s of the best product of floats on so many threads (of those that are set), once.
double peak_gflops(int threads);

}  // namespace rlrun::bench
