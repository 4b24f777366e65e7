#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "store/bytes.hpp"
#include "store/names.hpp"
#include "store/results_file.hpp"
#include "trial/checksum.hpp"
#include "trial/trial.hpp"

namespace rlrun {
namespace {

static_assert(std::endian::native == std::endian::little);

// A NaN means that there is no number; which of the many NaNs it is means nothing.
template <class T>
T canonical(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(value)) return std::numeric_limits<T>::quiet_NaN();
  }
  return value;
}

template <class Values>
void add(Sha256& sha, std::string_view name, const Values& values) {
  std::string bytes;
  put_text(bytes, name);
  put(bytes, static_cast<std::uint64_t>(values.size()));
  for (const auto value : values) put(bytes, canonical(value));
  sha.update(bytes);
}

}  // namespace

std::string trial_digest(const TrialRecord& record) {
  Sha256 sha;
  std::string head = "rlrun trial results 1\n";
  put_text(head, json::canonical(identity_of(record.config)));
  put_text(head, status_name(record.status));
  sha.update(head);
  // How far a failed trial got may depend on the clock (time limits).
  if (record.status == TrialStatus::kComplete) {
    for_each_curve([&](const char* name, auto member, const hdf5::About&) {
      add(sha, name, record.curves.*member);
    });
    for (const auto& [name, values] : record.curves.metrics) add(sha, "metric " + name, values);
    add(sha, "episode returns", record.episodes.returns);
    add(sha, "episode lengths", record.episodes.lengths);
    add(sha, "episode endings", record.episodes.endings);
    add(sha, "policy parameters", record.policy_params);
    if (record.evaluations.size() > 0)
      for_each_evaluation_column([&](const char* name, auto member, const hdf5::About&) {
        add(sha, std::string("evaluation ") + name, record.evaluations.*member);
      });
    if (record.best_policy) {
      add(sha, "best policy parameters", record.best_policy->params);
      add(sha, "best policy steps", std::array{record.best_policy->steps});
      add(sha, "best policy return", std::array{record.best_policy->mean_return});
    }
  }
  return to_hex(sha.finish());
}

}  // namespace rlrun
