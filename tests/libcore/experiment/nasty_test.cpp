// Inputs that are meant to break the reader. Each must be a UserError with one line of text, soon.

#include <ctime>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

#include "experiment/experiment.hpp"
#include "fake_info.hpp"

using namespace rlrun;

namespace {

std::string repeated(const std::string& text, int n) {
  std::string all;
  for (int i = 0; i < n; ++i) all += text;
  return all;
}

std::string file(const std::string& algorithm, const std::string& envs = R"(["hopper"])",
                 const std::string& seeds = "[1]") {
  return R"({"format": 1, "seeds": )" + seeds + R"(, "budget": {"iterations": 3}, "envs": )" +
         envs + R"(, "algorithms": [{"name": "trpo", )" + algorithm + R"("x-end": 0}]})";
}

std::vector<std::string> nasty_inputs() {
  const std::string nul("\0", 1);
  std::string many_seeds = "[0", many_names = "[\"hopper\"", long_grid = "[1";
  for (int i = 1; i < 200000; ++i) many_seeds += "," + std::to_string(i);
  for (int i = 1; i < 2000; ++i)
    many_names += ",{\"name\":\"hopper\",\"label\":\"" + std::to_string(i) + "\"}";
  for (int i = 2; i < 5000; ++i) long_grid += "," + std::to_string(i);
  return {
      // No JSON.
      "",
      " ",
      "\n\n",
      nul,
      "{",
      "}",
      "[",
      "]",
      "\"",
      "nul",
      "-",
      "{\"",
      "{\"a\"",
      "{\"a\":",
      "{\"a\":1",
      "{,}",
      "[1,]",
      "{\"a\":1,}",
      "{'a':1}",
      "{a:1}",
      "/**/{}",
      "\xef\xbb\xbf{}",
      "\xff\xfe{\0}",
      "{\"\xc3\":1}",
      "{\"\\ud800\":1}",
      "{\"a\":01}",
      "{\"a\":1e}",
      "{\"a\":+1}",
      "{\"a\":.5}",
      "{\"a\":0x1}",
      "{\"a\":1e999}",
      "{\"a\":NaN}",
      "{\"a\":1}{",
      repeated("[", 100000),
      repeated("{\"a\":", 100000),
      repeated("[", 65) + repeated("]", 65),
      "{\"format\":1,\"format\":1}",
      "\"" + repeated("x", 1000000),
      // JSON, but no experiment.
      "null",
      "1",
      "\"x\"",
      "[]",
      "{}",
      "{\"format\":1}",
      "{\"format\":\"1\"}",
      "{\"format\":1e300}",
      "{\"" + repeated("k", 100000) + "\":1}",
      "{\"a\\u0000\\n\\u001b[31m\":1}",
      // An experiment that cannot be.
      file("", "[]"),
      file("", "[\"\"]"),
      file("", "[\"..\"]"),
      file("", "[\"../../etc/passwd\"]"),
      file("", "[\"/etc\"]"),
      file("", "[\"a/./b\"]"),
      file("", "[\"-rf\"]"),
      file("", "[\"hop\\u0000per\"]"),
      file("", "[\"hop\\nper\"]"),
      file("", "[[\"hopper\"]]"),
      file("", "[null]"),
      file("", "\"hopper\""),
      file("", "[\"" + repeated("h", 100000) + "\"]"),
      file("", "[\"hopper\",\"hopper\"]"),
      file("", many_names, "{\"count\":1000}"),
      file("", "[\"hopper\"]", "[]"),
      file("", "[\"hopper\"]", "[-1]"),
      file("", "[\"hopper\"]", "[1.5]"),
      file("", "[\"hopper\"]", "[1,1]"),
      file("", "[\"hopper\"]", "{\"count\":0}"),
      file("", "[\"hopper\"]", "{\"count\":1e18}"),
      file("", "[\"hopper\"]", "{\"count\":9223372036854775807}"),
      file("", "[\"hopper\"]", many_seeds),
      file("", "[\"hopper\"]", "{\"base\":1}"),
      file("", "[\"hopper\"]", "{\"count\":3,\"base\":9223372036854775807}"),
      file("\"budget\":{\"steps\":0},"),
      file("\"budget\":{\"steps\":9e18},"),
      file("\"budget\":{\"steps\":-5},"),
      file("\"budget\":{},"),
      file("\"budget\":7,"),
      file("\"params\":{\"max_kl\":1e-400},"),
      file("\"params\":{\"max_kl\":[1]},"),
      file("\"params\":{\"max_kl\":{\"a\":1}},"),
      file("\"params\":{\"batch_steps\":9223372036854775808},"),
      file("\"params\":{\"\":1},"),
      file("\"grid\":{\"policy.\":[1]},"),
      file("\"grid\":{\"env.\":[1]},"),
      file("\"grid\":{\".\":[1]},"),
      file("\"grid\":{\"policy.policy.hidden\":[[1]]},"),
      file("\"grid\":{\"max_kl\":[1,1.0]},"),
      file("\"grid\":{\"max_kl\":[[]]},"),
      file("\"grid\":{\"max_kl\":" + long_grid + "],\"batch_steps\":" + long_grid +
           "],\"env.horizon\":" + long_grid + "]},"),
      file("\"linked\":[{}],"),
      file("\"linked\":[[]],"),
      file("\"linked\":[{\"max_kl\":[1]},{\"max_kl\":[2]}],"),
      file("\"grid\":{\"max_kl\":[1]},\"linked\":[{\"max_kl\":[2]}],"),
      file("\"policy\":{\"name\":1},"),
      file("\"policy\":[],"),
      file("\"policy\":{\"params\":{\"hidden\":[0]}},"),
      file("\"policy\":{\"params\":{\"hidden\":[1e300]}},"),
      file("\"policy\":\"trpo\","),
      file("\"per_env\":{\"\":{}},"),
      file("\"per_env\":{\"hopper\":1},"),
      file("\"per_env\":{\"hopper\":{\"per_env\":{}}},"),
      file("\"label\":\"a\\nb\","),
      file("\"label\":\"" + repeated("l", 101) + "\","),
      file("\"label\":null,"),
  };
}

}  // namespace

TEST_CASE("nasty files end in one clear line", "[experiment]") {
  const std::clock_t start = std::clock();
  for (const std::string& text : nasty_inputs()) {
    INFO(text.substr(0, 200));
    std::string message;
    try {
      parse_experiment(text, "e.json", {}, fake::info);
    } catch (const UserError& error) {
      message = error.what();
    }
    CHECK(message.substr(0, 7) == "e.json:");
    CHECK(message.size() < 2000);
    for (const char c : message) CHECK((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
  }
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  CHECK(seconds < 20);
}
