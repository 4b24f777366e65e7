// `rlrun table` and `rlrun plot` on result folders that the store wrote.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "cli/options.hpp"
#include "commands.hpp"
#include "json/json.hpp"
#include "libcore/report/sample_results.hpp"
#include "store/store.hpp"

using namespace rlrun;
using namespace rlrun::samples;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(fs::temp_directory_path() / ("rlrun_report_" + std::to_string(::getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  [[nodiscard]] fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

struct Answer {
  int code = 0;
  std::string out, err;
};

// Runs a command in this process, with its outputs in files.
Answer rlrun_command(const TemporaryFolder& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "rlrun");
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  const fs::path out = folder / "stdout", err = folder / "stderr";
  std::cout.flush();
  std::fflush(nullptr);
  const int old_out = ::dup(1), old_err = ::dup(2);
  const int new_out = ::open(out.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
  const int new_err = ::open(err.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
  ::dup2(new_out, 1);
  ::dup2(new_err, 2);
  Answer answer;
  answer.code = cli::main(static_cast<int>(pointers.size()), pointers.data(),
                          {commands::table(), commands::plot()});
  std::cout.flush();
  std::fflush(nullptr);
  ::dup2(old_out, 1);
  ::dup2(old_err, 2);
  for (const int descriptor : {old_out, old_err, new_out, new_err}) ::close(descriptor);
  answer.out = content(out);
  answer.err = content(err);
  return answer;
}

// Commits the results as a sweep does.
void write_store(const fs::path& folder, const Results& results) {
  const Store store(folder);
  store.create();
  store.write_plan(json::Object{{"title", results.title}}, results.planned);
  for (const TrialRecord& record : results.trials) write_trial(store.trial_path(record.id), record);
  store.merge();
}

Results benchmark() {
  Results results = motley();
  results.problems.clear();
  add_seeds(results, "swimmer", "random", {-1.5, -1.7, -2.0, -1.9, -1.6});
  add_seeds(results, "swimmer", "cem", {68.8, 64.2, 71.0, 70.1, 66.6});
  add_seeds(results, "swimmer", "trpo", {96.1, 95.8, 96.3, 96.0, 95.9});
  add_seeds(results, "swimmer", "tnpg", {96.0, 95.9, 96.4, 96.2, 95.7});
  return results;
}

}  // namespace

TEST_CASE("the table of a folder is the table of its results") {
  const TemporaryFolder folder;
  const Results results = benchmark();
  const std::string store = (folder / "bench").string();
  write_store(store, results);
  for (const char* format : {"md", "latex", "csv", "html", "json"}) {
    const Answer answer = rlrun_command(folder, {"table", store, "--format", format});
    INFO(answer.err);
    CHECK(answer.code == 0);  // Failed trials are data.
    CHECK(answer.out == format_table(make_table({results}, {}), format));
  }
  for (const Score score : kAllScores) {
    if (is_evaluation(score)) {
      const Answer none = rlrun_command(folder, {"table", store, "--score", score_name(score)});
      CHECK(none.code == 2);
      CHECK(none.err.find("these results hold no evaluations") != std::string::npos);
      continue;
    }
    TableOptions options;
    options.score = score;
    options.holm = true;
    const Answer answer =
        rlrun_command(folder, {"table", store, "--json", "--holm", "--score", score_name(score)});
    CHECK(answer.out == format_table(make_table({results}, options), "json"));
  }
  const std::string file = (folder / "table.md").string();
  const Answer answer = rlrun_command(folder, {"table", store, "--output", file});
  CHECK((answer.code == 0 && answer.out.empty()));
  CHECK(content(file) == format_table(make_table({results}, {}), "md"));
}

TEST_CASE("two folders make one table") {
  const TemporaryFolder folder;
  Results a, b;
  add_seeds(a, "swimmer", "cem", {1, 2});
  add_seeds(b, "swimmer", "trpo", {1, 2});
  write_store(folder / "a", a);
  write_store(folder / "b", b);
  const Answer answer =
      rlrun_command(folder, {"table", (folder / "a").string(), (folder / "b").string(), "--json"});
  CHECK(answer.code == 0);
  CHECK(json::parse(answer.out, "table").find("cells")->if_array()->size() == 2);
}

TEST_CASE("a damaged or missing folder is exit code 5, and damage never becomes a number") {
  const TemporaryFolder folder;
  const fs::path store = folder / "bench";
  Results results;
  add_seeds(results, "swimmer", "cem", {10, 20, 30, 40, 50});
  add_seeds(results, "swimmer", "trpo", {11, 21, 31, 41, 51});
  write_store(store, results);
  fs::remove(store / "results.h5");
  const fs::path victim = Store(store).trial_path(results.trials[7].id);
  fs::resize_file(victim, fs::file_size(victim) / 2);

  const Answer answer = rlrun_command(folder, {"table", store.string(), "--json"});
  CHECK(answer.code == 5);
  CHECK(answer.err.find(victim.filename().string()) != std::string::npos);
  const json::Value table = json::parse(answer.out, "table");
  const json::Value& cell = table.find("cells")->if_array()->at(1);
  CHECK(*cell.find("n")->if_int() == 4);
  CHECK(*cell.find("n_missing")->if_int() == 1);
  CHECK_FALSE(*cell.find("bold")->if_bool());
  CHECK(*cell.find("bold_withheld")->if_bool());
  CHECK(*cell.find("mean")->if_double() == 31);

  CHECK(rlrun_command(folder, {"table", (folder / "nowhere").string()}).code == 5);
  CHECK(rlrun_command(folder, {"plot", (folder / "nowhere").string()}).code == 5);
}

TEST_CASE("wrong words on the command line are exit code 2") {
  const TemporaryFolder folder;
  const std::string store = (folder / "bench").string();
  write_store(store, benchmark());
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"table"},
        {"table", store, "--format", "pdf"},
        {"table", store, "--format", "csv", "--json"},
        {"table", store, "--score", "mean"},
        {"table", store, "--frmat", "md"},
        {"plot", store, "--x", "time"},
        {"plot", store, "--env", "humanoid"},
        {"plot", store, "--interval", "much"},
        {"plot", store, "--ylim", "5"},
        {"plot", store, "--ylim", "a:5"},
        {"plot", store, "--ylim", "5:1"},
        {"plot", store, "--smooth", "0"},
        {"plot", store, "--band", "sem"},
        {"plot", store, "--curve", "entropy"},
        {"plot", store, "--output", (folder / "curves.doc").string()}}) {
    const Answer answer = rlrun_command(folder, arguments);
    INFO(answer.err);
    CHECK(answer.code == 2);
    CHECK_FALSE(answer.err.empty());
    CHECK(answer.out.empty());
  }
  CHECK(rlrun_command(folder, {"table", store, "--against", "nothing.json"}).code == 3);
}

TEST_CASE("a plot of a folder lands in it") {
  const TemporaryFolder folder;
  const std::string store = (folder / "bench").string();
  write_store(store, benchmark());
  const Answer answer = rlrun_command(folder, {"plot", store, "--env", "swimmer"});
  INFO(answer.err);
  CHECK(answer.code == 0);
  CHECK(answer.out == store + "/curves.svg\n");
  CHECK(content(folder / "bench/curves.svg").find("swimmer") != std::string::npos);
}

TEST_CASE("a plot says to programs what it shows") {
  const TemporaryFolder folder;
  const std::string store = (folder / "bench").string();
  write_store(store, benchmark());
  const Answer answer =
      rlrun_command(folder, {"plot", store, "--env", "swimmer", "--json", "--band", "minmax",
                             "--ylim", ":200", "--smooth", "2", "--log-x"});
  INFO(answer.err);
  REQUIRE(answer.code == 0);
  const json::Value drawn = json::parse(answer.out, "plot");
  CHECK(*drawn.find("output") == json::Value(store + "/curves.svg"));
  CHECK(drawn.find("panels")->if_array()->at(0).find("lines")->if_array()->size() == 4);
  CHECK(content(folder / "bench/curves.gnuplot").find("set yrange [*:200]") != std::string::npos);
}

TEST_CASE("the documented recipe in Python finds the same table in results.h5") {
  const char* given = std::getenv("RLRUN_PYTHON");  // One with SciPy, say.
  const std::string python = given != nullptr ? given : "/usr/bin/python3";
  if (std::system((python + " -c 'import h5py' 2>/dev/null").c_str()) != 0) {
    WARN("not run: " << python << " has no h5py");
    return;
  }
  REQUIRE(std::getenv("RLRUN_SOURCE") != nullptr);
  const TemporaryFolder folder;
  const std::string store = (folder / "bench").string();
  write_store(store, benchmark());
  const std::string file = (folder / "table.json").string(), log = (folder / "log").string();
  REQUIRE(rlrun_command(folder, {"table", store, "--json", "--output", file}).code == 0);
  const std::string command = python + " " + std::getenv("RLRUN_SOURCE") +
                              "/tools/check_table.py " + store + "/results.h5 " + file + " >" +
                              log + " 2>&1";
  const int status = std::system(command.c_str());
  INFO(content(log));
  CHECK(status == 0);

  // The check itself notices a wrong digit.
  std::string table = content(file);
  const std::size_t at = table.find("68.14");
  REQUIRE(at != std::string::npos);
  table.replace(at, 5, "68.15");
  std::ofstream(file) << table;
  CHECK(std::system(command.c_str()) != 0);
  CHECK(content(log).find("mean is 68.15") != std::string::npos);
}
