#include "rlrun/rng.hpp"

#include <cstring>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "rlrun/archive.hpp"

using namespace rlrun;

namespace {

// Keeps what is saved, under its name.
class MemoryArchive final : public Archive {
 public:
  std::map<std::string, std::vector<char>, std::less<>> content;
  bool restore = false;

  [[nodiscard]] bool restoring() const override { return restore; }
  void set(const std::string& name, std::uint64_t value) {
    content[name].resize(sizeof value);
    std::memcpy(content[name].data(), &value, sizeof value);
  }

 private:
  void bytes(const char* name, void* data, std::size_t size) override {
    if (!restore) {
      const char* const from = static_cast<const char*>(data);
      content[name].assign(from, from + size);
    } else {
      REQUIRE(content.at(name).size() == size);
      std::memcpy(data, content.at(name).data(), size);
    }
  }
};

// A stream at a given place of the generator's sequence.
Rng stream_at(std::uint64_t counter, std::uint64_t stream, std::uint64_t key) {
  MemoryArchive archive;
  Rng rng;
  rng.state(archive);
  archive.set("counter", counter);
  archive.set("stream", stream);
  archive.set("key", key);
  archive.restore = true;
  rng.state(archive);
  return rng;
}

}  // namespace

TEST_CASE("the generator is Philox 4x32-10: its authors' known answers", "[rng]") {
  // The second half of a block is handed out first.
  const auto block = [](std::uint64_t counter, std::uint64_t stream, std::uint64_t key) {
    Rng rng = stream_at(counter, stream, key);
    const std::uint64_t high = rng();
    return std::vector<std::uint64_t>{rng(), high};
  };
  const std::uint64_t ones = ~std::uint64_t{0};
  CHECK(block(0, 0, 0) == std::vector<std::uint64_t>{0xe169c58d6627e8d5, 0x9b00dbd8bc57ac4c});
  CHECK(block(ones, ones, ones) ==
        std::vector<std::uint64_t>{0x41c83b0e408f276d, 0x6d5451fda20bc7c6});
  CHECK(block(0x85a308d3243f6a88, 0x0370734413198a2e, 0x299f31d0a4093822) ==
        std::vector<std::uint64_t>{0x94fdccebd16cfe09, 0x24126ea15001e420});
}

TEST_CASE("a fork depends on the path of forks and not on what was drawn", "[rng]") {
  Rng rng(5);
  const std::uint64_t first = rng.fork("rollout").fork(3)();
  for (int i = 0; i < 7; ++i) (void)rng.normal();
  CHECK(rng.fork("rollout").fork(3)() == first);
  CHECK(Rng(5).fork("rollout").fork(3)() == first);
  CHECK(Rng(6).fork("rollout").fork(3)() != first);
  CHECK(Rng(5).fork(3).fork("rollout")() != first);
}

TEST_CASE("streams of different paths differ", "[rng]") {
  std::set<std::uint64_t> seen;
  std::size_t n = 0;
  const auto add = [&](Rng rng) {
    seen.insert(rng());
    ++n;
  };
  const Rng root(1);
  for (std::uint64_t i = 0; i < 100000; ++i) add(root.fork("episode").fork(i));
  for (std::uint64_t i = 0; i < 10000; ++i) add(Rng(i));
  for (std::uint64_t i = 0; i < 100; ++i)
    for (std::uint64_t j = 0; j < 100; ++j) add(root.fork(i).fork(j));
  for (const char* role : {"", "a", "b", "ab", "ba", "3", "env", "policy", "rollout", "evaluation"})
    add(root.fork(role));
  CHECK(seen.size() == n);
}

TEST_CASE("sibling streams are not correlated", "[rng]") {
  const Index n = 20000;
  Vector first(n), second(n);
  for (Index i = 0; i < n; ++i) {
    first(i) = Rng(1).fork(std::uint64_t(i)).normal();
    second(i) = Rng(1).fork(std::uint64_t(i + 1)).normal();
  }
  CHECK(first.dot(second) / static_cast<double>(n) == Approx(0).margin(0.03));
  CHECK(first.mean() == Approx(0).margin(0.03));
  CHECK(first.squaredNorm() / static_cast<double>(n) == Approx(1).margin(0.05));
}

TEST_CASE("below is uniform, also for ranges that do not divide 2^64", "[rng]") {
  Rng rng(2);
  std::vector<double> counts(7, 0);
  const int draws = 70000;
  for (int i = 0; i < draws; ++i) counts.at(std::size_t(rng.below(7))) += 1;
  double chi_square = 0;
  for (const double count : counts) chi_square += (count - 1e4) * (count - 1e4) / 1e4;
  CHECK(chi_square < 22.5);  // 0.1 % of six degrees of freedom

  // Without rejection the classes modulo 3 would have the shares 3/8, 3/8 and 2/8.
  std::vector<double> classes(3, 0);
  for (int i = 0; i < draws; ++i) classes.at(std::size_t(rng.below(Index{3} << 61) % 3)) += 1;
  for (const double count : classes) CHECK(count / draws == Approx(1.0 / 3).margin(0.008));
  for (int i = 0; i < 10; ++i) CHECK(rng.below(1) == 0);
}

TEST_CASE("uniform and normal variates have their moments", "[rng]") {
  Rng rng(3);
  const Index n = 200000;
  Vector u(n), z(n);
  for (Index i = 0; i < n; ++i) u(i) = rng.uniform();
  for (Index i = 0; i < n; ++i) z(i) = rng.normal();
  CHECK(u.minCoeff() >= 0);
  CHECK(u.maxCoeff() < 1);
  CHECK(u.mean() == Approx(0.5).margin(0.003));
  CHECK((u.array() - 0.5).square().mean() == Approx(1.0 / 12).epsilon(0.01));
  CHECK(z.mean() == Approx(0).margin(0.01));
  CHECK(z.array().square().mean() == Approx(1).margin(0.015));
  CHECK(z.array().cube().mean() == Approx(0).margin(0.03));
  CHECK(z.array().pow(4).mean() == Approx(3).margin(0.1));
  CHECK((z.array().abs() < 1.959964).cast<double>().mean() == Approx(0.95).margin(0.003));
  // The two normals of a pair do not know of each other.
  CHECK(z.head(n - 1).dot(z.tail(n - 1)) / static_cast<double>(n) == Approx(0).margin(0.01));

  VectorF filled(5), again(5);
  Rng a(4), b(4);
  a.fill_normal(filled);
  for (Index i = 0; i < 5; ++i) again(i) = static_cast<float>(b.normal());
  CHECK(filled == again);
  a.fill_uniform(filled, -2, -1);
  CHECK(filled.minCoeff() >= -2);
  CHECK(filled.maxCoeff() <= -1);
}

TEST_CASE("a restored stream goes on where it was saved", "[rng]") {
  for (const int drawn : {0, 1, 2, 3}) {  // also in the middle of a block and of a pair
    Rng rng(9);
    for (int i = 0; i < drawn; ++i) (void)rng.normal();
    (void)rng();
    MemoryArchive archive;
    archive("stream", rng);
    Rng restored;
    archive.restore = true;
    archive("stream", restored);
    for (int i = 0; i < 5; ++i) {
      CHECK(restored.normal() == rng.normal());
      CHECK(restored() == rng());
    }
    CHECK(restored.fork(1)() == rng.fork(1)());
  }
}
