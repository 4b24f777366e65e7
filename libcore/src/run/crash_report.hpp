#pragma once
// What a crash leaves in the log.

#include <string_view>

namespace rlrun {

/// From now on a crash of this process (SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, and so an
/// exception that nobody catches) writes the calls that led to it to standard error, with what
/// addr2line needs for files and lines, and then ends the process by the same signal as before. A
/// stack that overflows is reported on the calling thread only. Does nothing under a sanitizer,
/// which says more.
void report_crashes();

/// Each line of a report begins so.
constexpr std::string_view kCrashReportMark = "crash: ";

}  // namespace rlrun
