#pragma once
// Splittable random streams.

#include <array>
#include <string_view>

#include "rlrun/types.hpp"

namespace rlrun {

class Archive;

/// A stream of random numbers, keyed by the path of forks that led to it.
///
/// `fork` depends on the key alone, never on how many numbers were drawn: episode 17 of iteration 3
/// sees the same stream whichever thread plays it, and a resumed trial needs no saved generator.
/// Name the role before the number: `fork("rollout").fork(iteration).fork(episode)`.
///
/// The generator is Philox 4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3",
/// SC 2011) with a 128-bit stream identity. The variates are made here and not by <random>, whose
/// distributions differ between standard libraries.
class RLRUN_API Rng {
 public:
  explicit Rng(std::uint64_t seed = 0);

  [[nodiscard]] Rng fork(std::uint64_t index) const;
  [[nodiscard]] Rng fork(std::string_view role) const;

  std::uint64_t operator()();               ///< 64 random bits.
  Index below(Index n);                     ///< 0 ... n - 1 without bias; n > 0.
  double uniform();                         ///< [0, 1), 53 bits.
  double uniform(double low, double high);  ///< [low, high).
  double normal();                          ///< Mean 0, variance 1.
  void fill_normal(VectorFOut out);         ///< One normal for each entry, in order.
  void fill_uniform(VectorFOut out, float low, float high);

  /// Saves or restores the position in the stream.
  void state(Archive& archive);

 private:
  friend class Archive;
  Rng(std::uint64_t key, std::uint64_t stream) : key_(key), stream_(stream) {}
  void refill();

  std::uint64_t key_ = 0, stream_ = 0;  // identity of the stream
  std::uint64_t counter_ = 0;           // blocks drawn so far
  std::array<std::uint64_t, 2> block_{};
  int left_ = 0;      // unused words of block_
  double spare_ = 0;  // second normal of a pair
  bool has_spare_ = false;
};

}  // namespace rlrun
