// Damaged files, read in child processes with limits.

#include <fstream>
#include <functional>

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rlrun/error.hpp"

#include "example_trials.hpp"
#include "report/report.hpp"
#include "store/file.hpp"
#include "store/store.hpp"

using namespace rlrun;
using namespace rlrun::testing;

namespace {

enum class Verdict { kRefused = 10, kEqual = 11, kWrong = 12, kOther = 13, kCrashed, kTooSlow };

Verdict in_child(const std::function<bool()>& equal) {
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit seconds{10, 10};
    ::setrlimit(RLIMIT_CPU, &seconds);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    const rlimit bytes{rlim_t{1} << 30, rlim_t{1} << 30};
    ::setrlimit(RLIMIT_AS, &bytes);
#endif
    ::alarm(10);
    Verdict verdict = Verdict::kOther;
    try {
      verdict = equal() ? Verdict::kEqual : Verdict::kWrong;
    } catch (const UserError& error) {
      verdict = error.code() == ExitCode::kStore ? Verdict::kRefused : Verdict::kOther;
    } catch (...) {
    }
    ::_exit(static_cast<int>(verdict));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status)) return static_cast<Verdict>(WEXITSTATUS(status));
  const int signal = WTERMSIG(status);
  return signal == SIGALRM || signal == SIGXCPU ? Verdict::kTooSlow : Verdict::kCrashed;
}

std::string mutant(std::string bytes, Rng& rng) {
  const auto position = [&] {
    return static_cast<std::size_t>(rng.below(static_cast<Index>(bytes.size())));
  };
  const auto length = [&](std::size_t at) {
    return static_cast<std::size_t>(
               rng.below(static_cast<Index>(std::min<std::size_t>(bytes.size() - at, 8192)))) +
           1;
  };
  switch (rng.below(6)) {
    case 0:  // cut short
      bytes.resize(position());
      return bytes;
    case 1: {  // a block that was never written
      const std::size_t at = position();
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), length(at), '\0');
      return bytes;
    }
    case 2: {  // a block twice
      const std::size_t at = position();
      return bytes.insert(position(), bytes.substr(at, length(at)));
    }
    case 3: {  // a block missing
      const std::size_t at = position();
      return bytes.erase(at, length(at));
    }
    default:  // changed bytes
      for (Index n = rng.below(64) + 1; n > 0; --n) bytes[position()] = static_cast<char>(rng());
      return bytes;
  }
}

void overwrite(const std::filesystem::path& path, const std::string& bytes) {
  // Truncating an existing file would make some file systems write to the disk.
  std::filesystem::remove(path);
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("a damaged trial file is refused", "[store]") {
  const ScratchFolder folder;
  const TrialRecord record = example_record(1, 100, 1000);
  const std::string whole = encode_trial(record);
  Rng rng(17);
  int refused = 0;
  for (int i = 0; i < 500; ++i) {
    overwrite(folder / "t.h5", mutant(whole, rng));
    const Verdict verdict =
        in_child([&] { return same_record(read_trial(folder / "t.h5"), record); });
    INFO("mutant " << i);
    const bool good = verdict == Verdict::kRefused || verdict == Verdict::kEqual;
    REQUIRE(good);
    refused += verdict == Verdict::kRefused ? 1 : 0;
  }
  CHECK(refused > 450);
}

TEST_CASE("a damaged results.h5 is refused", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  store.create();
  std::vector<json::Value> configs;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    configs.push_back(example_trial(seed).config());
    const TrialRecord record = seed == 4 ? example_failure(seed) : example_record(seed);
    write_trial(store.trial_path(record.id), record);
  }
  store.write_plan(json::Object{}, configs);
  store.merge();
  std::filesystem::remove_all(folder / "trials");
  const std::string whole = read_file(folder / "results.h5");
  const Results expected = read_results(folder.path());
  REQUIRE(expected.trials.size() == 10);
  Rng rng(18);
  int refused = 0;
  for (int i = 0; i < 500; ++i) {
    overwrite(folder / "results.h5", mutant(whole, rng));
    const Verdict verdict = in_child([&] {
      const Results results = read_results(folder.path());
      bool same = results.trials.size() == expected.trials.size();
      for (std::size_t k = 0; same && k < expected.trials.size(); ++k)
        same = same_outcome(results.trials[k], expected.trials[k]) &&
               same_bits(results.trials[k].stored_scores, expected.trials[k].stored_scores);
      return same;
    });
    INFO("mutant " << i);
    const bool good = verdict == Verdict::kRefused || verdict == Verdict::kEqual;
    REQUIRE(good);
    refused += verdict == Verdict::kRefused ? 1 : 0;
  }
  CHECK(refused > 450);
}

TEST_CASE("one changed byte in a plan or a trial file changes no table without a word", "[store]") {
  const ScratchFolder folder;
  const Store store(folder.path());
  store.create();
  std::vector<Trial> trials;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    trials.push_back(example_trial(seed));
    if (seed == 3) continue;
    TrialRecord record = example_record(seed);
    record.curves.mean_return.assign(record.curves.size(), 0.5 + static_cast<double>(seed));
    write_trial(store.trial_path(record.id), record);
  }
  store.write_plan(json::Object{{"title", "T"}}, trials);
  const auto table = [&](std::vector<std::string>& problems) {
    const Results results = read_results(folder.path());
    problems = results.problems;
    return format_table(make_table({results}, {}), "json");
  };
  std::vector<std::string> problems;
  const std::string expected = table(problems), digest = results_digest(folder.path());
  REQUIRE(problems.empty());
  Rng rng(19);
  for (const std::filesystem::path& path :
       {folder / "experiment.json", store.trial_path(trials[1].id())}) {
    const std::string whole = read_file(path);
    int named = 0;
    for (int i = 0; i < 200; ++i) {
      std::string bytes = whole;
      char& byte = bytes[static_cast<std::size_t>(rng.below(static_cast<Index>(bytes.size())))];
      byte = static_cast<char>(byte ^ (1 << rng.below(8)));
      overwrite(path, bytes);
      INFO(path << ", mutant " << i);
      try {
        const std::string found = table(problems);
        if (problems.empty()) {
          REQUIRE(found == expected);
          REQUIRE(results_digest(folder.path()) == digest);
          continue;
        }
        REQUIRE(problems.at(0).starts_with(path.string()));
      } catch (const UserError& error) {
        REQUIRE(error.code() == ExitCode::kStore);
        REQUIRE(std::string(error.what()).starts_with(path.string()));
      }
      ++named;
    }
    CHECK(named == 200);
    overwrite(path, whole);
  }
}
