// Environments that break one promise each while they are used.

#include <atomic>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <new>
#include <stdexcept>
#include <vector>

#include <unistd.h>

#include "tiny.hpp"

namespace {

using namespace bad;

// Defines a task whose `misbehave` is the given statements.
#define MISBEHAVES(Name, ...)                                                                \
  struct Name : TinyEnv {                                                                    \
    using TinyEnv::TinyEnv;                                                                  \
    void misbehave([[maybe_unused]] Transition& t, [[maybe_unused]] VectorFOut o) override { \
      __VA_ARGS__                                                                            \
    }                                                                                        \
  };

MISBEHAVES(ThrowsInStep, throw std::runtime_error("the gears broke");)
MISBEHAVES(ThrowsIntInStep, throw 42;)
MISBEHAVES(SegfaultsInStep, std::raise(SIGSEGV);)
MISBEHAVES(AbortsInStep, std::abort();)
MISBEHAVES(DividesByZeroInStep, std::raise(SIGFPE);)
MISBEHAVES(ExitsInStep, std::exit(0);)
MISBEHAVES(QuitsInStep, _exit(0);)
MISBEHAVES(StopsItselfInStep, std::raise(SIGTERM);)
MISBEHAVES(HangsInStep, for (;;) pause();)
MISBEHAVES(NanReward, t.reward = std::numeric_limits<double>::quiet_NaN();)
MISBEHAVES(InfiniteReward, t.reward = std::numeric_limits<double>::infinity();)
MISBEHAVES(NanObservation, o[1] = std::numeric_limits<float>::quiet_NaN();)
MISBEHAVES(InfiniteObservation, o[0] = std::numeric_limits<float>::infinity();)
MISBEHAVES(AlwaysUnstable, t.unstable = true;)
MISBEHAVES(PrintsInStep, std::puts("this must not stand in an answer");)
MISBEHAVES(ChangesFolderInStep, if (chdir("/") != 0) return;)
MISBEHAVES(ChangesLocaleInStep, std::setlocale(LC_ALL, "C.UTF-8");)

// Takes memory, untouched, until there is none; without a limit it gives up at a terabyte.
MISBEHAVES(ExhaustsMemoryInStep, constexpr std::size_t kBlock = std::size_t{1} << 30;
           for (int i = 0; i < 1024; ++i) static_cast<void>(::operator new(kBlock));
           throw std::bad_alloc();)

volatile int deep = 0;
int fall(int n) {
  volatile char room[4096];
  room[n % 4096] = static_cast<char>(n);
  return n == std::numeric_limits<int>::max() ? 0 : deep + fall(n + 1) + room[0];
}
MISBEHAVES(OverflowsStackInStep, deep = fall(0);)

// An episode depends on how many steps all instances took before.
std::atomic<int> all_steps{0};
MISBEHAVES(RemembersAcrossEpisodes, t.reward += 1e-3 * double(all_steps++);)

#undef MISBEHAVES

struct ThrowsInMake : TinyEnv {
  explicit ThrowsInMake(const Params& params) : TinyEnv(params) {
    throw std::runtime_error("no parts in the box");
  }
};
struct HangsInMake : TinyEnv {
  explicit HangsInMake(const Params& params) : TinyEnv(params) {
    for (;;) pause();
  }
};
struct ThrowsInReset : TinyEnv {
  using TinyEnv::TinyEnv;
  void reset(Rng, VectorFOut) override { throw std::runtime_error("the start line is gone"); }
};
struct InconsistentSpec : TinyEnv {
  explicit InconsistentSpec(const Params& params) : TinyEnv(params) {
    spec_.observation = Box{.low = VectorF::Constant(2, -1), .high = VectorF::Constant(3, 1)};
  }
};
struct ZeroHorizon : TinyEnv {
  explicit ZeroHorizon(const Params& params) : TinyEnv(params) { spec_.horizon = 0; }
};
// Another size with every instance.
struct ChangingSpec : TinyEnv {
  explicit ChangingSpec(const Params& params) : TinyEnv(params) {
    static std::atomic<int> instances{0};
    spec_.observation = unbounded(2 + instances++);
  }
};
struct ForgetsObservation : TinyEnv {
  using TinyEnv::TinyEnv;
  Transition step(VectorFIn, VectorFOut) override { return {}; }
};

void register_all(Registry& registry) {
  add_env<ThrowsInMake>(registry, "throws_in_make");
  add_env<ThrowsInReset>(registry, "throws_in_reset");
  add_env<ThrowsInStep>(registry, "throws_in_step");
  add_env<ThrowsIntInStep>(registry, "throws_int_in_step");
  add_env<SegfaultsInStep>(registry, "segfaults_in_step");
  add_env<AbortsInStep>(registry, "aborts_in_step");
  add_env<DividesByZeroInStep>(registry, "divides_by_zero_in_step");
  add_env<OverflowsStackInStep>(registry, "overflows_stack_in_step");
  add_env<ExitsInStep>(registry, "exits_in_step");
  add_env<QuitsInStep>(registry, "quits_in_step");
  add_env<StopsItselfInStep>(registry, "stops_itself_in_step");
  add_env<HangsInMake>(registry, "hangs_in_make");
  add_env<HangsInStep>(registry, "hangs_in_step");
  add_env<ExhaustsMemoryInStep>(registry, "exhausts_memory_in_step");
  add_env<NanReward>(registry, "nan_reward");
  add_env<InfiniteReward>(registry, "infinite_reward");
  add_env<NanObservation>(registry, "nan_observation");
  add_env<InfiniteObservation>(registry, "infinite_observation");
  add_env<InconsistentSpec>(registry, "inconsistent_spec");
  add_env<ZeroHorizon>(registry, "zero_horizon");
  add_env<ChangingSpec>(registry, "changing_spec");
  add_env<AlwaysUnstable>(registry, "always_unstable");
  add_env<ForgetsObservation>(registry, "forgets_observation");
  add_env<RemembersAcrossEpisodes>(registry, "remembers_across_episodes");
  add_env<PrintsInStep>(registry, "prints_in_step");
  add_env<ChangesFolderInStep>(registry, "changes_folder_in_step");
  add_env<ChangesLocaleInStep>(registry, "changes_locale_in_step");
}

}  // namespace

RLRUN_PLUGIN("misbehaving_envs", "1.0.0",
             "env:throws_in_make env:throws_in_reset env:throws_in_step env:throws_int_in_step "
             "env:segfaults_in_step env:aborts_in_step env:divides_by_zero_in_step "
             "env:overflows_stack_in_step env:exits_in_step env:quits_in_step "
             "env:stops_itself_in_step env:hangs_in_make "
             "env:hangs_in_step env:exhausts_memory_in_step env:nan_reward env:infinite_reward "
             "env:nan_observation env:infinite_observation env:inconsistent_spec env:zero_horizon "
             "env:changing_spec env:always_unstable env:forgets_observation "
             "env:remembers_across_episodes env:prints_in_step env:changes_folder_in_step "
             "env:changes_locale_in_step",
             register_all)
