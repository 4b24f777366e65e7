#include <algorithm>
#include <chrono>

#include "rlrun/types.hpp"

#include "bench/bench.hpp"

namespace rlrun::bench {

double median(std::vector<double> x) {
  const std::size_t middle = x.size() / 2;
  std::sort(x.begin(), x.end());
  return x.size() % 2 == 1 ? x[middle] : (x[middle - 1] + x[middle]) / 2;
}

double seconds_of(const std::function<void()>& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::pair<double, double> in_turns(int rounds, const std::function<void()>& a,
                                   const std::function<void()>& b) {
  std::vector<double> times_a, times_b;
  for (int round = 0; round <= rounds; ++round) {
    const double time_a = seconds_of(a), time_b = seconds_of(b);
    if (round == 0) continue;
    times_a.push_back(time_a);
    times_b.push_back(time_b);
  }
  return {median(times_a), median(times_b)};
}

double product_gflops() {
  constexpr Index kSize = 256;
  constexpr int kRepeats = 50;
  const MatrixF a = MatrixF::Constant(kSize, kSize, 0.5F), b = a;
  MatrixF c(kSize, kSize);
  std::vector<double> times;
  for (int round = 0; round < 5; ++round)
    times.push_back(seconds_of([&] {
      for (int i = 0; i < kRepeats; ++i) c.noalias() = a * b;
    }));
  return 2.0 * kSize * kSize * kSize * kRepeats / median(times) / 1e9;
}

}  // namespace rlrun::bench
