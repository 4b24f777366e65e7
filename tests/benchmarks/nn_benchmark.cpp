// Speed of the networks, in GFLOP/s beside Eigen's own matrix product of 256 x 256 x 256 in the
// same run (the counter counts the products only; activations come on top), and of the learning
// phase of TRPO at the size of Duan's benchmark.

#include <array>

#include <benchmark/benchmark.h>

#include "rlrun/nn/adam.hpp"
#include "rlrun/nn/mlp.hpp"
#include "rlrun/parallel.hpp"
#include "rlrun/policies/gaussian_mlp.hpp"

namespace {

using namespace rlrun;

MatrixF random_matrix(Index rows, Index cols, std::uint64_t seed) {
  MatrixF m(rows, cols);
  Rng rng(seed);
  for (Index j = 0; j < cols; ++j) rng.fill_normal(m.col(j));
  return m;
}

void report_flops(benchmark::State& state, double flops) {
  state.counters["GFLOP/s"] =
      benchmark::Counter(flops * 1e-9 * double(state.iterations()), benchmark::Counter::kIsRate);
}

nn::Mlp network(Index inputs, std::vector<Index> hidden, Index outputs, Index late = 0,
                nn::Activation activation = nn::Activation::kTanh) {
  nn::MlpShape shape;
  shape.inputs = inputs;
  shape.hidden = std::move(hidden);
  shape.outputs = outputs;
  shape.late_inputs = late;
  shape.hidden_activation = activation;
  return nn::Mlp(shape);
}

double weights(const nn::Mlp& mlp) {
  double n = 0;
  for (Index l = 0; l < mlp.n_layers(); ++l) n += double(mlp.fan_in(l) * mlp.fan_out(l));
  return n;
}

void eigen_sgemm_256(benchmark::State& state) {
  const MatrixF a = random_matrix(256, 256, 1), b = random_matrix(256, 256, 2);
  MatrixF c(256, 256);
  for (auto _ : state) {
    c.noalias() = a * b;
    benchmark::DoNotOptimize(c.data());
  }
  report_flops(state, 2.0 * 256 * 256 * 256);
}

void infer(benchmark::State& state, const nn::Mlp& mlp) {
  const Index n = state.range(0);
  const VectorF params = 0.1F * random_matrix(mlp.n_params(), 1, 1);
  const MatrixF x = random_matrix(mlp.shape().inputs, n, 2), none;
  MatrixF out(mlp.shape().outputs, n);
  Workspace workspace;
  for (auto _ : state) {
    mlp.infer(params, x, none, out, workspace);
    benchmark::DoNotOptimize(out.data());
  }
  report_flops(state, 2 * weights(mlp) * double(n));
}

// The same as one would write it in a line over Eigen.
void infer_by_eigen(benchmark::State& state, const nn::Mlp& mlp) {
  const Index n = state.range(0);
  VectorF params = 0.1F * random_matrix(mlp.n_params(), 1, 1);
  const MatrixF x = random_matrix(mlp.shape().inputs, n, 2);
  std::vector<MatrixF> h(std::size_t(mlp.n_layers()));
  for (auto _ : state) {
    const MatrixF* in = &x;
    for (Index l = 0; l < mlp.n_layers(); ++l) {
      MatrixF& out = h[std::size_t(l)];
      out.noalias() = mlp.weights(params, l) * *in;
      out.colwise() += mlp.biases(params, l);
      if (l + 1 < mlp.n_layers()) out.array() = out.array().tanh();
      in = &out;
    }
    benchmark::DoNotOptimize(in->data());
  }
  report_flops(state, 2 * weights(mlp) * double(n));
}

void act_gaussian(benchmark::State& state) {
  const Index n = state.range(0);
  const EnvSpec spec{.observation = unbounded(17), .action = box(6, -1, 1), .horizon = 500};
  GaussianMlp::Params params;
  params.hidden = {64, 64};
  const GaussianMlp policy(params, spec, Rng(1));
  const MatrixF x = random_matrix(17, n, 2);
  MatrixF memory(0, n), actions(6, n);
  std::vector<Rng> streams;
  for (Index j = 0; j < n; ++j) streams.push_back(Rng(3).fork(std::uint64_t(j)));
  Workspace workspace;
  for (auto _ : state) {
    policy.act({ActMode::kExplore, x, memory, streams}, actions, workspace);
    benchmark::DoNotOptimize(actions.data());
  }
  state.SetItemsProcessed(state.iterations() * n);
}

void forward_backward(benchmark::State& state, const nn::Mlp& mlp) {
  const Index n = state.range(0);
  const VectorF params = 0.1F * random_matrix(mlp.n_params(), 1, 1);
  const MatrixF x = random_matrix(mlp.shape().inputs, n, 2);
  const MatrixF late = random_matrix(mlp.shape().late_inputs, n, 3);
  const MatrixF g = random_matrix(mlp.shape().outputs, n, 4);
  VectorF grad = VectorF::Zero(mlp.n_params());
  nn::Tape tape;
  for (auto _ : state) {
    benchmark::DoNotOptimize(mlp.forward(params, x, late, tape).data());
    mlp.backward(params, tape, g, grad);
  }
  const double first = double(mlp.fan_in(0) * mlp.fan_out(0));
  report_flops(state, (6 * weights(mlp) - 2 * first) * double(n));
}

void adam(benchmark::State& state) {
  const Index n = state.range(0);
  VectorF params = VectorF::Zero(n);
  const VectorF gradient = random_matrix(n, 1, 1);
  nn::Adam optimiser(n);
  for (auto _ : state) optimiser.step(params, gradient, 1e-3);
  state.SetItemsProcessed(state.iterations() * n);
}

// 50,000 samples of walker2d's size; the Fisher products see a tenth of them.
struct Trpo {
  GaussianMlp policy{
      {}, {.observation = unbounded(20), .action = box(6, -1, 1), .horizon = 500}, Rng(1)};
  MatrixF observations = random_matrix(20, 50000, 1), actions = random_matrix(6, 50000, 2);
  Vector advantages = random_matrix(50000, 1, 3).cast<double>();
  VectorF direction = random_matrix(policy.params().size(), 1, 4);
  double weights = 20 * 100 + 100 * 50 + 50 * 25 + 25 * 6, first = 20 * 100;

  static Trpo& instance() {
    static Trpo trpo;
    return trpo;
  }
};

void trpo_gradient(benchmark::State& state) {
  const Trpo& t = Trpo::instance();
  set_thread_count(int(state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(t.policy.grad_log_prob(t.observations, t.actions, t.advantages));
  report_flops(state, (6 * t.weights - 2 * t.first) * 50000);
}

void trpo_distribution(benchmark::State& state) {
  const Trpo& t = Trpo::instance();
  set_thread_count(int(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(t.policy.distribution(t.observations));
  report_flops(state, 2 * t.weights * 50000);
}

void trpo_fisher_product(benchmark::State& state) {
  const Trpo& t = Trpo::instance();
  set_thread_count(int(state.range(0)));
  const auto fisher = t.policy.fisher(t.observations.leftCols(5000));
  for (auto _ : state) benchmark::DoNotOptimize((*fisher)(t.direction));
  report_flops(state, (8 * t.weights - 4 * t.first) * 5000);
}

void trpo_learning_phase(benchmark::State& state) {
  const Trpo& t = Trpo::instance();
  set_thread_count(int(state.range(0)));
  const MatrixF old = t.policy.distribution(t.observations);
  for (auto _ : state) {
    benchmark::DoNotOptimize(t.policy.grad_log_prob(t.observations, t.actions, t.advantages));
    const auto fisher = t.policy.fisher(t.observations.leftCols(5000));
    for (int i = 0; i < 10; ++i) benchmark::DoNotOptimize((*fisher)(t.direction));
    for (int i = 0; i < 2; ++i) {
      const MatrixF distribution = t.policy.distribution(t.observations);
      benchmark::DoNotOptimize(t.policy.head().mean_kl(old, distribution));
      benchmark::DoNotOptimize(t.policy.head().log_prob(distribution, t.actions));
    }
  }
  report_flops(state, (10 * t.weights - 2 * t.first) * 50000 +
                          (10 * (8 * t.weights - 4 * t.first) + 2 * t.weights) * 5000);
}

const nn::Mlp kSquare = network(17, {64, 64}, 6);
const nn::Mlp kDuan = network(20, {100, 50, 25}, 6);
const nn::Mlp kActor = network(17, {400, 300}, 6, 0, nn::Activation::kRelu);
const nn::Mlp kCritic = network(17, {400, 300}, 1, 6, nn::Activation::kRelu);

BENCHMARK(eigen_sgemm_256);
void widths(benchmark::internal::Benchmark* b) {
  for (const int n : {1, 4, 5, 10, 20, 64, 512}) b->Arg(n);
}
BENCHMARK_CAPTURE(infer, 64_64, kSquare)->Apply(widths);
BENCHMARK_CAPTURE(infer_by_eigen, 64_64, kSquare)->Apply(widths);
BENCHMARK_CAPTURE(infer, 100_50_25, kDuan)->Apply(widths);
BENCHMARK_CAPTURE(infer_by_eigen, 100_50_25, kDuan)->Apply(widths);
BENCHMARK_CAPTURE(infer, actor_400_300, kActor)->Arg(1)->Arg(64);
BENCHMARK(act_gaussian)->Arg(1)->Arg(5);
BENCHMARK_CAPTURE(forward_backward, 64_64, kSquare)->Arg(64)->Arg(1000);
BENCHMARK_CAPTURE(forward_backward, 100_50_25, kDuan)->Arg(1000);
BENCHMARK_CAPTURE(forward_backward, actor_400_300, kActor)->Arg(64);
BENCHMARK_CAPTURE(forward_backward, critic_400_300, kCritic)->Arg(64);
BENCHMARK(adam)->Arg(8406)->Arg(129306);
BENCHMARK(trpo_gradient)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(trpo_distribution)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(trpo_fisher_product)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(trpo_learning_phase)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
