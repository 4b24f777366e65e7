#include <algorithm>
#include <chrono>

#include "rlrun/parallel.hpp"
#include "rlrun/types.hpp"

#include "bench/bench.hpp"
#include "core/nn/kernel.hpp"

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

double peak_gflops(int threads) {
  // A square that the second cache holds, by Eigen; a few columns that never leave the first, by
  // the kernel of the networks, which also has the wider registers where the machine has them.
  constexpr Index kSize = 256, kRows = 48, kDepth = 64, kCols = 8;
  constexpr int kSquares = 10, kBlocks = 8000;
  const double squares = seconds_of([&] {
    parallel_for(threads, [&](Index) {
      const MatrixF a = MatrixF::Constant(kSize, kSize, 0.5F);
      MatrixF c(kSize, kSize);
      for (int i = 0; i < kSquares; ++i) c.noalias() = a * a;
    });
  });
  const double blocks = seconds_of([&] {
    parallel_for(threads, [&](Index) {
      const MatrixF a = MatrixF::Constant(kRows, kDepth, 0.5F);
      const MatrixF b = MatrixF::Constant(kDepth, kCols, 0.5F);
      MatrixF c = MatrixF::Zero(kRows, kCols);
      VectorF storage(kRows * kDepth);
      const nn::kernel::Lhs packed =
          nn::kernel::pack(a.data(), kRows, kRows, kDepth, storage.data());
      for (int i = 0; i < kBlocks; ++i)
        nn::kernel::product(packed, {.data = b.data(), .ld = kDepth}, kRows, kDepth, kCols,
                            c.data(), 0, c.data(), kRows);
    });
  });
  const double square_rate = 2.0 * kSize * kSize * kSize * kSquares / squares;
  const double block_rate = 2.0 * kRows * kDepth * kCols * kBlocks / blocks;
  return threads * std::max(square_rate, block_rate) / 1e9;
}

}  // namespace rlrun::bench
