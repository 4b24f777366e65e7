#pragma once
// Runs code that is not trusted to come back in a short-lived child process.

#include <chrono>
#include <functional>
#include <string>

#include "json/json.hpp"

namespace rlrun {

/// Calls `work` in a forked child and returns its result. What the child prints to stdout goes to
/// stderr, so that our answer stays clean. The child and its process group are dead when this
/// returns.
///
/// `what` begins the message if something goes wrong, usually with the plugin's file. A UserError
/// thrown by `work` is rethrown as it is (exit code and text); another exception, a signal, an exit
/// or exceeding `limit` becomes a UserError (exit code 4) that says which, and in which phase.
///
/// Call from a process with one thread only.
json::Value run_in_child(const std::string& what, std::chrono::milliseconds limit,
                         const std::function<json::Value()>& work);

/// Inside `work`: what is being done, for the message if the child ends here ("while loading it").
void set_child_phase(const std::string& phase);

/// "SIGSEGV (segmentation fault)" for a signal number.
std::string signal_text(int signal);

}  // namespace rlrun
