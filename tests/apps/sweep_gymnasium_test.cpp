// Sweeps over tasks in Python: what one does is its own trial's outcome, and no Python is left.

#include <cmath>
#include <functional>
#include <map>

#include <catch2/catch.hpp>

#include "store/store.hpp"
#include "support/python.hpp"
#include "sweep.hpp"

using namespace rlrun;
using support::python_is_there;

namespace {

// One of tests/python. The tag shows in the command line of its processes.
std::string own(const std::string& name, const std::string& tag) {
  return R"({"name": "gymnasium", "label": ")" + name + R"(", "params": {"id": "rlrun_test/)" +
         name + R"(-v0", "module": "rlrun_test_tasks", "kwargs": {"tag": ")" + tag + R"("}}})";
}

std::string experiment(const std::string& envs, const std::string& budget,
                       const std::string& algorithm) {
  return R"({"format": 1, "seeds": [1], "envs": [)" + envs + R"(], "budget": )" + budget +
         R"(, "algorithms": [)" + algorithm + "]}";
}

const std::string kForever = R"({"iterations": 100000})";
const std::string kPpo = R"({"name": "ppo", "params": {"n_envs": 3, "rollout_steps": 16,
  "minibatch_size": 16, "epochs": 1}})";

// Processes of Python with the tag that have not ended.
std::vector<pid_t> pythons(const std::string& tag) {
  std::vector<pid_t> found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (process::read_file(entry.path() / "cmdline").find("\"tag\":\"" + tag) != std::string::npos)
      found.push_back(static_cast<pid_t>(std::stol(name)));
  }
  return found;
}

// With patience for a busy machine.
bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 6000; ++i) {
    if (condition()) return true;
    process::sleep_ms(10);
  }
  return false;
}

// Those that serve a task: copies of one that was started by rlrun, whose number is lower.
std::vector<pid_t> tasks(const std::string& tag) {
  std::vector<pid_t> served;
  const std::vector<pid_t> all = pythons(tag);
  for (const pid_t pid : all) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string number, name, state;
    pid_t parent = 0;
    stat >> number >> name >> state >> parent;
    if (std::find(all.begin(), all.end(), parent) != all.end()) served.push_back(pid);
  }
  return served;
}

std::string tag_of(const process::Sweep& sweep) {
  return sweep.scratch().filename();
}

}  // namespace

TEST_CASE("a task that fails in Python is its own trial's outcome", "[gymnasium]") {
  if (!python_is_there()) return;
  process::Sweep sweep("");
  const std::string tag = tag_of(sweep);
  sweep.set_experiment(experiment(own("Raises", tag) + "," + own("Dies", tag) + "," +
                                      own("Speaks", tag) + "," + own("GivesUp", tag),
                                  R"({"steps": 96})", kPpo));
  const process::Result result = sweep.run();
  INFO(result.err);
  CHECK(result.code == 1);
  CHECK(result.out.empty());
  const Results results = read_results(sweep.results(), {.episodes = true});
  REQUIRE(results.trials.size() == 4);
  for (const TrialRecord& trial : results.trials) {
    INFO(trial.label << ": " << trial.cause.message);
    const std::string log = process::read_file(sweep.results() / "logs" / (trial.id + ".log"));
    if (trial.label.find("Raises") != std::string::npos) {
      CHECK(trial.cause.message.find("ValueError: the shoe is untied (rlrun_test_tasks.py, line") !=
            std::string::npos);
      CHECK(log.find("Traceback (most recent call last)") != std::string::npos);
    } else if (trial.label.find("Dies") != std::string::npos) {
      CHECK(trial.cause.message == "the Python process of the task was ended by SIGKILL");
    } else {
      CHECK(trial.status == TrialStatus::kComplete);
    }
    if (trial.label.find("GivesUp") != std::string::npos) {
      CHECK(trial.episodes.lengths.size() > 20);
      for (const std::int32_t length : trial.episodes.lengths) CHECK(length <= 4);
    }
    if (trial.label.find("Speaks") != std::string::npos)
      CHECK(log.find("a step\n") != std::string::npos);
  }
  CHECK(eventually([&] { return pythons(tag).empty(); }));
}

TEST_CASE("a Python process that is killed costs its trial and no other", "[gymnasium]") {
  if (!python_is_there()) return;
  process::Sweep sweep("");
  const std::string tag = tag_of(sweep);
  sweep.set_experiment(experiment(own("Walk", tag + "-a") + "," + own("GivesUp", tag + "-b"),
                                  R"({"steps": 6000})", kPpo));
  process::Child child(sweep.command({"--jobs", "2", "--threads", "1"}), sweep.scratch());
  // The first to play is the second's victim's neighbour; either may be quick.
  REQUIRE(eventually([&] { return tasks(tag + "-a").size() >= 3 || !child.running(); }));
  const std::vector<pid_t> victims = tasks(tag + "-a");
  REQUIRE_FALSE(victims.empty());
  kill(victims.back(), SIGKILL);
  const process::Result result = child.wait();
  INFO(result.err);
  CHECK(result.code == 1);
  const Results results = read_results(sweep.results());
  REQUIRE(results.trials.size() == 2);
  for (const TrialRecord& trial : results.trials) {
    INFO(trial.label << ": " << trial.cause.message);
    const bool victim = trial.label.find("Walk") != std::string::npos;
    CHECK(trial.status == (victim ? TrialStatus::kFailed : TrialStatus::kComplete));
    if (victim) CHECK(trial.cause.message.find("was ended by SIGKILL") != std::string::npos);
  }
  CHECK(eventually([&] { return pythons(tag).empty(); }));
}

TEST_CASE("no Python is left, however rlrun ends", "[gymnasium]") {
  if (!python_is_there()) return;
  enum class End { kInterrupt, kKillSweep, kKillWorker };
  for (const End end : {End::kInterrupt, End::kKillSweep, End::kKillWorker})
    for (const char* task : {"Walk", "Hangs"}) {
      process::Sweep sweep("");
      const std::string tag = tag_of(sweep);
      sweep.set_experiment(experiment(own(task, tag), kForever, kPpo));
      process::Child child(sweep.command({"--jobs", "1", "--grace", "1"}), sweep.scratch());
      INFO(task << " " << static_cast<int>(end));
      REQUIRE(eventually([&] {
        return std::filesystem::exists(sweep.results() / "journal") && tasks(tag).size() == 3;
      }));
      if (end == End::kInterrupt) kill(child.pid(), SIGINT);
      if (end == End::kKillSweep) kill(child.pid(), SIGKILL);
      if (end == End::kKillWorker) {
        // The parent of the Python that makes the tasks.
        pid_t worker = 0;
        std::string word;
        for (const pid_t pid : pythons(tag)) {
          std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
          pid_t parent = 0;
          stat >> word >> word >> word >> parent;
          if (process::read_file("/proc/" + std::to_string(parent) + "/cmdline").find("\"tag\"") ==
              std::string::npos)
            worker = parent;
        }
        REQUIRE(worker > 1);
        kill(worker, SIGKILL);
      }
      child.wait();
      CHECK(eventually([&] { return pythons(tag).empty(); }));
    }
}

TEST_CASE("a task that cannot be played refuses the sweep", "[gymnasium]") {
  if (!python_is_there()) return;
  const process::Sweep sweep(experiment(own("Misspelt", "-"), kForever, kPpo));
  const process::Result result = sweep.run();
  INFO(result.err);
  CHECK(result.code == 3);
  CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
  CHECK(result.err.find("Misspelt") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(sweep.results()));
}

TEST_CASE("threads and interruptions change nothing of a Python trial", "[gymnasium]") {
  if (!python_is_there()) return;
  const std::string text = experiment(
      R"({"name": "gymnasium", "params": {"id": "CartPole-v1"}})", R"({"iterations": 12})",
      kPpo + R"(, {"name": "random", "params": {"batch_steps": 100}})");
  const process::Sweep one(text), two(text);
  REQUIRE(one.run({"--threads", "1"}).code == 0);
  {
    process::Child child(two.command({"--threads", "2", "--checkpoint", "0"}), two.scratch());
    const auto checkpoints = [&] {
      std::error_code none;
      return std::filesystem::directory_iterator(two.results() / "checkpoints", none) !=
             std::filesystem::directory_iterator();
    };
    REQUIRE(eventually([&] { return checkpoints() || !child.running(); }));
    kill(child.pid(), SIGKILL);
    child.wait();
  }
  const process::Result rest = two.run({"--threads", "2"});
  INFO(rest.err);
  CHECK(rest.code == 0);
  CHECK(one.digest() == two.digest());
}

TEST_CASE("random actions are worth in Python what they are worth in C++", "[gymnasium]") {
  if (!python_is_there()) return;
  const auto both = [](const std::string& id) {
    return R"("gym/)" + id + R"(", {"name": "gymnasium", "label": ")" + id +
           R"(", "params": {"id": ")" + id + "\"}}";
  };
  const process::Sweep sweep(experiment(both("CartPole-v1") + "," + both("Pendulum-v1"),
                                        R"({"steps": 12000})", R"({"name": "random"})"));
  const process::Result result = sweep.run();
  INFO(result.err);
  REQUIRE(result.code == 0);
  struct Mean {
    double mean = 0, squared_error = 0;
  };
  std::map<std::string, Mean> means;
  for (const TrialRecord& trial : read_results(sweep.results(), {.episodes = true}).trials) {
    const auto& returns = trial.episodes.returns;
    const auto n = static_cast<double>(returns.size());
    Mean& m = means[trial.label];
    for (const double r : returns) m.mean += r / n;
    for (const double r : returns) m.squared_error += std::pow(r - m.mean, 2) / (n - 1) / n;
  }
  for (const std::string id : {"CartPole-v1", "Pendulum-v1"}) {
    const Mean ours = means.at("random/gym/" + id + "/seed=1");
    const Mean python = means.at("random/" + id + "/seed=1");
    INFO(id << ": " << ours.mean << ", in Python " << python.mean);
    CHECK(std::abs(ours.mean - python.mean) <
          3 * std::sqrt(ours.squared_error + python.squared_error));
  }
}
