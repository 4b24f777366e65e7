#pragma once
// What trial files and results.h5 have in common.

#include <filesystem>
#include <string>
#include <string_view>

#include "store/hdf5.hpp"
#include "trial/trial_record.hpp"

namespace rlrun {

/// The columns of a learning curve with their names in files: visit(name, member, about).
template <class Visit>
void for_each_curve(const Visit& visit) {
  using About = hdf5::About;
  visit("steps", &Curves::steps,
        About{"Environment steps used by the end of the iteration.", "steps"});
  visit("episodes", &Curves::episodes, About{"Episodes that ended in the iteration.", ""});
  visit("terminated", &Curves::terminated, About{"Of those, ended by the task.", ""});
  visit("unstable", &Curves::unstable,
        About{"Of those, cut because the simulation broke down.", ""});
  visit("mean_return", &Curves::mean_return,
        About{"Mean undiscounted return of the iteration's episodes; NaN if none ended.", ""});
  visit("std_return", &Curves::std_return, About{"Standard deviation of the returns.", ""});
  visit("min_return", &Curves::min_return, About{"Smallest return.", ""});
  visit("max_return", &Curves::max_return, About{"Largest return.", ""});
  visit("mean_length", &Curves::mean_length, About{"Mean length of the episodes.", "steps"});
}

/// The same for evaluations during training.
template <class Visit>
void for_each_evaluation_column(const Visit& visit) {
  using About = hdf5::About;
  visit("steps", &EvaluationLog::steps,
        About{"Training steps used up when the evaluation was made.", "steps"});
  visit("return", &EvaluationLog::returns,
        About{"Sum of the rewards of one episode without exploration.", ""});
  visit("length", &EvaluationLog::lengths, About{"Length of the episode.", "steps"});
  visit("ending", &EvaluationLog::endings,
        About{"0 cut off at the horizon, 1 ended by the task, 2 unstable simulation.", ""});
}

/// "complete" or "failed".
const char* status_name(TrialStatus status);
/// Throws UserError (exit code 5) naming the file.
TrialStatus status_named(const std::string& text, const std::string& file);

/// A metric's name as the name of a dataset: what HDF5 does not allow in a name, and "%", become
/// %XX. `metric_name` is the inverse.
std::string dataset_name(const std::string& metric);
std::string metric_name(const std::string& dataset);

/// A format and its newest version. A reader takes every older one, and none of a newer major.
struct Format {
  const char* name;
  std::int64_t major, minor;
};
inline constexpr Format kTrialFormat{"rlrun-trial", 1, 2};
/// Another way to compute a score or a total is a new minor version: they are taken from files of
/// this one as they stand.
inline constexpr Format kResultsFormat{"rlrun-results", 2, 1};
/// The attributes rlrun_format and rlrun_format_version.
void write_format(hdf5::File& file, const Format& format);
/// Throws UserError (exit code 5) for another format and for a newer major version.
void check_format(const hdf5::File& file, const Format& format, const std::string& name);

/// `read_trial` for bytes that were read already.
TrialRecord decode_trial(std::string_view bytes, const std::filesystem::path& path);

}  // namespace rlrun
