// Whatever stands in an experiment file and in --set, the answer is an experiment or a UserError
// with one line of text. libFuzzer target; the first NUL byte of the input ends the file, the rest
// are overrides, one a line.

#include <cstdio>
#include <cstdlib>
#include <string>

#include "experiment/experiment.hpp"
#include "fake_info.hpp"

namespace {

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "broken promise: %s\n", what);
  std::abort();
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    all.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return all;
}

void check_message(const std::string& message) {
  require(!message.empty(), "a message says something");
  require(message.size() < 20000, "a message is short");
  for (const char c : message)
    require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "a message is one line of text");
}

void check_experiment(const rlrun::Experiment& experiment) {
  require(!experiment.trials.empty(), "an experiment has trials");
  const rlrun::Trial& trial = experiment.trials.back();
  const rlrun::json::Value config = rlrun::json::parse(rlrun::json::canonical(trial.config()), "c");
  require(rlrun::Trial::from_config(config).id() == trial.id(), "identity survives storage");
  // The stored source gives the same trials again.
  const std::string stored = rlrun::json::pretty(experiment.source);
  const rlrun::Experiment again = rlrun::parse_experiment(stored, "e.json", {}, rlrun::fake::info);
  require(again.trials.size() == experiment.trials.size(), "the source is the whole experiment");
  require(again.trials.back().id() == trial.id(), "the source is the same experiment");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\0'), input.size());
  const std::vector<std::string> overrides = lines(input.substr(std::min(end + 1, input.size())));
  try {
    check_experiment(
        rlrun::parse_experiment(input.substr(0, end), "e.json", overrides, rlrun::fake::info));
  } catch (const rlrun::UserError& error) {
    check_message(error.what());
  }
  return 0;
}
