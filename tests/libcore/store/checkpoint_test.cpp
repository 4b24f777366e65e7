#include <fstream>

#include <catch2/catch.hpp>

#include "rlrun/archive.hpp"
#include "rlrun/error.hpp"

#include "example_trials.hpp"
#include "store/file.hpp"
#include "store/store.hpp"

using namespace rlrun;
using namespace rlrun::testing;
using Catch::Matchers::Contains;

namespace {

// Something of every type that an archive takes.
struct State {
  explicit State(std::uint64_t seed = 0, Index size = 0) : rng(Rng(seed)) {
    const auto normal = [&] { return rng.normal(); };
    vector = Vector::NullaryExpr(size, normal);
    floats = vector.cast<float>();
    matrix = Matrix::NullaryExpr(size, 3, normal);
    matrix_f = Matrix::NullaryExpr(2, size, normal).cast<float>();
    replay.assign(static_cast<std::size_t>(100 * size), static_cast<float>(rng.normal()));
    text = std::string(static_cast<std::size_t>(size), 'x');
    number = rng.normal();
    count = static_cast<int>(seed);
    flag = size > 0;
    const TrialRecord record = example_record(seed);
    if (size > 0) curves = record.curves;
    if (size > 0) episodes = record.episodes;
  }
  void state(Archive& archive) {
    archive("vector", vector);
    archive("floats", floats);
    archive("matrix", matrix);
    archive("matrix_f", matrix_f);
    auto used = static_cast<std::int64_t>(replay.size());
    archive("used", used);
    replay.resize(static_cast<std::size_t>(used));
    archive.values("replay", replay.data(), static_cast<Index>(used));
    archive("text", text);
    archive("number", number);
    archive("count", count);
    archive("flag", flag);
    archive("rng", rng);
    curves.state(archive);
    episodes.state(archive);
  }
  bool operator==(const State& other) const {
    Rng mine = rng, its = other.rng;
    return same_bits(vector, other.vector) && same_bits(floats, other.floats) &&
           same_bits(matrix, other.matrix) && same_bits(matrix_f, other.matrix_f) &&
           same_bits(replay, other.replay) && text == other.text && number == other.number &&
           count == other.count && flag == other.flag && mine() == its() &&
           same_curves(curves, other.curves) &&
           same_bits(episodes.returns, other.episodes.returns) &&
           same_bits(episodes.lengths, other.episodes.lengths) &&
           same_bits(episodes.endings, other.episodes.endings);
  }

  Vector vector;
  VectorF floats;
  Matrix matrix;
  MatrixF matrix_f;
  std::vector<float> replay;
  std::string text;
  double number = 0;
  int count = 0;
  bool flag = false;
  Rng rng;
  Curves curves;
  EpisodeLog episodes;
};

void save(CheckpointFile& file, State state) {
  file.write([&](Archive& archive) { state.state(archive); });
}

// The state in the newest intact snapshot; none if there is none.
std::optional<State> restore(const std::filesystem::path& folder,
                             const std::string& identity = "x") {
  State state;
  CheckpointFile file(folder, "t", identity);
  if (!file.read([&](Archive& archive) { state.state(archive); })) return std::nullopt;
  return state;
}

void overwrite(const std::filesystem::path& path, const std::string& bytes) {
  // Truncating an existing file would make some file systems write to the disk.
  std::filesystem::remove(path);
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("a checkpoint gives back every bit", "[store]") {
  const ScratchFolder folder;
  CHECK_FALSE(restore(folder.path()));
  CheckpointFile file(folder.path(), "t", "x");
  for (const Index size : {Index{1}, Index{100}, Index{20000}}) {
    const State state(static_cast<std::uint64_t>(size), size);
    save(file, state);
    CHECK(restore(folder.path()) == state);
  }
}

TEST_CASE("the newest of many checkpoints is restored, across restarts", "[store]") {
  const ScratchFolder folder;
  for (std::uint64_t i = 1; i <= 7; ++i) {
    CheckpointFile file(folder.path(), "t", "x");
    save(file, State(i, 3));
    if (i % 3 == 0) save(file, State(i + 100, 3));
    CHECK(restore(folder.path()) == State(i % 3 == 0 ? i + 100 : i, 3));
  }
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path()))
    ++files;
  CHECK(files == 2);
  CheckpointFile(folder.path(), "t", "x").remove();
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("a damaged checkpoint gives way to the older one", "[store]") {
  const ScratchFolder folder;
  const State older(1, 3), newer(2, 3);
  {
    CheckpointFile file(folder.path(), "t", "x");
    save(file, older);
    save(file, newer);
  }
  const std::string good = read_file(folder / "t.b");
  REQUIRE(restore(folder.path()) == newer);
  for (std::size_t at = 0; at < good.size(); at += at < 200 ? 1 : 37) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    overwrite(folder / "t.b", bad);
    REQUIRE(restore(folder.path()) == older);
    overwrite(folder / "t.b", good.substr(0, at));
    REQUIRE(restore(folder.path()) == older);
  }
  overwrite(folder / "t.b", good + "x");
  CHECK(restore(folder.path()) == older);

  // The damaged one is the next to be replaced, and the good one stays.
  {
    CheckpointFile file(folder.path(), "t", "x");
    save(file, State(3, 3));
  }
  CHECK(restore(folder.path()) == State(3, 3));
  overwrite(folder / "t.b", "damaged again");
  CHECK(restore(folder.path()) == older);
  overwrite(folder / "t.a", "");
  CHECK_FALSE(restore(folder.path()));
}

TEST_CASE("a save that fails leaves the last checkpoint", "[store]") {
  const ScratchFolder folder;
  CheckpointFile file(folder.path(), "t", "x");
  save(file, State(1, 3));
  for (int attempt = 0; attempt < 3; ++attempt)
    CHECK_THROWS_AS(file.write([](Archive&) { throw TrialError("no"); }), TrialError);
  CHECK(restore(folder.path()) == State(1, 3));
  save(file, State(2, 3));
  CHECK(restore(folder.path()) == State(2, 3));
}

TEST_CASE("what another program wrote is refused with what differs", "[store]") {
  const ScratchFolder folder;
  CheckpointFile file(folder.path(), "t", "trial 1, build A");
  save(file, State(1, 3));
  CHECK_THROWS_WITH(restore(folder.path(), "trial 1, build B"),
                    Contains("build A") && Contains("build B") && Contains("t.a"));
  std::int64_t value = 0;
  double narrow = 0;
  Vector vector;
  CHECK_THROWS_WITH(file.read([&](Archive& archive) { archive("other", value); }),
                    Contains("'vector'") && Contains("'other'"));
  CHECK_THROWS_WITH(file.read([&](Archive& archive) {
    archive("vector", vector);
    archive("floats", narrow);
    archive("floats", narrow);
  }),
                    Contains("'floats' of 12 bytes") && Contains("'floats' of 8 bytes"));
  CHECK_THROWS_WITH(file.read([&](Archive& archive) { archive("vector", vector); }),
                    Contains("'floats'") && Contains("not asked for"));
}
