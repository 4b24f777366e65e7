#include "rlrun/rng.hpp"

#include <cmath>
#include <numbers>

#include "rlrun/archive.hpp"
#include "rlrun/error.hpp"

namespace rlrun {
namespace {

// The finaliser of SplitMix64: a bijection of 64-bit words with full avalanche.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// FNV-1a, then mixed: names of roles are short.
std::uint64_t hash(std::string_view text) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return mix(h);
}

// Ten rounds of Philox 4x32. The counter is (block number, stream), 64 bits each.
std::array<std::uint64_t, 2> philox(std::uint64_t counter, std::uint64_t stream,
                                    std::uint64_t key) {
  constexpr std::uint64_t kM0 = 0xD2511F53, kM1 = 0xCD9E8D57;
  constexpr std::uint32_t kW0 = 0x9E3779B9, kW1 = 0xBB67AE85;
  auto c0 = static_cast<std::uint32_t>(counter), c1 = static_cast<std::uint32_t>(counter >> 32);
  auto c2 = static_cast<std::uint32_t>(stream), c3 = static_cast<std::uint32_t>(stream >> 32);
  auto k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = kM0 * c0, p1 = kM1 * c2;
    c0 = static_cast<std::uint32_t>(p1 >> 32) ^ c1 ^ k0;
    c1 = static_cast<std::uint32_t>(p1);
    c2 = static_cast<std::uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c3 = static_cast<std::uint32_t>(p0);
    k0 += kW0;
    k1 += kW1;
  }
  return {c0 | (std::uint64_t{c1} << 32), c2 | (std::uint64_t{c3} << 32)};
}

double to_unit(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

}  // namespace

Rng::Rng(std::uint64_t seed) : key_(mix(seed)), stream_(mix(~seed)) {}

// The two halves of the identity are derived by different mixings, so that a collision needs both
// to collide. Roles and indices enter in different ways: fork("3") is not fork(3).
Rng Rng::fork(std::uint64_t index) const {
  return {mix(key_ ^ mix(index)), mix(stream_ + mix(index ^ 0x5851f42d4c957f2dULL))};
}

Rng Rng::fork(std::string_view role) const {
  const std::uint64_t h = hash(role);
  return {mix(key_ + h), mix(stream_ ^ mix(h))};
}

void Rng::refill() {
  block_ = philox(counter_++, stream_, key_);
  left_ = 2;
}

std::uint64_t Rng::operator()() {
  if (left_ == 0) refill();
  return block_[static_cast<std::size_t>(--left_)];
}

Index Rng::below(Index n) {
  RLRUN_CHECK(n > 0);
  // Lemire's multiplication method with rejection of the biased rest. The costly remainder is
  // needed only where the product could lie in that rest.
  const auto range = static_cast<std::uint64_t>(n);
  for (;;) {
    const auto product = static_cast<unsigned __int128>((*this)()) * range;
    const auto low = static_cast<std::uint64_t>(product);
    if (low >= range || low >= (0 - range) % range) return static_cast<Index>(product >> 64);
  }
}

double Rng::uniform() {
  return to_unit((*this)());
}

double Rng::uniform(double low, double high) {
  return low + (high - low) * uniform();
}

double Rng::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  // Box and Muller: two uniforms, two normals. 1 - u lies in (0, 1].
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  const double angle = 2 * std::numbers::pi * uniform();
  spare_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

void Rng::fill_normal(VectorFOut out) {
  for (Index i = 0; i < out.size(); ++i) out(i) = static_cast<float>(normal());
}

void Rng::fill_uniform(VectorFOut out, float low, float high) {
  for (Index i = 0; i < out.size(); ++i) out(i) = static_cast<float>(uniform(low, high));
}

void Rng::state(Archive& archive) {
  archive("key", key_);
  archive("stream", stream_);
  archive("counter", counter_);
  archive("block0", block_[0]);
  archive("block1", block_[1]);
  archive("left", left_);
  archive("spare", spare_);
  archive("has_spare", has_spare_);
}

}  // namespace rlrun
