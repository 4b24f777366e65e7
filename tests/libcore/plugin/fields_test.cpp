#include "plugin/fields.hpp"

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

#include "plugin/catalog.hpp"

using namespace rlrun;

namespace {

struct Params {
  bool whiten = true;
  std::int64_t population = 100;
  double elite_fraction = 0.1;
  std::string activation = "tanh";
  std::vector<std::int64_t> hidden = {32, 32};
  JsonObject arguments;

  void fields(Fields& f) {
    f("whiten", whiten, "Whether advantages are centred.");
    f("population", population, "Candidates.", at_least(2));
    f("elite_fraction", elite_fraction, "Share that refits the model.", between(0, 1));
    f("activation", activation, "Nonlinearity.", {"tanh", "relu"});
    f("hidden", hidden, "Widths.", at_least(1));
    f("arguments", arguments, "Of somebody else.");
  }
};

Schema schema_of_params() {
  SchemaCollector collector;
  Params{}.fields(collector);
  return collector.schema;
}

json::Value check(const std::string& name, const std::string& value) {
  for (const FieldInfo& field : schema_of_params())
    if (field.name == name) return check_param(field, json::parse(value, "f"));
  throw std::logic_error("no such field");
}

}  // namespace

TEST_CASE("a declaration becomes a schema", "[fields]") {
  const Schema schema = schema_of_params();
  REQUIRE(schema.size() == 6);
  CHECK(schema[0].type == "bool");
  CHECK(schema[1].type == "int");
  CHECK(schema[1].default_value == "100");
  CHECK(schema[1].range.low == 2);
  CHECK(schema[2].type == "number");
  CHECK(schema[2].doc == "Share that refits the model.");
  CHECK(schema[3].default_value == "\"tanh\"");
  CHECK(schema[3].choices == std::vector<std::string>{"tanh", "relu"});
  CHECK(schema[4].default_value == "[32,32]");
  CHECK(schema[5].type == "object");
  CHECK(
      json::canonical(defaults(schema)) ==
      R"({"activation":"tanh","arguments":{},"elite_fraction":0.1,"hidden":[32,32],"population":100,"whiten":true})");
}

TEST_CASE("what is written comes back", "[fields]") {
  const json::Value given = json::parse(
      R"({"whiten": false, "population": 7, "elite_fraction": 0.5, "activation": "relu", "hidden": [],
          "arguments": {"b": {"d": [1, 1.0], "c": null}, "a": "x"}})",
      "f");
  JsonReader reader(given);
  Params params;
  params.fields(reader);
  CHECK_FALSE(params.whiten);
  CHECK(params.population == 7);
  CHECK(params.elite_fraction == 0.5);
  CHECK(params.activation == "relu");
  CHECK(params.hidden.empty());
  CHECK(params.arguments.text == R"({"a":"x","b":{"c":null,"d":[1,1.0]}})");
}

TEST_CASE("an incomplete configuration is refused", "[fields]") {
  const json::Value given = json::parse(R"({"whiten": false})", "f");
  JsonReader reader(given);
  Params params;
  CHECK_THROWS_WITH(params.fields(reader), Catch::Contains("'population' is missing"));
}

TEST_CASE("values get the declared type", "[fields]") {
  CHECK(check("elite_fraction", "1") == json::Value(1.0));
  CHECK(check("population", "1e2") == json::Value(100));
  CHECK(check("hidden", "[1e2, 7]") == json::parse("[100, 7]", "f"));
}

TEST_CASE("wrong values say what would be right", "[fields]") {
  CHECK_THROWS_WITH(check("elite_fraction", "1.5"), "elite_fraction = 1.5 is outside [0, 1]");
  CHECK_THROWS_WITH(check("population", "1"), "population = 1 must be at least 2");
  CHECK_THROWS_WITH(check("population", "2.5"),
                    "population = 2.5: expected a whole number, not a number");
  CHECK_THROWS_WITH(check("population", "\"many\""),
                    "population = \"many\": expected a whole number, not text");
  CHECK_THROWS_WITH(check("elite_fraction", "null"),
                    "elite_fraction = null: expected a number, not null");
  CHECK_THROWS_WITH(check("whiten", "1"), "whiten = 1: expected true or false, not a whole number");
  CHECK_THROWS_WITH(check("activation", "\"tahn\""),
                    "activation = \"tahn\" is not one of: tanh relu; did you mean 'tanh'?");
  CHECK_THROWS_WITH(check("arguments", "[32]"), "arguments = [32]: expected an object, not a list");
  CHECK_THROWS_WITH(check("hidden", "[32, 0]"), "hidden = [32,0] must be at least 1");
  CHECK_THROWS_WITH(check("hidden", "32"),
                    "hidden = 32: expected a list of whole numbers, not a whole number");
  CHECK_THROWS_WITH(check("elite_fraction", "9007199254740993"), Catch::Contains("not exact"));
}

TEST_CASE("wrong declarations are the plugin's mistake", "[fields]") {
  const auto declare = [](const char* name, double value, const char* doc, Range range) {
    SchemaCollector collector;
    collector(name, value, doc, range);
    collector("step", value, "Step size.", Range{});
  };
  CHECK_NOTHROW(declare("x", 1, "Doc.", more_than(0)));
  CHECK_THROWS_WITH(declare("step", 1, "Doc.", {}), "parameter 'step' is declared twice");
  CHECK_THROWS_WITH(declare("Step", 1, "Doc.", {}), Catch::Contains("snake_case"));
  CHECK_THROWS_WITH(declare("x", 1, "", {}), Catch::Contains("without documentation"));
  CHECK_THROWS_WITH(declare("x", 0, "Doc.", more_than(0)),
                    "parameter 'x' is declared with a wrong default: x = 0.0 must be more than 0");
  CHECK_THROWS_WITH(declare("x", INFINITY, "Doc.", {}), Catch::Contains("finite"));
  try {
    declare("x", 0, "Doc.", more_than(0));
  } catch (const UserError& error) {
    CHECK(error.code() == ExitCode::kPlugin);
  }
}

TEST_CASE("the nearest name is near", "[fields]") {
  const std::vector<std::string> known = {"population", "elite_fraction", "discount"};
  CHECK(nearest_name("populaton", known) == "population");
  CHECK(nearest_name("dicsount", known) == "discount");
  CHECK(nearest_name("batch_size", known).empty());
  CHECK(nearest_name("", known).empty());
  CHECK(nearest_name(std::string(100000, 'p'), known).empty());
}
