// From an installation to a plugin built outside the tree that sweeps.

#include <catch2/catch.hpp>

#include "json/json.hpp"
#include "support/process.hpp"

namespace {

namespace fs = std::filesystem;
using Outcome = process::Result;
using process::run_command;

void require_success(const Outcome& outcome) {
  INFO(outcome.out);
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
}

}  // namespace

TEST_CASE("what `rlrun new` writes builds against the installed package, loads and sweeps") {
  const process::Scratch temporary;
  const fs::path& folder = temporary.path;
  const std::string prefix = (folder / "prefix").string();
  require_success(
      run_command({"cmake", "--install", process::build_folder().string(), "--prefix", prefix}));
  const std::string program = prefix + "/bin/rlrun";

  // The installed program finds its library and plugins without help.
  const Outcome installed = run_command({program, "list"}, {}, "/");
  require_success(installed);
  CHECK(installed.out.find("cartpole_balancing") != std::string::npos);
  CHECK(installed.out.find("refused") == std::string::npos);

  for (const std::string kind : {"algorithm", "env", "wrapper"}) {
    const std::string name = "my_" + kind;
    require_success(run_command({program, "new", kind, name}, {}, folder));
    const Outcome again = run_command({program, "new", kind, name}, {}, folder);
    CHECK(again.code == 2);
    CHECK(again.err == "rlrun: " + name + " exists and is not empty; nothing was written\n");

    require_success(run_command({"cmake", "-G", "Ninja", "-S", name, "-B", name + "/build",
                                 "-DCMAKE_PREFIX_PATH=" + prefix},
                                {}, folder));
    require_success(run_command({"cmake", "--build", name + "/build"}, {}, folder));
    const std::string plugins = name + "/build/lib/rlrun/plugins";

    const Outcome list = run_command({program, "list", "--plugin-path", plugins}, {}, folder);
    require_success(list);
    CHECK(list.out.find(name + " 0.1.0") != std::string::npos);
    require_success(run_command({program, "check", name, "--plugin-path", plugins}, {}, folder));

    const Outcome sweep = run_command(
        {program, "sweep", name + "/" + name + ".json", "--plugin-path", plugins, "--results",
         name + "/results", "--set", "budget.iterations=3", "--set", "seeds=[1]"},
        {}, folder);
    require_success(sweep);
    const Outcome table =
        run_command({program, "table", name + "/results", "--format", "json"}, {}, folder);
    require_success(table);
    const auto answer = rlrun::json::parse(table.out, "table");
    REQUIRE(answer.find("cells")->if_array()->size() == 2);
    for (const auto& cell : *answer.find("cells")->if_array())
      CHECK(*cell.find("n") == rlrun::json::Value(1));
  }
}
