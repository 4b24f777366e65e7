#include "experiment/experiment.hpp"

#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

#include "fake_info.hpp"
#include "plugin/names.hpp"

using namespace rlrun;

namespace {

Experiment parsed(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return parse_experiment(text, "e.json", overrides, fake::info);
}

// A whole file around the part that a test is about.
std::string with_algorithms(const std::string& algorithms) {
  return R"({"format": 1, "seeds": [1], "budget": {"iterations": 3}, "envs": ["hopper", "swimmer"], "algorithms": )" +
         algorithms + "}";
}

std::vector<std::string> labels(const Experiment& experiment) {
  std::vector<std::string> all;
  for (const Trial& trial : experiment.trials) all.push_back(trial.label());
  return all;
}

const char* const kSmall =
    R"({"format": 1, "seeds": [1, 2], "budget": {"iterations": 3}, "envs": ["hopper"], "algorithms": [{"name": "trpo"}]})";

}  // namespace

TEST_CASE("defaults are filled in", "[experiment]") {
  const Experiment experiment = parsed(kSmall);
  CHECK(experiment.name == "e");
  CHECK(experiment.title == "e");
  REQUIRE(experiment.trials.size() == 2);
  const Trial& trial = experiment.trials[1];
  CHECK(trial.seed == 2);
  CHECK(trial.budget.iterations == 3);
  CHECK(trial.budget.steps == 0);
  CHECK(trial.policy.name == "gaussian_mlp");
  CHECK(json::canonical(trial.algorithm.params) ==
        R"({"batch_steps":50000,"max_kl":0.01,"whiten":true})");
  CHECK(json::canonical(trial.policy.params) == R"({"activation":"tanh","hidden":[100,50,25]})");
  CHECK(json::canonical(trial.env.params) == R"({"horizon":500,"noise":0.0})");
  CHECK(trial.label() == "trpo/hopper/seed=2");
}

TEST_CASE("evaluations are part of what a trial is, and nothing where there are none",
          "[experiment]") {
  const auto small_with = [](const std::string& evaluation) {
    return std::string(R"({"format": 1, "seeds": [1], "budget": {"iterations": 3}, )") +
           evaluation + R"("envs": ["hopper"], "algorithms": [{"name": "trpo"}]})";
  };
  const Trial plain = parsed(small_with("")).trials[0];
  CHECK(plain.evaluation.every == 0);
  CHECK(plain.config().find("evaluation") == nullptr);
  const Trial off = parsed(small_with(R"("evaluation": {"every": 0, "episodes": 3}, )")).trials[0];
  CHECK(off.id() == plain.id());
  CHECK(json::canonical(off.config()) == json::canonical(plain.config()));

  const Trial on = parsed(small_with(R"("evaluation": {"every": 5e3}, )")).trials[0];
  CHECK(on.evaluation.every == 5000);
  CHECK(on.evaluation.episodes == 10);
  CHECK(on.id() != plain.id());
  const Trial back = Trial::from_config(on.config());
  CHECK(back.id() == on.id());
  CHECK(json::canonical(back.config()) == json::canonical(on.config()));

  const Trial set =
      parsed(small_with(""), {"evaluation.every=5000", "evaluation.episodes=10"}).trials[0];
  CHECK(set.id() == on.id());
  const Trial unset =
      parsed(small_with(R"("evaluation": {"every": 5}, )"), {"evaluation.every=0"}).trials[0];
  CHECK(unset.id() == plain.id());
}

TEST_CASE("wrappers are part of what a trial is, and nothing where there are none",
          "[experiment]") {
  const auto with = [](const std::string& members) {
    return R"({"format": 1, "seeds": [1], "budget": {"iterations": 3},
      "envs": [{"name": "hopper")" +
           members + R"(}], "algorithms": [{"name": "trpo"}]})";
  };
  const Trial plain = parsed(with("")).trials[0];
  CHECK(plain.id() == parsed(with(R"(, "with": [])")).trials[0].id());
  CHECK(plain.config().find("env")->find("with") == nullptr);

  const Trial noisy =
      parsed(with(R"(, "with": [{"name": "sensor_noise", "params": {"std": 1}}, "frame_stack"])"))
          .trials[0];
  CHECK(noisy.label() == "trpo/hopper+sensor_noise+frame_stack/seed=1");
  CHECK(json::canonical(*noisy.config().find("env")->find("with")) ==
        R"([{"name":"sensor_noise","params":{"dropout":0.0,"std":1.0}},)"
        R"({"name":"frame_stack","params":{"depth":4}}])");
  CHECK(noisy.id() != plain.id());
  const Trial back = Trial::from_config(noisy.config());
  CHECK(back.id() == noisy.id());
  CHECK(json::canonical(back.config()) == json::canonical(noisy.config()));
  CHECK_FALSE(differ_in_seed_alone(plain, noisy));
  CHECK(differ_in_seed_alone(noisy, noisy));

  // Their order matters, a label does not.
  const auto id = [&](const std::string& members) { return parsed(with(members)).trials[0].id(); };
  CHECK(id(R"(, "with": ["frame_stack", {"name": "sensor_noise", "params": {"std": 1}}])") !=
        noisy.id());
  CHECK(id(R"(, "label": "blurred", "with": [{"name": "sensor_noise", "params": {"std": 1}},
              "frame_stack"])") == noisy.id());
  CHECK(parsed(with(R"(, "label": "blurred", "with": ["frame_stack"])")).trials[0].label() ==
        "trpo/blurred/seed=1");
}

TEST_CASE("a grid of a task or an algorithm reaches the wrappers", "[experiment]") {
  const std::string envs = R"({"format": 1, "seeds": [1], "budget": {"iterations": 3}, "envs": [
    {"name": "hopper", "with": ["sensor_noise", {"name": "frame_stack", "params": {"depth": 2}}])";
  const Experiment of_task = parsed(envs + R"(, "grid": {"with.sensor_noise.std": [0, 1]}}],
                     "algorithms": [{"name": "trpo"}]})");
  CHECK(labels(of_task) ==
        std::vector<std::string>{
            "trpo/hopper+sensor_noise+frame_stack with.sensor_noise.std=0/seed=1",
            "trpo/hopper+sensor_noise+frame_stack with.sensor_noise.std=1/seed=1"});
  CHECK(*of_task.trials[1].env.with[0].params.find("std") == json::Value(1.0));
  CHECK(*of_task.trials[1].env.with[1].params.find("depth") == json::Value(2));

  const Experiment of_algorithm =
      parsed(envs + R"(}], "algorithms": [{"name": "trpo", "linked": [{"max_kl": [0.1, 0.2],
                     "with.frame_stack.depth": [3, 5]}]}]})");
  REQUIRE(of_algorithm.trials.size() == 2);
  CHECK(of_algorithm.trials[1].setting == "max_kl=0.2, with.frame_stack.depth=5");
  CHECK(*of_algorithm.trials[1].env.with[1].params.find("depth") == json::Value(5));
  CHECK(of_algorithm.trials[0].id() != of_algorithm.trials[1].id());
}

TEST_CASE("wrappers can be set from the command line", "[experiment]") {
  const Trial set = parsed(kSmall, {R"(envs.hopper.with=["sensor_noise"])",
                                    "envs.hopper.with.sensor_noise.params.std=0.5"})
                        .trials[0];
  REQUIRE(set.env.with.size() == 1);
  CHECK(*set.env.with[0].params.find("std") == json::Value(0.5));

  const Trial run = make_trial("hopper", "trpo", "", {"with.sensor_noise.std=0.5"}, set.budget, 1,
                               fake::info, {"sensor_noise"});
  CHECK(run.id() == set.id());
  CHECK(run.env.label == "hopper+sensor_noise");
  const Choice choice = make_choice(Kind::kEnv, "hopper", {"noise=2", "with.sensor_noise.std=3"},
                                    fake::info, {"frame_stack", "sensor_noise"});
  CHECK(*choice.params.find("noise") == json::Value(2.0));
  CHECK(*choice.with[1].params.find("std") == json::Value(3.0));
  CHECK(choice.label == "hopper+frame_stack+sensor_noise");
}

TEST_CASE("trials come as algorithms x settings x envs x seeds", "[experiment]") {
  const Experiment experiment = parsed(R"({
    "format": 1, "title": "T", "seeds": {"count": 2, "base": 5}, "budget": {"steps": 1e6},
    "envs": ["hopper", {"name": "swimmer", "label": "swim"}],
    "algorithms": [{"name": "trpo", "grid": {"max_kl": [0.05, 1]}}, {"name": "random", "label": "Random"}]})");
  CHECK(experiment.title == "T");
  CHECK(labels(experiment) ==
        std::vector<std::string>{"trpo/hopper/max_kl=0.05/seed=5", "trpo/hopper/max_kl=0.05/seed=6",
                                 "trpo/swim/max_kl=0.05/seed=5", "trpo/swim/max_kl=0.05/seed=6",
                                 "trpo/hopper/max_kl=1/seed=5", "trpo/hopper/max_kl=1/seed=6",
                                 "trpo/swim/max_kl=1/seed=5", "trpo/swim/max_kl=1/seed=6",
                                 "Random/hopper/seed=5", "Random/hopper/seed=6",
                                 "Random/swim/seed=5", "Random/swim/seed=6"});
  CHECK(experiment.trials[0].budget.steps == 1000000);
  CHECK(experiment.trials[8].policy.name == "uniform");
}

TEST_CASE("linked values move together and reach policy and task", "[experiment]") {
  const Experiment experiment = parsed(with_algorithms(
      R"([{"name": "trpo", "grid": {"policy.hidden": [[32], [64, 64]]},
           "linked": [{"max_kl": [0.1, 0.2], "env.horizon": [100, 200]}]}])"));
  REQUIRE(experiment.trials.size() == 8);
  const Trial& last = experiment.trials[6];  // the fourth setting on the first task
  CHECK(last.setting == "policy.hidden=[64,64], max_kl=0.2, env.horizon=200");
  CHECK(*last.policy.params.find("hidden") == json::parse("[64, 64]", ""));
  CHECK(*last.env.params.find("horizon") == json::Value(200));
  CHECK(*last.algorithm.params.find("max_kl") == json::Value(0.2));
  CHECK(experiment.trials[2].setting == "policy.hidden=[32], max_kl=0.2, env.horizon=200");
}

TEST_CASE("a task swept by its own grid is several tasks", "[experiment]") {
  const Experiment experiment = parsed(
      R"({"format": 1, "seeds": [1], "budget": {"iterations": 3},
          "envs": [{"name": "hopper", "params": {"horizon": 100}, "grid": {"noise": [0, 0.5]}}],
          "algorithms": [{"name": "random"}]})");
  CHECK(labels(experiment) ==
        std::vector<std::string>{"random/hopper noise=0/seed=1", "random/hopper noise=0.5/seed=1"});
  CHECK(*experiment.trials[1].env.params.find("horizon") == json::Value(100));
}

TEST_CASE("a task may have its own parameters, grid, policy and budget", "[experiment]") {
  const Experiment experiment = parsed(with_algorithms(
      R"([{"name": "trpo", "params": {"batch_steps": 10}, "grid": {"max_kl": [0.1, 0.2]},
           "policy": {"params": {"hidden": [8]}},
           "per_env": {"swimmer": {"params": {"max_kl": 0.5, "whiten": false}, "budget": {"steps": 77},
                                   "policy": {"params": {"activation": "relu"}}},
                       "hopper": {"grid": {"batch_steps": [20, 30]}}}}])"));
  CHECK(labels(experiment) ==
        std::vector<std::string>{"trpo/hopper/max_kl=0.1, batch_steps=20/seed=1",
                                 "trpo/swimmer/seed=1",
                                 "trpo/hopper/max_kl=0.1, batch_steps=30/seed=1",
                                 "trpo/hopper/max_kl=0.2, batch_steps=20/seed=1",
                                 "trpo/hopper/max_kl=0.2, batch_steps=30/seed=1"});
  const Trial& swimmer = experiment.trials[1];
  CHECK(json::canonical(swimmer.algorithm.params) ==
        R"({"batch_steps":10,"max_kl":0.5,"whiten":false})");
  CHECK(json::canonical(swimmer.policy.params) == R"({"activation":"relu","hidden":[8]})");
  CHECK(swimmer.budget.steps == 77);
  CHECK(experiment.trials[0].budget.iterations == 3);
  CHECK(json::canonical(experiment.trials[0].policy.params) ==
        R"({"activation":"tanh","hidden":[8]})");
}

TEST_CASE("a list of tasks can be cut short", "[experiment]") {
  const std::string text =
      with_algorithms(R"([{"name": "trpo", "per_env": {"swimmer": {"params": {"max_kl": 0.5}}}}])");
  CHECK(labels(parsed(text, {"envs=[\"hopper\"]"})) ==
        std::vector<std::string>{"trpo/hopper/seed=1"});
}

TEST_CASE("the experiment's policy is for all, an algorithm's own starts afresh", "[experiment]") {
  const Experiment experiment = parsed(
      R"({"format": 1, "seeds": [1], "budget": {"iterations": 3}, "envs": ["hopper"],
          "policy": {"name": "gaussian_mlp", "params": {"hidden": [7]}},
          "algorithms": [{"name": "trpo"}, {"name": "random", "policy": "uniform"},
                         {"name": "cem", "policy": {"name": "gaussian_mlp"}}]})");
  CHECK(json::canonical(experiment.trials[0].policy.params) ==
        R"({"activation":"tanh","hidden":[7]})");
  CHECK(experiment.trials[1].policy.name == "uniform");
  CHECK(json::canonical(experiment.trials[2].policy.params) ==
        R"({"activation":"tanh","hidden":[100,50,25]})");
}

TEST_CASE("identity depends on the content alone", "[experiment]") {
  const Trial trial = parsed(kSmall).trials[0];
  CHECK(trial.id().size() == 16);
  CHECK(trial.id().find_first_not_of("0123456789abcdef") == std::string::npos);
  // The order of the file, labels, titles, notes and the rest of the sweep do not matter.
  const Experiment other = parsed(
      R"({"algorithms": [{"name": "cem"}, {"label": "TRPO", "params": {"max_kl": 1e-2}, "name": "trpo"}],
          "envs": ["swimmer", {"label": "H", "name": "hopper"}], "seeds": [9, 1], "title": "?",
          "x-note": [], "budget": {"iterations": 3}, "format": 1})");
  const auto same = std::count_if(other.trials.begin(), other.trials.end(),
                                  [&](const Trial& t) { return t.id() == trial.id(); });
  CHECK(same == 1);
  // Anything else does.
  std::set<std::string> ids = {trial.id()};
  for (const char* change :
       {"seeds=[3]", "budget.iterations=4", "budget.steps=3", "envs.hopper.params.noise=1",
        "envs.0=swimmer", "algorithms.trpo.params.max_kl=0.02",
        "algorithms.trpo.policy.params.hidden=[1]", "algorithms.trpo.policy=uniform"})
    CHECK(ids.insert(parsed(kSmall, {change}).trials[0].id()).second);
  // How far it goes is no part of its course.
  CHECK(parsed(kSmall, {"budget.iterations=4"}).trials[0].course() == trial.course());
  CHECK(parsed(kSmall, {"seeds=[3]"}).trials[0].course() != trial.course());
}

TEST_CASE("many trials are hashed as each of them is", "[experiment]") {
  const std::vector<Trial> trials =
      parsed(
          with_algorithms(R"([{"name": "trpo", "grid": {"max_kl": [0.1, 0.2]}}, {"name": "cem"}])"),
          {"seeds=[1, 2, 3]"})
          .trials;
  REQUIRE(trials.size() == 18);
  const std::vector<std::string> ids = ids_of(trials), courses = courses_of(trials);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    CHECK(ids[i] == trials[i].id());
    CHECK(courses[i] == trials[i].course());
  }
}

TEST_CASE("a configuration is read back as it was", "[experiment]") {
  for (const Trial& trial :
       parsed(with_algorithms(
                  R"([{"name": "trpo", "grid": {"max_kl": [0.1, 0.2]}}, {"name": "cem"}])"))
           .trials) {
    const Trial back = Trial::from_config(json::parse(json::canonical(trial.config()), "c"));
    CHECK(back.id() == trial.id());
    CHECK(back.label() == trial.label());
    CHECK(back.config() == trial.config());
  }
  CHECK_THROWS_AS(Trial::from_config(json::parse("{}", "c")), UserError);
  CHECK_THROWS_AS(Trial::from_config(json::parse("[]", "c")), UserError);
}

TEST_CASE("the work of a plan is in its trials: declarations are asked for once each",
          "[experiment]") {
  const auto plan = [](int settings, int seeds) {
    std::string values = "[0.001";
    for (int i = 1; i < settings; ++i) values += ", " + std::to_string(0.001 * (i + 1));
    int asked = 0;
    const Experiment experiment = parse_experiment(
        R"({"format": 1, "seeds": {"count": )" + std::to_string(seeds) +
            R"(}, "budget": {"iterations": 3}, "envs": ["hopper", "swimmer"],
            "algorithms": [{"name": "trpo", "grid": {"max_kl": )" +
            values + "]}}]}",
        "plan.json", {}, [&](Kind kind, const std::string& name) -> const EntryInfo& {
          ++asked;
          return fake::info(kind, name);
        });
    std::set<std::string> ids;
    for (const Trial& trial : experiment.trials) ids.insert(trial.id());
    CHECK(ids.size() == static_cast<std::size_t>(2 * settings * seeds));
    return asked;
  };
  CHECK(plan(100, 50) == 4);  // two tasks, an algorithm and its policy
  CHECK(plan(1, 1) == 4);
}

TEST_CASE("one trial from the command line", "[experiment]") {
  const Trial trial =
      make_trial("hopper", "trpo", "", {"max_kl=0.1", "env.noise=2", "policy.activation=relu"},
                 {.steps = 1000}, 7, fake::info);
  CHECK(trial.label() == "trpo/hopper/max_kl=0.1, env.noise=2, policy.activation=relu/seed=7");
  CHECK(*trial.env.params.find("noise") == json::Value(2.0));
  CHECK(*trial.policy.params.find("activation") == json::Value("relu"));
  // The same trial as one of a file.
  const Experiment file =
      parsed(kSmall, {"budget.steps=1000", "seeds=[7]", "envs.hopper.params.noise=2",
                      "algorithms.0.params.max_kl=0.1", "policy.params.activation=relu"});
  CHECK(trial.id() == file.trials[0].id());
  const auto make = [](const std::string& setting) {
    return make_trial("hopper", "trpo", "", {setting}, {.steps = 1}, 7, fake::info);
  };
  CHECK_THROWS_WITH(
      make("max_kll=1"),
      "setting 'max_kll=1': unknown parameter 'max_kll' of trpo; did you mean 'max_kl'?  "
      "known: batch_steps max_kl whiten");
  CHECK_THROWS_WITH(make("env.horizon=0"),
                    "setting 'env.horizon=0': horizon = 0 must be at least 1");
  CHECK_THROWS_WITH(make("max_kl"), "setting 'max_kl': expected KEY=VALUE");
  CHECK_THROWS_AS(make_trial("hopper", "trpo", "", {}, {}, 7, fake::info), UserError);
  CHECK_THROWS_AS(make_trial("../x", "trpo", "", {}, {.steps = 1}, 7, fake::info), UserError);
}

TEST_CASE("the policy fits the task unless one is named", "[experiment]") {
  int asked = 0;
  const InfoSource info(fake::info, [&](const std::vector<Choice>& envs) {
    ++asked;
    std::vector<std::string> types;
    for (const Choice& env : envs)
      types.emplace_back(env.name == "hopper"    ? "discrete"
                         : env.name == "swimmer" ? "multi_discrete"
                                                 : "box");
    return types;
  });
  const auto policies = [&](const std::string& env, const std::string& rest,
                            const std::string& algorithms = R"(["trpo", "cem", "random"])") {
    std::vector<std::string> names;
    for (const Trial& trial :
         parse_experiment(R"({"format": 1, "seeds": [1], "budget": {"iterations": 3}, "envs": [")" +
                              env + R"("], "algorithms": )" + algorithms + rest + "}",
                          "e.json", {}, info)
             .trials)
      names.push_back(trial.policy.name + json::canonical(trial.policy.params));
    return names;
  };
  using Names = std::vector<std::string>;
  const std::string categorical = R"(categorical_mlp{"hidden":[64]})";
  CHECK(policies("hopper", "") == Names{categorical, categorical, "uniform{}"});
  CHECK(policies("gym/Hopper-v4", "")[0].starts_with("gaussian_mlp{"));
  CHECK(policies("hopper", R"(, "policy": "uniform")")[0] == "uniform{}");
  CHECK(policies("hopper", R"(, "policy": {"params": {"hidden": [8]}})", R"(["trpo"])")[0] ==
        R"(categorical_mlp{"hidden":[8]})");
  // One question for all tasks and all settings of their grids.
  asked = 0;
  const Experiment grid = parse_experiment(
      R"({"format": 1, "seeds": [1], "budget": {"iterations": 3}, "algorithms": ["trpo", "cem"],
          "envs": ["gym/Hopper-v4", {"name": "hopper", "grid": {"horizon": [1, 2, 3, 4]}}]})",
      "e.json", {}, info);
  CHECK(asked == 1);
  CHECK(grid.trials.front().policy.name == "gaussian_mlp");
  CHECK(grid.trials.back().policy.name == "categorical_mlp");
  CHECK_THROWS_WITH(policies("swimmer", ""),
                    Catch::Contains("/algorithms/0: 'swimmer' takes several choices at once") &&
                        Catch::Contains("name a policy with 'policy'"));
  CHECK(
      make_trial("hopper", "trpo", "", {"policy.hidden=[4]"}, {.steps = 1}, 7, info).policy.name ==
      "categorical_mlp");
}

TEST_CASE("names stay inside their folder", "[experiment]") {
  for (const char* good : {"hopper", "gym/Hopper-v4", "a.b", "A_1"})
    CHECK_NOTHROW(check_name(good, "name"));
  for (const char* bad : {"", ".", "..", "../x", "a/../b", "/a", "a/", "a//b", ".a", "-a", "a/-b",
                          "a b", "a\nb", "a..b", "\xc3\xa9", "a\\b", "a:b"})
    CHECK_THROWS_AS(check_name(bad, "name"), UserError);
  CHECK_THROWS_AS(check_name(std::string(101, 'a'), "name"), UserError);
  CHECK_THROWS_WITH(check_name("../x", "task"),
                    "task \"../x\" has a part that starts with a dot or a dash");
  for (const char* good : {"my file",
                           "\xc3\xbc"
                           "bung",
                           "a+b"})
    CHECK(parse_experiment(kSmall, std::string("dir/") + good + ".json", {}, fake::info).name ==
          good);
  for (const char* bad :
       {"dir/.json", "dir/..json", "dir/-a.json", "dir/ a.json", "dir/a\nb.json", "dir/\xff.json"})
    CHECK_THROWS_AS(parse_experiment(kSmall, bad, {}, fake::info), UserError);
}
