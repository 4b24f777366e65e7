// Golden files for the five formats. After a wanted change, run this test with
// RLRUN_UPDATE_GOLDEN=1 and look at the difference.

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

#include "report/escape.hpp"
#include "report/report.hpp"
#include "sample_results.hpp"

using namespace rlrun;

namespace {

std::string source_file(const std::string& name) {
  const char* root = std::getenv("RLRUN_SOURCE");
  REQUIRE(root != nullptr);
  return std::string(root) + "/" + name;
}

Table motley_table() {
  TableOptions options;
  options.against = source_file("experiments/duan_table1.json");
  return make_table({samples::motley()}, options);
}

// The fields of one line of RFC 4180.
std::vector<std::string> csv_fields(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') {
      if (quoted && i + 1 < line.size() && line[i + 1] == '"') {
        fields.back() += line[++i];
      } else {
        quoted = !quoted;
      }
    } else if (line[i] == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += line[i];
    }
  }
  CHECK_FALSE(quoted);
  return fields;
}

}  // namespace

TEST_CASE("the five formats look as they always did") {
  const Table table = motley_table();
  for (const char* format : {"md", "latex", "csv", "html", "json"}) {
    const std::string text = format_table(table, format);
    const std::string path = source_file(std::string("tests/golden/table.") + format);
    if (std::getenv("RLRUN_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
    std::ifstream in(path);
    std::stringstream golden;
    golden << in.rdbuf();
    INFO(path);
    CHECK(text == golden.str());
  }
  CHECK_THROWS_WITH(format_table(table, "pdf"), Catch::Contains("md, latex, csv, html, json"));
}

TEST_CASE("no format lets a label act as a command") {
  const Table table = motley_table();
  for (const char* format : {"md", "latex", "csv", "html", "json"}) {
    const std::string text = format_table(table, format);
    INFO(format);
    CHECK(text.find('\x1b') == std::string::npos);
  }
  CHECK(format_table(table, "html").find("<i>") == std::string::npos);
  CHECK(format_table(table, "md").find("<i>") == std::string::npos);
}

TEST_CASE("CSV rows have the columns of the header and no formulas") {
  std::istringstream in(format_table(motley_table(), "csv"));
  std::string line;
  std::getline(in, line);
  const std::size_t columns = csv_fields(line).size();
  int rows = 0;
  while (std::getline(in, line)) {
    ++rows;
    const std::vector<std::string> fields = csv_fields(line);
    CHECK(fields.size() == columns);
    for (const std::string& field : fields) {
      if (field.empty() || std::string("=+-@").find(field.front()) == std::string::npos) continue;
      char* end = nullptr;
      std::strtod(field.c_str(), &end);
      INFO(field);
      CHECK(*end == '\0');  // A number may be negative.
    }
  }
  CHECK(rows == 8);
}

TEST_CASE("escaping takes the meaning from every special sign") {
  CHECK(plain("a\nb\x1b[2Jc\x7f\xc2\x9b") == "a b [2Jc  ");
  CHECK(plain("\xce\xb4 = 0.01") == "\xce\xb4 = 0.01");
  CHECK(escape_latex("50% & $x_1^2$ {#} ~\\ [*]") ==
        "50\\% \\& \\$x\\_1\\textasciicircum{}2\\$ \\{\\#\\} \\textasciitilde{}\\textbackslash{} "
        "{[}{*}]");
  CHECK(escape_latex("\xce\xb4--x") == "\\ensuremath{\\delta}-{}-{}x");
  CHECK(escape_html("<b a=\"1\">&'") == "&lt;b a=&quot;1&quot;&gt;&amp;&#39;");
  CHECK(escape_markdown("cartpole_swingup") == "cartpole_swingup");
  CHECK(escape_markdown("_a_ *b* |c| `d` <e> [f](g) & \\") ==
        "\\_a\\_ \\*b\\* \\|c\\| \\`d\\` &lt;e&gt; \\[f\\](g) &amp; \\\\");
  CHECK(escape_csv("hopper") == "hopper");
  CHECK(escape_csv("a,\"b\"") == "\"a,\"\"b\"\"\"");
  CHECK(escape_csv("=1+1") == "\"'=1+1\"");
  CHECK(escape_csv("  @x") == "\"'  @x\"");
  CHECK(escape_csv("\t+1") == "\"' +1\"");
  CHECK(quote_gnuplot("it's `touch x` @y \\n\n\"") == "'it'.\"'\".'s `touch x` @y \\n \"'");
}
