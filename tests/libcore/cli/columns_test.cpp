// Text on a terminal.

#include "cli/columns.hpp"

#include <catch2/catch.hpp>

using namespace rlrun::cli;

TEST_CASE("columns are those of a terminal, not bytes") {
  CHECK(columns("abc") == 3);
  CHECK(columns("\u00e9t\u00e9") == 3);
  CHECK(columns("e\u0301") == 1);  // an accent of its own
  CHECK(columns("\u5b66\u7fd2") == 4);
  CHECK(columns("\U0001F680") == 2);
  CHECK(columns("\xff\xe5") == 2);  // no UTF-8
}

TEST_CASE("a text is cut between characters") {
  CHECK(cut("abc", 3) == "abc");
  CHECK(cut("abcd", 3) == "ab\u2026");
  CHECK(cut("\u00e9\u00e9\u00e9\u00e9", 3) == "\u00e9\u00e9\u2026");
  CHECK(cut("\u5b66\u7fd2", 3) == "\u5b66\u2026");
  CHECK(cut("\u5b66\u7fd2", 2) == "\u2026");
  CHECK(cut("abc", 0).empty());
  CHECK(padded("\u00e9", 3) == "\u00e9  ");
  CHECK(columns(padded("\u5b66\u7fd2", 3)) == 3);
}
