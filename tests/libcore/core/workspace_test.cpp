#include "rlrun/workspace.hpp"

#include <cstdint>

#include <catch2/catch.hpp>

using namespace rlrun;

TEST_CASE("matrices of a workspace are aligned and do not overlap", "[workspace]") {
  Workspace workspace;
  const Workspace::Scope scope(workspace);
  std::vector<Workspace::Map> taken;
  for (Index i = 1; i < 60; ++i) {
    taken.push_back(workspace.matrix(i * 7 % 61, i * i));
    taken.back().setConstant(static_cast<float>(i));
  }
  for (Index i = 1; i < 60; ++i) {
    const Workspace::Map& map = taken[std::size_t(i - 1)];
    CHECK(reinterpret_cast<std::uintptr_t>(map.data()) % EIGEN_MAX_ALIGN_BYTES == 0);
    CHECK((map.array() == static_cast<float>(i)).all());
  }
}

TEST_CASE("what a scope took is used again after it", "[workspace]") {
  Workspace workspace;
  const auto outer_and_inner = [&] {
    const Workspace::Scope outer(workspace);
    float* const first = workspace.matrix(10, 10).data();
    float* second = nullptr;
    {
      const Workspace::Scope inner(workspace);
      second = workspace.matrix(300, 300).data();
    }
    CHECK(workspace.matrix(300, 300).data() == second);
    CHECK(first != second);
    return std::pair{first, second};
  };
  const auto places = outer_and_inner();
  CHECK(outer_and_inner() == places);
}

TEST_CASE("an empty matrix is allowed", "[workspace]") {
  Workspace workspace;
  const Workspace::Scope scope(workspace);
  CHECK(workspace.matrix(0, 5).size() == 0);
  CHECK(workspace.matrix(5, 0).size() == 0);
}
