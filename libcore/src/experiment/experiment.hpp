#pragma once
// Experiment files: JSON in, a validated list of trials out.

#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "plugin/catalog.hpp"
#include "trial/trial.hpp"

namespace rlrun {

/// Where an experiment finds the declarations of what it names.
class InfoSource {
 public:
  using Entries = std::function<const EntryInfo&(Kind, const std::string& name)>;
  /// The types of tasks' actions: "box", "discrete", "multi_discrete"; "" if nobody can tell.
  using Actions = std::function<std::vector<std::string>(const std::vector<Choice>& envs)>;

  /// From any function; without the second nobody can tell the types of actions.
  template <class F>
  requires std::is_invocable_r_v<const EntryInfo&, F, Kind, const std::string&> InfoSource(
      F entries, Actions actions = {})
      : entries_(std::move(entries)), actions_(std::move(actions)) {}
  /// From the plugins. The catalog must outlive this.
  explicit InfoSource(Catalog& catalog);

  const EntryInfo& operator()(Kind kind, const std::string& name) const {
    return entries_(kind, name);
  }
  [[nodiscard]] std::vector<std::string> actions(const std::vector<Choice>& envs) const {
    return actions_ ? actions_(envs) : std::vector<std::string>(envs.size());
  }

 private:
  Entries entries_;
  Actions actions_;
};

/// A validated experiment. Nothing runs before the whole file is known to be good.
struct Experiment {
  std::string name;   ///< The file's stem; names the result folder.
  std::string title;  ///< For tables and plots.
  std::string file;
  json::Value source;         ///< The file with the overrides applied, as stored with the results.
  std::vector<Trial> trials;  ///< In the order algorithms x settings x envs x seeds; distinct ids.
};

/// Reads a file, applies `KEY=VALUE` overrides (dotted paths into the file, list elements by index,
/// name or label; the value is JSON, or text if it is not), validates everything and expands.
/// Every mistake is a UserError with file, line, column, JSON pointer, value and what would be
/// right.
Experiment load_experiment(const std::string& file, const std::vector<std::string>& overrides,
                           const InfoSource& info);
/// The same for a text, for tests and the fuzzer.
Experiment parse_experiment(std::string_view text, const std::string& file,
                            const std::vector<std::string>& overrides, const InfoSource& info);

/// One trial from names and KEY=VALUE settings, for `rlrun run`; `with` names the wrappers around
/// the task, whose parameters are set as with.NAME.KEY.
Trial make_trial(const std::string& env, const std::string& algorithm, const std::string& policy,
                 const std::vector<std::string>& settings, Budget budget, std::uint64_t seed,
                 const InfoSource& info, const std::vector<std::string>& with = {});

/// One entry from its name and KEY=VALUE settings of its parameters, whose keys may begin with the
/// kind ("env."), for commands that use it alone; a task may have wrappers, as above.
Choice make_choice(Kind kind, const std::string& name, const std::vector<std::string>& settings,
                   const InfoSource& info, const std::vector<std::string>& with = {});

}  // namespace rlrun
