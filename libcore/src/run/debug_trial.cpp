#include "run/debug_trial.hpp"

#include <cstdio>
#include <thread>

#include <fmt/format.h>

#include "rlrun/parallel.hpp"

#include "plugin/loader.hpp"
#include "report/number.hpp"
#include "run/crash_report.hpp"
#include "run/run_trial.hpp"

namespace rlrun {

TrialRecord debug_trial(const Trial& trial, const Catalog& catalog) {
  set_thread_count(1);
  // The stack of a thread ends where it began. On the way to `main` an exception would be caught,
  // and the place of the throw would be lost.
  TrialRecord record;
  std::thread alone([&] {
    report_crashes();
    LoadedPlugins plugins;
    for (const PluginFile* file : plugins_of(trial, catalog)) plugins.load(*file);
    TrialContext context;
    context.on_progress = [](const TrialProgress& progress) {
      if (progress.iterations == 0) return;  // it has only begun
      fmt::print(stderr, "{}, {} steps, mean return {}\n",
                 counted(static_cast<std::size_t>(progress.iterations), "iteration"),
                 progress.steps, number_text(progress.mean_return));
    };
    run_trial(trial, plugins, context, record);
  });
  alone.join();
  return record;
}

}  // namespace rlrun
