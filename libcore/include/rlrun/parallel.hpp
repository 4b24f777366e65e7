#pragma once
// The one way to use several threads.

#include <type_traits>
#include <utility>

#include "rlrun/types.hpp"

namespace rlrun {

/// A reference to a callable, without allocation. Does not outlive the call it is passed to.
class IndexBody {
 public:
  template <class F, class = std::enable_if_t<!std::is_same_v<std::decay_t<F>, IndexBody>>>
  IndexBody(F&& f)  // NOLINT(google-explicit-constructor): lambdas convert at the call
      : object_(const_cast<void*>(static_cast<const void*>(&f))), call_([](void* object, Index i) {
          (*static_cast<std::remove_reference_t<F>*>(object))(i);
        }) {}
  void operator()(Index i) const { call_(object_, i); }

 private:
  void* object_;
  void (*call_)(void*, Index);
};

/// Calls body(0) ... body(n - 1), in any order and on any of the trial's threads. Every call writes
/// its own slot; nothing is accumulated in order of arrival, so the number of threads changes
/// nothing but the time. An exception of the lowest index that threw is rethrown.
RLRUN_API void parallel_for(Index n, IndexBody body);

/// Sets the number of threads that `parallel_for` may use (at least 1). Called by the runner.
RLRUN_API void set_thread_count(int threads);
[[nodiscard]] RLRUN_API int thread_count();

}  // namespace rlrun
