#include "run/debug_trial.hpp"

#include <cstdio>
#include <thread>

#include <fmt/format.h>

#include "rlrun/parallel.hpp"

#include "plugin/loader.hpp"
#include "run/crash_report.hpp"
#include "run/run_trial.hpp"

namespace rlrun {

void debug_trial(const Trial& trial, const Catalog& catalog) {
  set_thread_count(1);
  // The stack of a thread ends where it began. On the way to `main` an exception would be caught,
  // and the place of the throw would be lost.
  std::thread alone([&] {
    report_crashes();
    LoadedPlugins plugins;
    for (const PluginFile* file : plugins_of(trial, catalog)) plugins.load(*file);
    TrialContext context;
    context.on_progress = [](const TrialProgress& progress) {
      fmt::print(stderr, "{} iterations, {} steps, mean return {:.6g}\n", progress.iterations,
                 progress.steps, progress.mean_return);
    };
    TrialRecord record;
    run_trial(trial, plugins, context, record);
  });
  alone.join();
}

}  // namespace rlrun
