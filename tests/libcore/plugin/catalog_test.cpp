#include "plugin/catalog.hpp"

#include <cstdlib>

#include <catch2/catch.hpp>

#include "rlrun/error.hpp"

#include "plugin/fields.hpp"
#include "support/process.hpp"

namespace {

using namespace rlrun;
namespace fs = std::filesystem;

Catalog zoo(const std::vector<std::string>& folders) {
  std::vector<fs::path> paths;
  for (const std::string& folder : folders) paths.push_back(process::bad_plugins() / folder);
  return Catalog::of_folders(paths);
}

/// The message of the UserError that `call` throws; its exit code must be kPlugin.
template <class Call>
std::string message_of(const Call& call) {
  try {
    static_cast<void>(call());
  } catch (const UserError& error) {
    CHECK(error.code() == ExitCode::kPlugin);
    return error.what();
  }
  FAIL("no error");
  return "";
}

/// With its defaults.
Choice task(Catalog& catalog, const std::string& name) {
  return {name, name, defaults(catalog.info(Kind::kEnv, name).schema)};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the catalogue knows names, files and built-in policies") {
  const Catalog catalog = zoo({"well_behaved", "no_manifest"});
  CHECK(catalog.files().size() == 2);
  CHECK(catalog.names(Kind::kEnv) == std::vector<std::string>{"tiny"});
  CHECK(catalog.names(Kind::kAlgorithm) == std::vector<std::string>{"tiny_search"});
  const auto policies = catalog.names(Kind::kPolicy);
  CHECK(std::find(policies.begin(), policies.end(), "gaussian_mlp") != policies.end());
  CHECK(std::is_sorted(policies.begin(), policies.end()));
  CHECK(catalog.find(Kind::kEnv, "tiny")->name == "well_behaved");
  CHECK(catalog.find(Kind::kPolicy, "gaussian_mlp") == nullptr);
}

TEST_CASE("an unknown name is answered with a suggestion and the known names") {
  const Catalog catalog = zoo({"well_behaved"});
  CHECK(message_of([&] { return catalog.find(Kind::kEnv, "tinny"); }) ==
        "unknown env 'tinny'; did you mean 'tiny'? known: tiny");
  CHECK(message_of([&] { return catalog.find(Kind::kEnv, "hopper"); }) ==
        "unknown env 'hopper'; known: tiny (plugins are also found through RLRUN_PLUGIN_PATH and "
        "--plugin-path)");
  CHECK(message_of([&] { return catalog.find(Kind::kAlgorithm, "tiny"); }) ==
        "algorithm 'tiny' does not exist; there is env 'tiny'");
  CHECK(contains(message_of([] { return Catalog::of_folders({}).find(Kind::kEnv, "x"); }),
                 "known: none"));
}

TEST_CASE("a name that two files offer is an error naming both, and no other name suffers") {
  const Catalog catalog = zoo({"duplicate_name", "well_behaved"});
  const std::string message = message_of([&] { return catalog.find(Kind::kEnv, "twin"); });
  CHECK(contains(message, "duplicate_name_a.so"));
  CHECK(contains(message, "duplicate_name_b.so"));
  CHECK(catalog.find(Kind::kEnv, "only_a")->name == "duplicate_name_a");
  CHECK(catalog.find(Kind::kEnv, "tiny") != nullptr);
}

TEST_CASE("a file that is found twice is one plugin") {
  CHECK(zoo({"well_behaved", "well_behaved"}).files().size() == 1);
  const process::Scratch folder;
  fs::create_symlink(process::bad_plugins() / "well_behaved" / "well_behaved.so",
                     folder.path / "link.so");
  const Catalog catalog =
      Catalog::of_folders({process::bad_plugins() / "well_behaved", folder.path});
  CHECK(catalog.files().size() == 1);
}

TEST_CASE("a refused plugin gives its reason to whoever asks for what it offers") {
  const std::string message =
      message_of([] { return zoo({"wrong_abi"}).find(Kind::kEnv, "wrong_abi"); });
  CHECK(contains(message, "env 'wrong_abi': "));
  CHECK(contains(message, "wrong_abi.so is built for 'rlrun-0"));
}

TEST_CASE("no code of a plugin runs before it is asked for, and none of a refused one ever") {
  const process::Scratch folder;
  const fs::path mark = folder.path / "mark";
  setenv("RLRUN_TEST_MARKER", mark.c_str(), 1);
  Catalog catalog = zoo({"writes_file_in_constructor", "wrong_abi"});
  CHECK(catalog.find(Kind::kEnv, "writes_file_in_constructor") != nullptr);
  CHECK(catalog.names(Kind::kEnv).size() == 1);
  CHECK_THROWS_AS(catalog.info(Kind::kEnv, "wrong_abi"), UserError);
  CHECK_FALSE(fs::exists(mark));
  catalog.info(Kind::kEnv, "writes_file_in_constructor");
  CHECK(fs::exists(mark));  // the mark works
  unsetenv("RLRUN_TEST_MARKER");
}

TEST_CASE("a child process tells what an entry declares") {
  Catalog catalog = zoo({"well_behaved"});
  const EntryInfo& env = catalog.info(Kind::kEnv, "tiny");
  CHECK(env.summary == "A task that misbehaves as its name says.");
  CHECK(env.plugin == "well_behaved");
  CHECK(env.version == "1.2.3");
  REQUIRE(env.schema.size() == 1);
  CHECK(env.schema[0].name == "after");
  CHECK(env.schema[0].type == "int");
  CHECK(env.schema[0].default_value == "30");
  CHECK(env.schema[0].range.low == 0);
  CHECK(std::isinf(env.schema[0].range.high));
  CHECK(&catalog.info(Kind::kEnv, "tiny") == &env);

  const EntryInfo& algorithm = catalog.info(Kind::kAlgorithm, "tiny_search");
  CHECK(algorithm.policy_kind == "policy");
  CHECK(algorithm.default_policy == "gaussian_mlp");
  CHECK(algorithm.schema.size() == 2);

  const EntryInfo& policy = catalog.info(Kind::kPolicy, "gaussian_mlp");
  CHECK(policy.path.empty());
  CHECK_FALSE(policy.schema.empty());

  const json::Value facts = catalog.env_facts(task(catalog, "tiny"));
  CHECK(*facts.find("horizon") == json::Value(20));
  CHECK(*facts.find("observation")->find("size") == json::Value(2));
  CHECK(*facts.find("action")->find("low") == json::Value(-1.0));
}

TEST_CASE("a plugin that is wrong when loaded is named, with what it did") {
  struct Case {
    std::string name, part;
  };
  const std::vector<Case> cases = {
      {"throws_in_register", "the drawer is stuck"},
      {"throws_int_in_register", "no std::exception"},
      {"segfaults_in_register", "crashed with SIGSEGV"},
      {"exits_in_register", "called exit(0) while it registered"},
      {"aborts_in_constructor", "crashed with SIGABRT (aborted) while loading it"},
      {"throws_in_declaration", "the form is missing while it declared the parameters"},
      {"registers_unlisted", "registers env 'stowaway', which its manifest does not list"},
      {"lists_unregistered", "lists algorithm 'lists_unregistered', which it does not register"},
      {"no_register_function", "exports no rlrun_plugin_register"},
      {"missing_symbol", "rlrun_test_function_that_nobody_has"},
      {"changes_folder_at_load", "changes the working folder"},
      {"changes_locale_at_load", "changes the locale"},
      {"changes_rounding_at_load", "changes the "},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    Catalog catalog = zoo({c.name});
    const std::string message =
        message_of([&]() -> auto& { return catalog.info(Kind::kEnv, c.name); });
    INFO(message);
    CHECK(contains(message, c.name + ".so: "));
    CHECK(contains(message, c.part));
    CHECK_FALSE(contains(message, "\n"));
  }
  CHECK(fs::current_path() != "/");
}

TEST_CASE("a plugin that hangs is ended at the time limit") {
  for (const char* name : {"hangs_in_register", "hangs_in_constructor"}) {
    Catalog catalog = zoo({name});
    catalog.set_time_limit(std::chrono::milliseconds(300));
    const std::string message =
        message_of([&]() -> auto& { return catalog.info(Kind::kEnv, name); });
    CHECK(contains(message, "did not end within 0.3 s while"));
  }
  Catalog catalog = zoo({"misbehaving_envs"});
  const Choice hangs = task(catalog, "hangs_in_make");
  catalog.set_time_limit(std::chrono::milliseconds(300));
  CHECK(contains(message_of([&] { return catalog.env_facts(hangs); }),
                 "did not end within 0.3 s while it made an instance of env 'hangs_in_make'"));
}

TEST_CASE("an environment that cannot be made does not hide its declaration") {
  Catalog catalog = zoo({"misbehaving_envs"});
  CHECK(catalog.info(Kind::kEnv, "throws_in_make").schema.size() == 1);
  CHECK(contains(message_of([&] { return catalog.env_facts(task(catalog, "throws_in_make")); }),
                 "no parts in the box"));
}

TEST_CASE("the search path has the given folders first and never the current folder") {
  const process::Scratch first, second, data;
  fs::create_directories(data.path / "rlrun" / "plugins");
  const std::string variable = ":" + second.path.string() + "::/no/such/folder";
  setenv("RLRUN_PLUGIN_PATH", variable.c_str(), 1);
  setenv("XDG_DATA_HOME", data.path.c_str(), 1);
  auto folders = Catalog::search_path({first.path});
  REQUIRE(folders.size() >= 3);
  CHECK(folders[0] == fs::canonical(first.path));
  CHECK(folders[1] == fs::canonical(second.path));
  CHECK(folders[2] == fs::canonical(data.path / "rlrun" / "plugins"));
  CHECK(std::find(folders.begin(), folders.end(), fs::current_path()) == folders.end());
  // The XDG specification has relative values ignored.
  setenv("XDG_DATA_HOME", "relative", 1);
  folders = Catalog::search_path({});
  CHECK(folders[0] == fs::canonical(second.path));
  unsetenv("RLRUN_PLUGIN_PATH");
  unsetenv("XDG_DATA_HOME");
}
