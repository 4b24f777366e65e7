#pragma once
// An experiment in a folder of its own, swept from outside.

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "support/process.hpp"

namespace process {

class Sweep {
 public:
  explicit Sweep(const std::string& experiment) { set_experiment(experiment); }
  void set_experiment(const std::string& text) { write(file(), text); }

  [[nodiscard]] std::filesystem::path file() const { return folder_.path / "experiment.json"; }
  [[nodiscard]] std::filesystem::path results() const { return folder_.path / "results"; }
  /// Where the outputs of a `Child` can go.
  [[nodiscard]] const std::filesystem::path& scratch() const { return folder_.path; }

  /// `rlrun sweep` with options.
  [[nodiscard]] std::vector<std::string> command(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all = {
        rlrun(), "sweep", file().string(), "--results", results().string(), "--quiet"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  [[nodiscard]] Result run(const std::vector<std::string>& more = {},
                           const std::vector<std::string>& environment = {}) const {
    return Child(command(more), scratch(), environment).wait();
  }
  [[nodiscard]] std::string digest() const {
    const Result result = process::run({"digest", results().string()});
    INFO(result.err);
    CHECK(result.code == 0);
    CHECK(result.out.substr(0, 7) == "sha256:");
    return result.out;
  }

 private:
  Scratch folder_;
};

/// `--plugin-path` for folders of the zoo of bad plugins.
inline std::vector<std::string> zoo(const std::vector<std::string>& folders) {
  std::vector<std::string> options;
  for (const std::string& folder : folders) {
    options.emplace_back("--plugin-path");
    options.push_back(std::string(std::getenv("RLRUN_BUILD")) + "/tests/bad_plugins/" + folder);
  }
  return options;
}

inline std::vector<std::string> operator+(std::vector<std::string> a,
                                          const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// The tiny task and method of the zoo, many trials or long ones in little time.
inline std::string tiny_experiment(int seeds, long long iterations, int batch_steps = 100) {
  std::string list;
  for (int seed = 1; seed <= seeds; ++seed) list += (seed > 1 ? ", " : "") + std::to_string(seed);
  return R"({"format": 1, "title": "tiny", "seeds": [)" + list +
         R"(], "envs": ["tiny"], "budget": {"iterations": )" + std::to_string(iterations) +
         R"(}, "algorithms": [{"name": "tiny_search", "params": {"batch_steps": )" +
         std::to_string(batch_steps) + "}}]}";
}

}  // namespace process
