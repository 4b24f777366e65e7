// What a user sees who makes a mistake.

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

#include "experiment/experiment.hpp"
#include "fake_info.hpp"

using namespace rlrun;

namespace {

std::string error_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
  try {
    parse_experiment(text, "e.json", overrides, fake::info);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

// A valid file on lines of its own, with one line replaced.
std::string with(const std::string& key, const std::string& line) {
  std::string text = "{\n";
  const std::vector<std::pair<std::string, std::string>> lines = {
      {"format", "\"format\": 1"},
      {"seeds", "\"seeds\": [1]"},
      {"budget", "\"budget\": {\"iterations\": 3}"},
      {"envs", "\"envs\": [\"hopper\", \"swimmer\"]"},
      {"algorithms", "\"algorithms\": [{\"name\": \"trpo\"}]"}};
  for (const auto& [name, content] : lines) {
    if (name == key && line.empty()) continue;
    if (name != "format") text += ",\n";
    text += name == key ? line : content;
  }
  return text + "\n}";
}

std::string algorithm(const std::string& members) {
  return error_of(with("algorithms", R"("algorithms": [{"name": "trpo", )" + members + "}]"));
}

}  // namespace

TEST_CASE("the file around the tests is valid", "[experiment]") {
  CHECK(error_of(with("", "")) == "no error");
}

TEST_CASE("what is wrong with a wrapper is said where it stands", "[experiment]") {
  const auto envs = [](const std::string& members) {
    return error_of(with("envs", R"("envs": [{"name": "hopper", )" + members + "}]"));
  };
  CHECK(envs(R"("with": ["sensor_nois"])") ==
        "e.json:5:38: /envs/0/with/0: unknown name 'sensor_nois'; did you mean 'sensor_noise'?  "
        "known: frame_stack sensor_noise");
  CHECK(envs(R"("with": [{"name": "sensor_noise", "params": {"sdt": 1}}])")
            .find("/envs/0/with/0/params: unknown parameter 'sdt' of sensor_noise; did you mean "
                  "'std'?") != std::string::npos);
  CHECK(envs(R"("with": ["frame_stack", "frame_stack"])")
            .find("/envs/0/with/1: a second wrapper 'frame_stack' around one task; keep one") !=
        std::string::npos);
  CHECK(envs(R"("with": ["frame_stack"], "grid": {"with.sensor_noise.std": [1, 2]})")
            .find("no wrapper 'sensor_noise' around hopper in 'with';  known: frame_stack") !=
        std::string::npos);
  CHECK(envs(R"("with": [{"name": "frame_stack", "params": {"depth": 2}}],
                "grid": {"with.frame_stack.depth": [1, 2]})")
            .find("'with.frame_stack.depth' is swept here and fixed in 'with'; keep one") !=
        std::string::npos);
  CHECK(envs(R"("with": "frame_stack")").find("/envs/0/with: expected a list, not text") !=
        std::string::npos);
  CHECK(envs(R"("with": [{"name": "frame_stack", "label": "x"}])").find("unknown key 'label'") !=
        std::string::npos);
  CHECK(envs(R"("params": {"with.frame_stack.depth": 2})")
            .find(R"(it is written as "envs": [{"name": ..., "with": [)") != std::string::npos);
}

TEST_CASE("a name that belongs elsewhere, or that others use, is answered with ours",
          "[experiment]") {
  CHECK(algorithm(R"("params": {"policy.hidden": [32]})") ==
        "e.json:6:44: /algorithms/0/params: unknown parameter 'policy.hidden' of trpo; it is "
        "written as \"policy\": {\"params\": {\"hidden\": ...}}");
  CHECK(algorithm(R"("params": {"env.horizon": 3})") ==
        "e.json:6:44: /algorithms/0/params: unknown parameter 'env.horizon' of trpo; it is written "
        "as \"envs\": [{\"name\": ..., \"params\": {\"horizon\": ...}}]");
  CHECK(algorithm(R"("params": {"delta": 0.1})") ==
        "e.json:6:44: /algorithms/0/params: unknown parameter 'delta' of trpo; did you mean "
        "'max_kl'?");
  CHECK(error_of(with("envs", R"("envs": ["Hopper-v4"])")).find("did you mean 'gym/Hopper-v4'?") !=
        std::string::npos);
}

TEST_CASE("messages name place, value and what would be right", "[experiment]") {
  CHECK(algorithm(R"("params": {"max_kll": 1})") ==
        "e.json:6:44: /algorithms/0/params: unknown parameter 'max_kll' of trpo; did you mean "
        "'max_kl'?  "
        "known: batch_steps max_kl whiten");
  CHECK(algorithm(R"("parms": {})") ==
        "e.json:6:33: /algorithms/0: unknown key 'parms'; did you mean 'params'?  "
        "known: budget grid label linked name params per_env policy");
  CHECK(algorithm(R"("params": {"max_kl": 0})") ==
        "e.json:6:54: /algorithms/0/params/max_kl: max_kl = 0 must be more than 0");
  CHECK(algorithm(R"("params": {"batch_steps": "many"})") ==
        "e.json:6:59: /algorithms/0/params/batch_steps: batch_steps = \"many\": expected a whole "
        "number, not text");
  CHECK(algorithm(R"("grid": {"max_kl": []})") ==
        "e.json:6:52: /algorithms/0/grid/max_kl: an empty list sweeps nothing; give values or "
        "leave 'max_kl' out");
  CHECK(algorithm(R"("grid": {"max_kl": [0.1, 0.10]})") ==
        "e.json:6:58: /algorithms/0/grid/max_kl/1: the same value is listed twice");
  CHECK(algorithm(R"("grid": {"max_kl": 0.1})") ==
        "e.json:6:52: /algorithms/0/grid/max_kl: expected a list, not number 0.1");
  CHECK(algorithm(R"("linked": [{"max_kl": [1, 2], "batch_steps": [1]}])") ==
        "e.json:6:78: /algorithms/0/linked/0/batch_steps: linked values need lists of one length: "
        "'max_kl' has 2, 'batch_steps' has 1");
  CHECK(algorithm(R"("params": {"max_kl": 1}, "grid": {"max_kl": [1, 2]})") ==
        "e.json:6:77: /algorithms/0/grid/max_kl: 'max_kl' is swept here and fixed in 'params'; "
        "keep one");
  CHECK(algorithm(R"("per_env": {"swimer": {}})") ==
        "e.json:6:45: /algorithms/0/per_env: no task 'swimer' in this experiment; did you mean "
        "'swimmer'?  "
        "known: hopper swimmer");
  CHECK(algorithm(R"("grid": {"env.noise": [0, 1]})") ==
        "e.json:6:42: /algorithms/0/grid/env.noise: unknown parameter 'noise' of swimmer;  known: "
        "horizon");
  CHECK(algorithm(R"("policy": "gausian_mlp")") ==
        "e.json:6:43: /algorithms/0/policy: unknown name 'gausian_mlp'; did you mean "
        "'gaussian_mlp'?  "
        "known: categorical_mlp gaussian_mlp uniform");
  CHECK(error_of(with("seeds", "\"seeds\": [1, -2]")) ==
        "e.json:3:14: /seeds/1: -2 must be at least 0");
  CHECK(error_of(with("seeds", "\"seeds\": [1, 2, 1]")) ==
        "e.json:3:17: /seeds/2: seed 1 is listed twice");
  CHECK(error_of(with("budget", "\"budget\": {\"iterations\": 1, \"steps\": 2}")) ==
        "e.json:4:11: /budget: a budget is either {\"iterations\": N} or {\"steps\": N}");
  const auto evaluation = [](const std::string& text) {
    return error_of(with("seeds", "\"seeds\": [1], \"evaluation\": " + text));
  };
  CHECK(evaluation("{\"every\": -1}") == "e.json:3:39: /evaluation/every: -1 must be at least 0");
  CHECK(evaluation("{\"every\": 5000, \"episodes\": 0}") ==
        "e.json:3:57: /evaluation/episodes: 0 must be at least 1");
  CHECK(evaluation("{\"every\": 0.5}") ==
        "e.json:3:39: /evaluation/every: expected a whole number, not number 0.5");
  CHECK(evaluation("{\"episodes\": 5}") == "e.json:3:29: /evaluation: 'every' is missing");
  CHECK(evaluation("{\"evry\": 5}") ==
        "e.json:3:30: /evaluation: unknown key 'evry'; did you mean 'every'?  known: episodes "
        "every");
  CHECK(evaluation("5000") ==
        "e.json:3:29: /evaluation: expected an object, not whole number 5000");
  CHECK(error_of(with("budget", "")) ==
        "e.json:5:16: /algorithms/0: no budget for 'trpo' on 'hopper'; give the experiment or the "
        "algorithm one, such as {\"iterations\": 500}");
  CHECK(error_of(with("envs", "\"envs\": [\"hoper\"]")) ==
        "e.json:5:10: /envs/0: unknown name 'hoper'; did you mean 'hopper'?  known: gym/Hopper-v4 "
        "hopper swimmer");
  CHECK(
      error_of(with("envs", "\"envs\": [\"../../etc\"]")) ==
      "e.json:5:10: /envs/0: task name \"../../etc\" has a part that starts with a dot or a dash");
  CHECK(error_of(with("envs", "\"envs\": [\"hopper\", {\"name\": \"hopper\"}]")) ==
        "e.json:5:20: /envs/1: a second task with the label 'hopper'; give it a label of its own");
  CHECK(error_of(with("format", "\"format\": 2")) ==
        "e.json:2:11: /format: this rlrun reads format 1");
  CHECK(error_of(with("format", "\"format\": 1, \"format\": 1")) ==
        "e.json:2:14: the key \"format\" is given twice");
  CHECK(error_of(with("seeds", "")) == "e.json:1:1: 'seeds' is missing");
  CHECK(error_of("[]") == "e.json:1:1: expected an object, not list");
}

TEST_CASE("two ways to one trial are refused", "[experiment]") {
  CHECK(
      error_of(with(
          "algorithms",
          R"("algorithms": [{"name": "trpo"}, {"name": "trpo", "label": "T", "grid": {"max_kl": [0.01, 0.02]}}])")) ==
      "e.json:6:34: /algorithms/1: the trial T/hopper/max_kl=0.01/seed=1 is the same as "
      "trpo/hopper/seed=1: "
      "both have the same parameters in the end; remove one");
}

TEST_CASE("impossible grids are refused before they are expanded", "[experiment]") {
  std::string list = "[1";
  for (int i = 2; i <= 1000; ++i) list += "," + std::to_string(i);
  list += "]";
  CHECK(algorithm("\"grid\": {\"max_kl\": " + list + ", \"batch_steps\": " + list + "}")
            .find("more than 100000 trials") != std::string::npos);
  CHECK(algorithm("\"grid\": {\"max_kl\": " + list + ", \"batch_steps\": " + list +
                  ", \"env.horizon\": " + list + ", \"policy.activation\": [\"tanh\", \"relu\"]}")
            .find("more than 100000 trials") != std::string::npos);
  CHECK(error_of(with("seeds", "\"seeds\": {\"count\": 9223372036854775807}"))
            .find("more than the 100000 trials") != std::string::npos);
  CHECK(error_of(with("seeds", "\"seeds\": {\"count\": 2, \"base\": 9223372036854775806}"))
            .find("63 bits") != std::string::npos);
  CHECK(error_of(with("seeds", "\"seeds\": {\"count\": 90000}")).find("more than 100000 trials") !=
        std::string::npos);
}

TEST_CASE("overrides reach every place by name, label or index", "[experiment]") {
  const std::string text = with(
      "algorithms", R"("algorithms": [{"name": "trpo", "label": "TRPO 0.1"}, {"name": "cem"}])");
  const auto first = [&](const std::vector<std::string>& overrides) {
    return parse_experiment(text, "e.json", overrides, fake::info).trials.front();
  };
  CHECK(*first({"algorithms.TRPO 0.1.params.max_kl=0.3"}).algorithm.params.find("max_kl") ==
        json::Value(0.3));
  CHECK(*first({"algorithms.trpo.params.max_kl=0.3"}).algorithm.params.find("max_kl") ==
        json::Value(0.3));
  CHECK(*first({"algorithms.0.params.max_kl=0.3"}).algorithm.params.find("max_kl") ==
        json::Value(0.3));
  CHECK(first({"algorithms.0.grid.policy.hidden=[[3],[4]]"}).setting == "policy.hidden=[3]");
  CHECK(*first({"envs.hopper.params.noise=1"}).env.params.find("noise") == json::Value(1.0));
  CHECK(*first({"envs.0.params.noise=1"}).env.params.find("noise") == json::Value(1.0));
  CHECK(*first({"algorithms.0.per_env.hopper.params.max_kl=2"}).algorithm.params.find("max_kl") ==
        json::Value(2.0));
  CHECK(first({"algorithms.0.per_env.hopper.budget.steps=2"}).budget.steps == 2);
  CHECK(first({"algorithms.0.policy=gaussian_mlp", "algorithms.0.policy.params.hidden=[2]"})
            .policy.name == "gaussian_mlp");
  CHECK(first({"budget.steps=50"}).budget.steps == 50);
  CHECK(first({"budget={\"steps\": 50}"}).budget.steps == 50);
  CHECK(first({"seeds=[4]"}).seed == 4);
  CHECK(first({"seeds.0=4"}).seed == 4);
  CHECK(first({"seeds.count=2", "seeds.base=8"}).seed == 8);
  CHECK(parse_experiment(text, "e.json", {"title=A new title"}, fake::info).title == "A new title");
  CHECK(first({"x-note=why"}).seed == 1);
  // The source that is stored has them.
  CHECK(*parse_experiment(text, "e.json", {"seeds=[4]"}, fake::info).source.find("seeds") ==
        json::parse("[4]", ""));
}

TEST_CASE("wrong overrides say so", "[experiment]") {
  const std::string text = with("", "");
  const auto error = [&](const std::string& setting) { return error_of(text, {setting}); };
  CHECK(error("algorithms.trop.params.max_kl=1") ==
        "setting 'algorithms.trop.params.max_kl=1': unknown algorithm 'trop'; did you mean 'trpo'? "
        " known: trpo");
  CHECK(error("algoritms.trpo.params.max_kl=1") ==
        "setting 'algoritms.trpo.params.max_kl=1': unknown key 'algoritms' below the experiment; "
        "did you mean "
        "'algorithms'?  known: algorithms budget envs evaluation format policy seeds title");
  CHECK(error("algorithms.0.params.max_kll=1") ==
        "e.json: /algorithms/0/params (as set on the command line): unknown parameter 'max_kll' of "
        "trpo; "
        "did you mean 'max_kl'?  known: batch_steps max_kl whiten");
  CHECK(error("algorithms.0.params.max_kl=-1") ==
        "e.json: /algorithms/0/params/max_kl (as set on the command line): max_kl = -1 must be "
        "more than 0");
  CHECK(error("algorithms.7.params.max_kl=1") ==
        "setting 'algorithms.7.params.max_kl=1': 'algorithms' has no element '7'; it has 1, "
        "counted from 0");
  CHECK(error("title.x=1") == "setting 'title.x=1': 'title' has nothing below it");
  CHECK(error("seeds") == "setting 'seeds': expected KEY=VALUE");
  CHECK(error("=1") == "setting '=1': expected KEY=VALUE");
  CHECK(error("seeds=[1") == "setting 'seeds=[1':1:3: the text ends before the value is complete");
  for (const char* setting :
       {"seeds.=1", ".=1", "algorithms.=1", "algorithms.0.=1", "algorithms.0.params.=1", "a..b=1",
        "envs.hopper.horizon=3", "seeds.x=1", "seeds.99999999999=1", "budget.x=1", "policy.x=1",
        "algorithms.0.linked.0.max_kl=[1]", "algorithms.trpo=1", "envs=1", "algorithms={}"})
    CHECK(error(setting) != "no error");
}
