#include "run/progress.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/columns.hpp"
#include "cli/options.hpp"
#include "cli/streams.hpp"
#include "json/json.hpp"
#include "report/number.hpp"

namespace rlrun {
namespace {

constexpr double kPlainInterval = 30;  // seconds between two lines of totals without a terminal
constexpr double kRateWindow = 1;      // seconds over which steps are counted

double seconds_between(std::chrono::steady_clock::time_point a,
                       std::chrono::steady_clock::time_point b) {
  return std::chrono::duration<double>(b - a).count();
}

std::string rate_text(double rate) {
  if (rate >= 1e6) return fmt::format("{:.2f} M steps/s", rate / 1e6);
  if (rate >= 1e3) return fmt::format("{:.1f} k steps/s", rate / 1e3);
  return fmt::format("{:.0f} steps/s", rate);
}

std::string bar(double fraction, int width) {
  const int full = static_cast<int>(std::lround(std::clamp(fraction, 0.0, 1.0) * width));
  return "[" + std::string(static_cast<std::size_t>(full), '#') +
         std::string(static_cast<std::size_t>(width - full), '.') + "]";
}

int terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

}  // namespace

std::string duration_text(double seconds) {
  if (!(seconds >= 0)) return "?";
  const auto s = static_cast<std::int64_t>(std::llround(seconds));
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{} min {:02} s", s / 60, s % 60);
  if (s < 86400) return fmt::format("{} h {:02} min", s / 3600, s / 60 % 60);
  return fmt::format("{} d {} h", s / 86400, s / 3600 % 24);
}

std::string totals_line(const SweepTotals& t, int width) {
  const std::string trials = fmt::format("{}/{} trials{}", t.complete, t.trials,
                                         t.failed > 0 ? fmt::format(", {} FAILED", t.failed) : "");
  const std::string left =
      t.left < 0 ? ", time unknown" : ", about " + duration_text(t.left) + " left";
  const std::string running = fmt::format(", {} running", t.running);
  const std::string rate = ", " + rate_text(t.steps_per_second);
  const std::string elapsed = ", " + duration_text(t.elapsed) + " elapsed";
  for (const std::string& middle : {running + rate + elapsed, running + rate, rate, std::string()})
    if (const std::string line = trials + middle + left; cli::columns(line) <= width) return line;
  return cli::cut(trials + left, width);
}

std::string trial_line(const RunningView& trial, int width) {
  constexpr int kWide = 100, kLabel = 44;
  const std::string head = fmt::format(
      "  {} {:3.0f} %  ", bar(trial.fraction, width < kWide ? 10 : 20), 100 * trial.fraction);
  const std::string tail = fmt::format(" iteration {}{}", trial.iterations,
                                       trial.iterations > 0 && std::isfinite(trial.mean_return)
                                           ? ", return " + number_text(trial.mean_return)
                                           : "");
  const int left = width - cli::columns(head) - cli::columns(tail);
  return cli::cut(head + cli::padded(trial.label, std::clamp(left, 0, kLabel)) + tail, width);
}

void Forecast::finished(const std::string& pair, double seconds) {
  Sum& sum = finished_[pair];
  sum.seconds += seconds;
  ++sum.n;
}

double Forecast::duration(const std::string& pair, const std::vector<RunningView>& running) const {
  // Finished trials and the extrapolation of running ones count alike; a pair that nobody has begun
  // takes the mean of all.
  Sum same, all;
  for (const auto& [name, sum] : finished_) {
    if (name == pair) same = sum;
    all.seconds += sum.seconds;
    all.n += sum.n;
  }
  for (const RunningView& view : running) {
    if (view.fraction <= 0 || view.wall_seconds <= 0) continue;
    const double whole = view.wall_seconds / view.fraction;
    all.seconds += whole;
    ++all.n;
    if (view.pair != pair) continue;
    same.seconds += whole;
    ++same.n;
  }
  if (same.n > 0) return same.seconds / same.n;
  return all.n > 0 ? all.seconds / all.n : -1;
}

double Forecast::remaining(const std::vector<RunningView>& running,
                           const std::map<std::string, int>& pending, int jobs) const {
  double work = 0, longest = 0;
  for (const RunningView& view : running) {
    const double whole = duration(view.pair, running);
    if (whole < 0) return -1;
    const double left = view.fraction > 0 && view.wall_seconds > 0
                            ? view.wall_seconds * (1 - view.fraction) / view.fraction
                            : whole;
    work += left;
    longest = std::max(longest, left);
  }
  for (const auto& [pair, count] : pending) {
    const double whole = duration(pair, running);
    if (whole < 0) return -1;
    work += whole * count;
    longest = std::max(longest, whole);
  }
  return std::max(work / std::max(jobs, 1), longest);
}

ProgressDisplay::ProgressDisplay(bool quiet)
    : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {
  const char* term = std::getenv("TERM");
  if (term == nullptr || std::string_view(term) == "dumb") terminal_ = false;
}

ProgressDisplay::~ProgressDisplay() {
  erase();
}

void ProgressDisplay::erase() {
  std::string codes;
  for (; drawn_ > 0; --drawn_) codes += "\x1b[1A\x1b[2K";
  cli::say(codes);
}

void ProgressDisplay::draw(const std::vector<std::string>& lines) {
  erase();
  std::string block;
  for (const std::string& line : lines) block += line + "\n";
  drawn_ = static_cast<int>(lines.size());
  cli::say(block);
}

void ProgressDisplay::message(const std::string& line) {
  erase();
  if (!quiet_) cli::say(json::plain_line(line) + "\n");
}

void ProgressDisplay::warning(const std::string& line) {
  erase();
  cli::say_line(line);
}

void ProgressDisplay::trial_ended(const std::string& label, bool complete,
                                  const std::string& text) {
  erase();
  if (quiet_ && complete) return;
  const bool color = cli::use_color(STDERR_FILENO);
  const char* on = !color ? "" : complete ? "\x1b[32m" : "\x1b[31m";
  cli::say(fmt::format("{}{}{} {}  {}\n", on, complete ? "done  " : "FAILED",
                       color ? "\x1b[0m" : "", json::plain_line(label), json::plain_line(text)));
}

double ProgressDisplay::steps_per_second(const std::vector<RunningView>& running) {
  const Clock::time_point now = Clock::now();
  const double seconds = seconds_between(last_rate_, now);
  if (seconds < kRateWindow) return rate_;
  std::int64_t steps = 0;
  std::map<std::string, std::int64_t> ticks;
  for (const RunningView& view : running) {
    const auto before = ticks_.find(view.label);
    steps += view.ticks - (before == ticks_.end() ? 0 : before->second);
    ticks[view.label] = view.ticks;
  }
  ticks_ = std::move(ticks);
  last_rate_ = now;
  const double now_rate = static_cast<double>(steps) / seconds;
  rate_ = rate_ == 0 ? now_rate : 0.7 * rate_ + 0.3 * now_rate;
  return rate_;
}

void ProgressDisplay::update(const Totals& totals, const std::vector<RunningView>& running,
                             double eta) {
  if (quiet_) return;
  const Clock::time_point now = Clock::now();
  const double rate = steps_per_second(running);
  const int width = terminal_ ? terminal_width() - 1 : std::numeric_limits<int>::max();
  const std::string summary = totals_line({.trials = totals.trials,
                                           .complete = totals.complete,
                                           .failed = totals.failed,
                                           .running = static_cast<int>(running.size()),
                                           .steps_per_second = rate,
                                           .elapsed = seconds_between(start_, now),
                                           .left = eta},
                                          width);
  if (!terminal_) {
    if (seconds_between(last_line_, now) < kPlainInterval) return;
    last_line_ = now;
    cli::say(summary + "\n");
    return;
  }
  std::vector<std::string> lines;
  for (const RunningView& view : running) lines.push_back(trial_line(view, width));
  lines.push_back(summary);
  draw(lines);
}

void ProgressDisplay::finish() {
  erase();
}

}  // namespace rlrun
