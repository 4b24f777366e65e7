#include "json/json.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <random>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

using rlrun::UserError;
namespace json = rlrun::json;

namespace {

std::string error_of(const std::string& text) {
  try {
    json::parse(text, "f.json");
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("values keep their types and their places", "[json]") {
  const json::Value value = json::parse(
      "{\n  \"a\": [1, 2.0, \"x\\\"]\\u00e9\",\n    true],\n  \"b\": {\"c\": null}, \"d\":-7}",
      "f");
  REQUIRE(value.if_object() != nullptr);
  CHECK(value.where().line == 1);
  const json::Value& a = *value.find("a");
  CHECK((a.where().line == 2 && a.where().column == 8));
  CHECK((a.where_key().line == 2 && a.where_key().column == 3));
  const json::Array& list = *a.if_array();
  REQUIRE(list.size() == 4);
  CHECK(*list[0].if_int() == 1);
  CHECK(*list[1].if_double() == 2.0);
  CHECK(list[1].where().column == 12);
  CHECK(*list[2].if_string() == "x\"]\xc3\xa9");
  CHECK(list[2].where().column == 17);
  CHECK(*list[3].if_bool());
  CHECK((list[3].where().line == 3 && list[3].where().column == 5));
  CHECK(value.find("b")->find("c")->is_null());
  CHECK((value.find("b")->find("c")->where().line == 4));
  CHECK(*value.find("d")->if_int() == -7);
  CHECK(value.find("d")->where_key().column == 21);
}

TEST_CASE("mistakes are named with their place", "[json]") {
  CHECK(error_of("") == "f.json:1:1: the text is empty");
  CHECK(error_of("{\"a\": 1,}") == "f.json:1:9: a comma too many before '}'");
  CHECK(error_of("{\n\"a\" 1}") ==
        "f.json:2:5: unexpected '1'; is a comma, colon or bracket missing?");
  CHECK(error_of("[1, 2") == "f.json:1:6: the text ends before the value is complete");
  CHECK(error_of("[1] 2") == "f.json:1:5: unexpected '2' after the end of the value");
  CHECK(error_of("{\"a\": 1,\n \"b\": 2, \"a\": 3}") ==
        "f.json:2:10: the key \"a\" is given twice");
  CHECK(error_of("[1e400]") == "f.json:1:2: the number 1e400 is out of range");
  CHECK(error_of("[-1e99999999999999]").find("out of range") != std::string::npos);
  CHECK(error_of("[9223372036854775808]") ==
        "f.json:1:2: the whole number 9223372036854775808 does not fit into 64 bits");
  CHECK(error_of("[\n 100000000000000000000]") ==
        "f.json:2:2: the whole number 100000000000000000000 does not fit into 64 bits");
  CHECK(error_of("[-9223372036854775809]") ==
        "f.json:1:2: the whole number -9223372036854775809 does not fit into 64 bits");
  CHECK(error_of("// x\n1") == "f.json:1:1: comments are not part of JSON");
  CHECK(error_of("['a']") == "f.json:1:2: text stands in double quotes");
  CHECK(error_of("[NaN]") == "f.json:1:2: NaN and infinity are not part of JSON");
  CHECK(error_of("\xef\xbb\xbf{}").find("byte order mark") != std::string::npos);
  CHECK(error_of("[\"\xff\"]") == "f.json:1:3: text that is not UTF-8, or not in quotes");
  CHECK(error_of("[\"\xed\xa0\x80\"]").find("f.json:1:") == 0);  // a surrogate
  CHECK(error_of("[\"\xc0\x80\"]").find("f.json:1:") == 0);      // an overlong form
  CHECK(error_of("[\"\\udc00\"]").find("surrogate") != std::string::npos);
  CHECK(error_of("[\"\\ud800x\"]").find("f.json:1:9: ") == 0);
  CHECK(error_of("[\"a\nb\"]") == "f.json:1:4: unexpected the end of the line");
  CHECK(error_of(std::string("[\"a\0b\"]", 7)) == "f.json:1:4: the control character 0x00");
  CHECK(error_of("[01]").find("f.json:1:3: ") == 0);
  CHECK(error_of("[+1]").find("f.json:1:2: ") == 0);
  CHECK(error_of("[.5]").find("f.json:1:2: ") == 0);
  CHECK(error_of("[1.]").find("f.json:1:4: ") == 0);
  CHECK(error_of("[tru]") == "f.json:1:2: unexpected 't'");
}

TEST_CASE("nesting, size and number of values are limited", "[json]") {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  CHECK_NOTHROW(json::parse(nested(64), "f"));
  CHECK(error_of(nested(65)) == "f.json:1:65: lists and objects are nested more than 64 deep");
  CHECK(error_of(std::string(2'000'000, '[')).find("nested more than 64 deep") !=
        std::string::npos);
  CHECK(error_of(std::string((std::size_t{64} << 20) + 1, ' ')) == "f.json: larger than 64 MiB");
  std::string many = "[0";
  for (int i = 0; i < 4'000'000; ++i) many += ",0";
  CHECK(error_of(many + "]").find("more than 4000000 values") != std::string::npos);
}

TEST_CASE("a duplicate among many keys is found", "[json]") {
  std::string text = "{";
  for (int i = 0; i < 20000; ++i) text += "\"k" + std::to_string(i) + "\":0,\n";
  CHECK_NOTHROW(json::parse(text + "\"k\":0}", "f"));
  CHECK(error_of(text + "\"k17\":0}") == "f.json:20001:1: the key \"k17\" is given twice");
}

TEST_CASE("half a million doubles read and write exactly", "[json]") {
  std::mt19937_64 bits(20160422);
  std::string text = "[0.0";
  std::vector<double> expected{0.0};
  for (int i = 0; i < 500000; ++i) {
    double x = std::bit_cast<double>(bits());  // every binade, subnormals included
    if (!std::isfinite(x)) x = 0.1 * i;
    // Seventeen digits always suffice; the C library converts them on the other side.
    char digits[40];
    std::snprintf(digits, sizeof digits, i % 2 == 0 ? "%.17e" : "%.16e", x);
    expected.push_back(std::strtod(digits, nullptr));
    text += std::string(",") + digits;
  }
  const json::Value value = json::parse(text + "]", "f");
  const json::Array& list = *value.if_array();
  REQUIRE(list.size() == expected.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < list.size(); ++i)
    different += std::bit_cast<std::uint64_t>(*list[i].if_double()) !=
                 std::bit_cast<std::uint64_t>(expected[i]);
  CHECK(different == 0);
  CHECK(json::parse(json::canonical(value), "again") == value);
}

TEST_CASE("numbers at the borders", "[json]") {
  const auto number = [](const char* text) { return *json::parse(text, "f").if_double(); };
  CHECK(number("1.7976931348623157e308") == 1.7976931348623157e308);
  CHECK(number("4.9e-324") == 4.9e-324);
  CHECK(number("0.1") == 0.1);
  CHECK(number("123456789012345678901234567890.0") == 123456789012345678901234567890.0);
  CHECK(std::signbit(number("-0.0")));
  CHECK(*json::parse("9223372036854775807", "f").if_int() == INT64_MAX);
  CHECK(*json::parse("-9223372036854775808", "f").if_int() == INT64_MIN);
  // A number too small for a double is refused like one too large: nothing is rounded in silence.
  CHECK(error_of("1e-400") == "f.json:1:1: the number 1e-400 is out of range");
}

TEST_CASE("what is no number is null", "[json]") {
  CHECK(json::number_or_null(-1.5) == json::Value(-1.5));
  for (const double none : {std::nan(""), HUGE_VAL, -HUGE_VAL})
    CHECK(json::number_or_null(none).is_null());
}

TEST_CASE("canonical text does not depend on the order of members and keeps types", "[json]") {
  const json::Value a =
      json::parse(R"({"b": 1, "a": [1.0, 1e22, -0.0, 0.1, true, null, "\u00e9"]})", "f");
  const json::Value b =
      json::parse(R"({ "a":[1.00,10000000000000000000000.0,-0e5,1e-1,true,null,"é"],"b":1})", "g");
  CHECK(json::canonical(a) == "{\"a\":[1.0,1e+22,-0.0,0.1,true,null,\"\xc3\xa9\"],\"b\":1}");
  CHECK(json::canonical(a) == json::canonical(b));
  CHECK(a == b);
  CHECK(json::parse(json::canonical(a), "c") == a);
  CHECK(json::parse(json::pretty(a), "d") == a);
  CHECK_FALSE(json::Value(1) == json::Value(1.0));
  CHECK(json::canonical(json::Value(1.0)) == "1.0");
  CHECK(json::canonical(json::Value(std::nan(""))) == "null");
  CHECK(json::canonical(json::Value(INFINITY)) == "null");
}

TEST_CASE("pretty text keeps short things on one line", "[json]") {
  json::Value value;
  value["list"] = json::Array{1, 2, 3};
  value["long"] = json::Array{std::string(60, 'x'), std::string(60, 'y')};
  CHECK(json::pretty(value) == "{\n  \"list\": [1, 2, 3],\n  \"long\": [\n    \"" +
                                   std::string(60, 'x') + "\",\n    \"" + std::string(60, 'y') +
                                   "\"\n  ]\n}\n");
}

TEST_CASE("quoting escapes and repairs", "[json]") {
  CHECK(json::quote("a\"\\\n\t\x01") == "\"a\\\"\\\\\\n\\t\\u0001\"");
  CHECK(json::quote("\xff") == "\"\xef\xbf\xbd\"");
  for (int c = 1; c < 256; ++c) {
    const std::string text = std::string(1, static_cast<char>(c)) + "x";
    CHECK_NOTHROW(json::parse(json::quote(text), "f"));
    if (c < 128) CHECK(*json::parse(json::quote(text), "f").if_string() == text);
  }
}

TEST_CASE("a file that is not there is named", "[json]") {
  CHECK_THROWS_WITH(json::parse_file("no/such.json"), "no/such.json: cannot be opened for reading");
  CHECK_THROWS_AS(json::parse_file("/"), UserError);
}
