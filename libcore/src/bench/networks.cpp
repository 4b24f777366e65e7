#include "rlrun/nn/adam.hpp"
#include "rlrun/parallel.hpp"
#include "rlrun/policies/gaussian_mlp.hpp"

#include "bench/bench.hpp"
#include "plugin/fields.hpp"
#include "plugin/loader.hpp"

namespace rlrun::bench {
namespace {

constexpr Index kObs = 20, kActions = 6;

EnvSpec spec_of_benchmark() {
  return {.observation = unbounded(kObs), .action = box(kActions, -1, 1), .horizon = 500};
}

GaussianMlp make_policy(const std::vector<std::int64_t>& hidden) {
  GaussianMlp::Params params;
  params.hidden = hidden;
  return {params, spec_of_benchmark(), Rng(1)};
}

// Multiplications and additions of one forward pass and one sample.
double flops(const std::vector<std::int64_t>& hidden) {
  double sum = 0, inputs = kObs;
  for (const std::int64_t width : hidden) {
    sum += 2 * inputs * static_cast<double>(width);
    inputs = static_cast<double>(width);
  }
  return sum + 2 * inputs * kActions;
}

std::string text(const std::vector<std::int64_t>& hidden) {
  std::string result;
  for (const std::int64_t width : hidden)
    result += (result.empty() ? "" : "-") + std::to_string(width);
  return result;
}

MatrixF random_matrix(Index rows, Index cols, std::uint64_t seed) {
  MatrixF x(rows, cols);
  Rng rng(seed);
  for (Index j = 0; j < cols; ++j) rng.fill_normal(x.col(j));
  return x;
}

double median_time(int rounds, const std::function<void()>& body) {
  std::vector<double> times;
  body();
  for (int i = 0; i < rounds; ++i) times.push_back(seconds_of(body));
  return median(times);
}

Row gflops_row(const std::string& part, const std::string& name, int threads, double work,
               double time, double peak) {
  const double rate = work / time / 1e9;
  return {.part = part,
          .name = name,
          .threads = threads,
          .value = rate,
          .limit = peak,
          .unit = "GFLOP/s",
          .limit_name = "best product of floats on as many threads",
          .ratio = rate / peak};
}

double median_peak(int threads, int rounds) {
  std::vector<double> rates;
  for (int i = 0; i < rounds; ++i) rates.push_back(peak_gflops(threads));
  return median(rates);
}

}  // namespace

void inference(const Options& options, const Report& report) {
  constexpr int kRepeats = 2000;
  const double peak = median_peak(1, options.rounds);
  for (const std::vector<std::int64_t>& hidden :
       {std::vector<std::int64_t>{64, 64}, std::vector<std::int64_t>{100, 50, 25}}) {
    const GaussianMlp policy = make_policy(hidden);
    for (const Index width : {1, 5, 20}) {
      const MatrixF observations = random_matrix(kObs, width, 1);
      MatrixF memory(0, width), actions(kActions, width);
      std::vector<Rng> streams(static_cast<std::size_t>(width), Rng(3));
      Workspace workspace;
      const double time = median_time(options.rounds, [&] {
        for (int i = 0; i < kRepeats; ++i)
          policy.act({ActMode::kExplore, observations, memory, streams}, actions, workspace);
      });
      report(gflops_row("inference", text(hidden) + ", " + std::to_string(width) + " columns", 1,
                        flops(hidden) * static_cast<double>(width) * kRepeats, time, peak));
    }
  }
}

void learning(const Options& options, const Report& report) {
  constexpr Index kSamples = 50000, kFisher = 5000;
  const std::vector<std::int64_t> hidden = {100, 50, 25};
  const GaussianMlp policy = make_policy(hidden);
  const MatrixF observations = random_matrix(kObs, kSamples, 1);
  const MatrixF actions = random_matrix(kActions, kSamples, 2);
  const Vector weights = Vector::Ones(kSamples);
  for (const int threads : options.threads) {
    set_thread_count(threads);
    const double peak = median_peak(threads, options.rounds);
    const auto row = [&](const std::string& name, double passes, Index samples,
                         const std::function<void()>& body) {
      report(gflops_row("learner", name, threads,
                        passes * flops(hidden) * static_cast<double>(samples),
                        median_time(options.rounds, body), peak));
    };
    row("forward, 50,000 samples", 1, kSamples, [&] { (void)policy.distribution(observations); });
    row("gradient, 50,000 samples", 3, kSamples,
        [&] { (void)policy.grad_log_prob(observations, actions, weights); });
    const auto fisher = policy.fisher(observations.leftCols(kFisher));
    const VectorF direction = VectorF::Ones(policy.params().size());
    row("Fisher product, 5,000 samples", 4, kFisher, [&] { (void)(*fisher)(direction); });
  }
  set_thread_count(1);
}

}  // namespace rlrun::bench
