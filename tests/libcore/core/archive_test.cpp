// What a restored state must have in common with the one that was saved.

#include "rlrun/archive.hpp"

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

#include "check/memory_archive.hpp"

using namespace rlrun;

namespace {

template <class Values>
std::string saved(Values values) {
  MemoryArchive archive;
  archive("values", values);
  return archive.content();
}

template <class Values>
void restore(const std::string& content, Values& values) {
  MemoryArchive archive(content);
  archive("values", values);
}

template <class Values>
ExitCode refusal(const std::string& content, Values values) {
  try {
    restore(content, values);
  } catch (const UserError& error) {
    return error.code();
  }
  return ExitCode::kOk;
}

}  // namespace

TEST_CASE("what is empty takes the size that is stored", "[archive]") {
  Vector vector;
  restore(saved<Vector>(Vector{{1, 2, 3}}), vector);
  CHECK(vector == Vector{{1, 2, 3}});
  MatrixF matrix(0, 2);
  restore(saved<MatrixF>(MatrixF{{1, 2}, {3, 4}}), matrix);
  CHECK(matrix == MatrixF{{1, 2}, {3, 4}});
}

TEST_CASE("what has a size must have the one that is stored", "[archive]") {
  CHECK(refusal(saved<Vector>(Vector{{1, 2, 3}}), Vector(3)) == ExitCode::kOk);
  CHECK(refusal(saved<Vector>(Vector{{1, 2, 3}}), Vector(2)) == ExitCode::kStore);
  CHECK(refusal(saved<VectorF>(VectorF()), VectorF(2)) == ExitCode::kStore);
  CHECK(refusal(saved<Matrix>(Matrix(2, 3)), Matrix(3, 2)) == ExitCode::kStore);
  CHECK(refusal(saved<MatrixF>(MatrixF(2, 3)), MatrixF(2, 3)) == ExitCode::kOk);
  MatrixF matrix(3, 2);
  CHECK_THROWS_WITH(restore(saved<MatrixF>(MatrixF(2, 3)), matrix),
                    "the stored 'values' is 2 x 3, but 3 x 2 is needed");
}

TEST_CASE("lists and texts take any size", "[archive]") {
  std::vector<double> list = {1};
  restore(saved<std::vector<double>>({1, 2, 3}), list);
  CHECK(list == std::vector<double>{1, 2, 3});
  std::string text = "abc";
  restore(saved<std::string>("long text"), text);
  CHECK(text == "long text");
}
