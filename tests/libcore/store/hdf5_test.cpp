#include "store/hdf5.hpp"

#include <cstdlib>
#include <fstream>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

#include "example_trials.hpp"
#include "store/names.hpp"
#include "store/seal.hpp"

using namespace rlrun;
using namespace rlrun::testing;
using Catch::Matchers::Contains;
using hdf5::File;

namespace {

File reopened(const File& file) {
  return File::from_image(file.image(), "a file");
}

}  // namespace

TEST_CASE("columns of every type and size come back bit by bit", "[store]") {
  for (const std::size_t plain : {std::size_t{0}, std::size_t{1} << 20}) {
    for (const std::size_t n :
         {std::size_t{0}, std::size_t{1}, std::size_t{1000}, std::size_t{200'000}}) {
      Rng rng(n);
      std::vector<double> f64(n);
      std::vector<float> f32(n);
      std::vector<std::int64_t> i64(n);
      std::vector<std::uint64_t> u64(n);
      std::vector<std::int32_t> i32(n);
      std::vector<std::uint8_t> u8(n);
      for (std::size_t i = 0; i < n; ++i) {
        f64[i] = std::bit_cast<double>(rng());
        f32[i] = std::bit_cast<float>(static_cast<std::uint32_t>(rng()));
        u64[i] = rng();
        i64[i] = static_cast<std::int64_t>(rng());
        i32[i] = static_cast<std::int32_t>(rng());
        u8[i] = static_cast<std::uint8_t>(rng());
      }
      File file = File::create(plain);
      file.write_column("f64", f64, {"text", "m/s"});
      file.write_column("group/f32", f32, {});
      file.write_column("group/i64", i64, {});
      file.write_column("group/u64", u64, {});
      file.write_column("group/deep/i32", i32, {});
      file.write_column("group/deep/u8", u8, {});
      const File copy = reopened(file);
      CHECK(same_bits(copy.read_column<double>("f64"), f64));
      CHECK(same_bits(copy.read_column<float>("group/f32"), f32));
      CHECK(same_bits(copy.read_column<std::int64_t>("group/i64"), i64));
      CHECK(same_bits(copy.read_column<std::uint64_t>("group/u64"), u64));
      CHECK(same_bits(copy.read_column<std::int32_t>("group/deep/i32"), i32));
      CHECK(same_bits(copy.read_column<std::uint8_t>("group/deep/u8"), u8));
      CHECK(copy.names("group") == std::vector<std::string>{"deep", "f32", "i64", "u64"});
      CHECK(copy.has("group/deep/u8"));
      CHECK_FALSE(copy.has("group/none/u8"));
      CHECK(copy.names("none").empty());
      CHECK(copy.shape("f64") == std::vector{static_cast<std::int64_t>(n)});
    }
  }
}

TEST_CASE("texts come back, empty and long ones too", "[store]") {
  const std::vector<std::string> texts = {"", "a", std::string(70'000, 'x'), "\xE2\x82\xAC"};
  File file = File::create();
  file.write_texts("texts", texts, {});
  file.write_texts("none", {}, {});
  file.write_text("empty", "", {});
  file.write_text("long", texts[2], {});
  file.write_attribute("name", "value");
  file.write_attribute("version", std::vector<std::int64_t>{1, -2});
  const File copy = reopened(file);
  CHECK(copy.read_texts("texts") == texts);
  CHECK(copy.read_texts("none").empty());
  CHECK(copy.read_text("empty").empty());
  CHECK(copy.read_text("long") == texts[2]);
  CHECK(copy.read_attribute("name") == "value");
  CHECK(copy.read_int_attribute("version") == std::vector<std::int64_t>{1, -2});
}

TEST_CASE("files that are open at the same time do not mix", "[store]") {
  File a = File::create(), b = File::create();
  a.write_column("x", std::vector<double>{1}, {});
  b.write_column("x", std::vector<double>{2}, {});
  const File a_copy = reopened(a), b_copy = reopened(b);
  CHECK(a_copy.read_column<double>("x") == std::vector<double>{1});
  CHECK(b_copy.read_column<double>("x") == std::vector<double>{2});
}

TEST_CASE("a sample is a column here and a row in the file", "[store]") {
  const Matrix samples = Matrix::NullaryExpr(3, 5, [](Index i, Index j) { return 10. * i + j; });
  File file = File::create();
  file.write_samples("double", samples, {});
  file.write_samples("float", MatrixF(samples.cast<float>()), {});
  file.write_samples("empty", Matrix(3, 0), {});
  const File copy = reopened(file);
  CHECK(copy.shape("double") == std::vector<std::int64_t>{5, 3});
  CHECK(copy.read_samples("double") == samples);
  CHECK(copy.read_samples("float") == samples);
  CHECK(copy.read_samples("empty").cols() == 0);
  CHECK(copy.read_samples("empty").rows() == 3);
}

TEST_CASE("what does not fit is refused with file and dataset", "[store]") {
  File file = File::create();
  file.write_column("ints", std::vector<std::int64_t>{1, 2}, {});
  file.write_texts("texts", {"a"}, {});
  file.write_samples("samples", Matrix(Matrix::Zero(2, 2)), {});
  const File copy = reopened(file);
  CHECK_THROWS_WITH(copy.read_column<double>("ints"),
                    Contains("a file: ints: has another type of number"));
  CHECK_THROWS_WITH(copy.read_column<double>("absent"), Contains("a file: absent: missing"));
  CHECK_THROWS_WITH(copy.read_column<double>("samples"), Contains("one dimension"));
  CHECK_THROWS_WITH(copy.read_text("ints"), Contains("is not text"));
  CHECK_THROWS_WITH(copy.read_texts("ints"), Contains("no column of texts"));
  CHECK_THROWS_WITH(copy.read_numbers("texts"), Contains("holds no numbers"));
  CHECK_THROWS_WITH(copy.read_samples("ints"), Contains("two dimensions"));
  CHECK_THROWS_WITH(copy.read_attribute("absent"), Contains("attribute is missing"));
  CHECK(copy.read_numbers("ints") == std::vector<double>{1, 2});
  CHECK_THROWS_WITH(File::from_image("nonsense", "b"), Contains("b: is no HDF5 file"));
  CHECK_THROWS_WITH(File::from_image("", "b"), Contains("b: "));
}

TEST_CASE("files written by h5py are read whatever their numbers' types", "[store]") {
  const ScratchFolder folder;
  const std::string script =
      "import h5py, numpy as np\n"
      "with h5py.File('" +
      (folder / "x.h5").string() +
      "', 'w') as f:\n"
      "  f['qpos'] = np.array([1, 2, 3], dtype='>f4')\n"
      "  f['steps'] = np.array([1, 2], dtype='u2')\n"
      "  f.create_dataset('actions', data=np.arange(6.).reshape(3, 2), compression='gzip')\n"
      "  f['scalar'] = 1.0\n"
      "  f['words'] = ['a', 'bc']\n"
      "  f['cube'] = np.zeros((2, 2, 2))\n"
      "  f.create_dataset('huge', shape=(1 << 40,), dtype='f8', chunks=(1024,))\n"
      "  f['elsewhere'] = h5py.ExternalLink('y.h5', '/a')\n";
  std::ofstream(folder / "script.py") << script;
  const std::string command =
      "/usr/bin/python3 " + (folder / "script.py").string() + " 2>/dev/null";
  if (std::system(command.c_str()) != 0) {
    WARN("h5py is not installed; nothing was tested");
    return;
  }
  const File file = File::open(folder / "x.h5");
  CHECK(file.read_numbers("qpos") == std::vector<double>{1, 2, 3});
  CHECK(file.read_numbers("steps") == std::vector<double>{1, 2});
  Matrix actions(2, 3);
  actions << 0, 2, 4, 1, 3, 5;
  CHECK(file.read_samples("actions") == actions);
  CHECK_THROWS_WITH(file.read_numbers("scalar"), Contains("one dimension"));
  CHECK_THROWS_WITH(file.read_texts("words"), Contains("no column of texts"));
  CHECK_THROWS_WITH(file.read_numbers("cube"), Contains("dimensions"));
  CHECK_THROWS_WITH(file.read_numbers("huge"), Contains("too large"));
  CHECK_THROWS_AS(file.read_numbers("elsewhere"), UserError);
  CHECK_THROWS_AS(File::open(folder / "absent.h5"), UserError);
}

TEST_CASE("any name of a metric becomes a dataset and back", "[store]") {
  for (const std::string name :
       {"kl", "a/b", "..", ".", "100%", "%2F", "", "a b", "\n", "\xC3\xA9"}) {
    const std::string dataset = dataset_name(name);
    CHECK(metric_name(dataset) == name);
    File file = File::create();
    file.write_column("metrics/" + dataset, std::vector<double>{1}, {});
    CHECK(reopened(file).names("metrics") == std::vector{dataset});
  }
}

TEST_CASE("a file of a newer format is refused, and a longer minor version is read", "[store]") {
  File newer = File::create();
  newer.write_attribute("rlrun_format", "rlrun-trial");
  newer.write_attribute("rlrun_format_version", std::vector<std::int64_t>{2, 0});
  CHECK_THROWS_WITH(check_format(reopened(newer), kTrialFormat, "f"), Contains("newer rlrun"));
  CHECK_THROWS_WITH(check_format(reopened(newer), kResultsFormat, "f"), Contains("rlrun-results"));
  File minor = File::create();
  minor.write_attribute("rlrun_format", "rlrun-trial");
  minor.write_attribute("rlrun_format_version", std::vector<std::int64_t>{1, 7});
  CHECK_NOTHROW(check_format(reopened(minor), kTrialFormat, "f"));
}

TEST_CASE("a seal breaks with any changed byte", "[store]") {
  const std::string whole = sealed("some content");
  CHECK(unsealed(whole, "f") == "some content");
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string bad = whole;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    CHECK_THROWS_AS(unsealed(bad, "f"), UserError);
    CHECK_THROWS_AS(unsealed(whole.substr(0, i), "f"), UserError);
  }
}
