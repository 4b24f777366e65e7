#include "rlrun/nn/adam.hpp"
#include "rlrun/nn/conv.hpp"
#include "rlrun/nn/lstm.hpp"
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

namespace {

// A pass forward and one back to the weights, on one thread, in turns with the best product.
// `work`: multiplications and additions of the products alone, for one pass forward and back.
void pass_row(const Options& options, const Report& report, const std::string& name,
              const nn::Network& network, Index cols, const std::vector<Index>& starts,
              double work) {
  VectorF params(network.n_params()), gradient = VectorF::Zero(network.n_params());
  network.initialize(params, nn::Init::kOrthogonal, 1, Rng(1));
  const MatrixF x = random_matrix(network.inputs(), cols, 2);
  const MatrixF slope = random_matrix(network.outputs(), cols, 3);
  MatrixF no_slope;
  const auto tape = network.tape();
  const auto pass = [&] {
    (void)network.forward(params, {x, starts}, *tape);
    network.backward(params, *tape, slope, gradient, no_slope);
  };
  std::vector<double> times, peaks;
  pass();
  for (int round = 0; round < options.rounds; ++round) {
    peaks.push_back(peak_gflops(1));
    times.push_back(seconds_of(pass));
  }
  report(gflops_row("networks", name, 1, work, median(times), median(peaks)));
}

void lstm_row(const Options& options, const Report& report, Index units, Index sequences,
              Index steps) {
  constexpr Index kInputs = 64;
  std::vector<Index> starts;
  for (Index s = 0; s < sequences; ++s) starts.push_back(s * steps);
  // Forward and to the weights: inputs and h; back through time: h.
  const double work =
      2.0 * static_cast<double>(4 * units * (2 * kInputs + 3 * units) * sequences * steps);
  pass_row(options, report,
           "LSTM, " + std::to_string(kInputs) + " inputs, " + std::to_string(units) + " units, " +
               std::to_string(sequences) + " x " + std::to_string(steps) + " steps",
           nn::Lstm({.inputs = kInputs, .units = units}), sequences * steps, starts, work);
}

void nature_row(const Options& options, const Report& report, Index batch) {
  const nn::Conv network({.channels = 4,
                          .height = 84,
                          .width = 84,
                          .layers = nn::conv_layers_named("nature"),
                          .scale = 1 / 255.0F});
  // Positions times weights of each layer; the first one needs no slope of its inputs.
  constexpr double kFirst = 400.0 * 32 * 256, kSecond = 81.0 * 64 * 512, kThird = 49.0 * 64 * 576;
  pass_row(options, report, "Nature's convolutions, batch " + std::to_string(batch), network, batch,
           {}, 2.0 * (2 * kFirst + 3 * kSecond + 3 * kThird) * static_cast<double>(batch));
}

}  // namespace

void networks(const Options& options, const Report& report) {
  for (const Index units : {64, 256})
    for (const auto& [sequences, steps] : {std::pair<Index, Index>{8, 128}, {64, 80}})
      lstm_row(options, report, units, sequences, steps);
  for (const Index batch : {32, 256}) nature_row(options, report, batch);
}

}  // namespace rlrun::bench
