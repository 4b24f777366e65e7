// The schema for editors says what the parser says.

#include <cstdlib>
#include <filesystem>
#include <set>

#include <catch2/catch.hpp>

#include "experiment/experiment.hpp"
#include "experiment/format.hpp"
#include "fake_info.hpp"
#include "json_schema.hpp"

using namespace rlrun;

namespace {

std::filesystem::path experiments() {
  const char* source = std::getenv("RLRUN_SOURCE");
  REQUIRE(source != nullptr);
  return std::filesystem::path(source) / "experiments";
}

json::Value schema_file() {
  return json::parse_file((experiments() / "experiment.schema.json").string());
}

}  // namespace

TEST_CASE("schema and parser know the same keys", "[experiment]") {
  const json::Value file = schema_file();
  const test::JsonSchema schema(file);
  for (const experiment::Part part : experiment::kParts) {
    INFO(experiment::part_name(part));
    const json::Value& definition = schema.definition(experiment::part_name(part));
    std::set<std::string> described, known, required, needed;
    for (const auto& member : *definition.find("properties")->if_object())
      described.insert(member.first);
    if (part == experiment::Part::kExperiment) CHECK(described.erase("$schema") == 1);
    if (const json::Value* list = definition.find("required"))
      for (const json::Value& key : *list->if_array()) required.insert(*key.if_string());
    for (const experiment::Key& key : experiment::keys_of(part)) {
      known.insert(key.name);
      if (key.required) needed.insert(key.name);
    }
    CHECK(described == known);
    CHECK(required == needed);
    CHECK_FALSE(*definition.find("additionalProperties")->if_bool());
    CHECK(definition.find("patternProperties")->find("^x-") != nullptr);
  }
}

TEST_CASE("the shipped experiments are valid by the schema", "[experiment]") {
  const json::Value file = schema_file();
  const test::JsonSchema schema(file);
  int n = 0;
  for (const auto& entry : std::filesystem::directory_iterator(experiments())) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".json" || name == "experiment.schema.json" ||
        name == "duan_table1.json" || name.starts_with("published_"))
      continue;
    INFO(name);
    CHECK(schema.problem(json::parse_file(entry.path().string())) == "");
    ++n;
  }
  CHECK(n >= 6);
}

TEST_CASE("schema and parser agree on what is wrong in structure", "[experiment]") {
  const json::Value file = schema_file();
  const test::JsonSchema schema(file);
  const auto with = [](const std::string& rest) {
    return R"({"format": 1, "seeds": [1], "budget": {"iterations": 3}, "envs": ["hopper"], )" +
           rest + "}";
  };
  const std::string one = R"("algorithms": [{"name": "trpo"}])";
  const auto algorithm = [&](const std::string& rest) {
    return with(R"("algorithms": [{"name": "trpo")" + rest + "}]");
  };
  const auto accepted = [](const std::string& text) {
    try {
      parse_experiment(text, "e.json", {}, fake::info);
      return true;
    } catch (const UserError&) {
      return false;
    }
  };
  for (const std::string& text :
       {algorithm(""), with(R"("algorithms": ["trpo", {"name": "cem"}])"),
        algorithm(R"(, "x-a": {"b": 1})"), algorithm(R"(, "grid": {"max_kl": [1]})"),
        algorithm(R"(, "linked": [{"max_kl": [1], "whiten": [true]}])"),
        algorithm(R"(, "policy": "uniform")"),
        algorithm(R"(, "policy": {"params": {"hidden": [3]}})"),
        algorithm(R"(, "budget": {"steps": 1e6})"),
        with(R"("evaluation": {"every": 5e3, "episodes": 10}, )" + one),
        with(R"("evaluation": {"every": 0, "x-why": 1}, )" + one),
        algorithm(R"(, "per_env": {"hopper": {"params": {"max_kl": 1}, "x-why": 1}})")}) {
    INFO(text);
    CHECK(accepted(text));
    CHECK(schema.problem(json::parse(text, "e")) == "");
  }
  for (const std::string& text : {std::string("[]"),
                                  std::string("{}"),
                                  algorithm(R"(, "parms": {})"),
                                  algorithm(R"(, "params": [])"),
                                  algorithm(R"(, "grid": {"max_kl": 1})"),
                                  algorithm(R"(, "grid": {"max_kl": []})"),
                                  algorithm(R"(, "linked": {})"),
                                  algorithm(R"(, "policy": 3)"),
                                  algorithm(R"(, "policy": {"nam": "x"})"),
                                  algorithm(R"(, "budget": {})"),
                                  algorithm(R"(, "budget": {"steps": 1, "iterations": 1})"),
                                  algorithm(R"(, "budget": {"steps": 0})"),
                                  algorithm(R"(, "budget": {"steps": 1.5})"),
                                  algorithm(R"(, "per_env": [])"),
                                  algorithm(R"(, "per_env": {"hopper": {"name": "x"}})"),
                                  algorithm(R"(, "label": "")"),
                                  algorithm(R"(, "label": 1)"),
                                  algorithm(R"(, "params": {"max_kl": null})"),
                                  with(R"("evaluation": {"episodes": 5}, )" + one),
                                  with(R"("evaluation": {"every": -1}, )" + one),
                                  with(R"("evaluation": {"every": 1, "episodes": 0}, )" + one),
                                  with(R"("evaluation": {"every": 1.5}, )" + one),
                                  with(R"("evaluation": [], )" + one),
                                  with(R"("algorithms": [])"),
                                  with(R"("algorithms": ["../x"])"),
                                  with(R"("algorithms": [{}])"),
                                  with(R"("algorithms": [{"name": "../x"}])"),
                                  with(R"("algorithms": [{"name": ""}])")}) {
    INFO(text);
    CHECK_FALSE(accepted(text));
    CHECK(schema.problem(json::parse(text, "e")) != "");
  }
}
