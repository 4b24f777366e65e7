#pragma once
// Some entries of an observation.

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "numbers.hpp"

namespace rlrun::wrappers {

/// Shows these entries of the observation, in this order. The base of wrappers that choose them
/// otherwise.
class Subset : public EnvWrapper {
 protected:
  explicit Subset(std::unique_ptr<Env> env) : EnvWrapper(std::move(env)) {}

  /// To be called by the constructor.
  template <class Entries>
  void show_only(const Entries& entries, const std::string& who) {
    entries_.assign(entries.begin(), entries.end());
    const Box& all = numbers_observed(inner_spec(), who);
    check(who, all.low.size());
    Box shown = box(static_cast<Index>(entries_.size()), 0, 0);
    std::vector<Index> positions;
    for (Index i = 0; i < shown.low.size(); ++i) {
      const Index from = entries_[std::size_t(i)];
      shown.low(i) = all.low(from);
      shown.high(i) = all.high(from);
      const std::vector<Index>& known = inner_spec().positions;
      if (std::find(known.begin(), known.end(), from) != known.end()) positions.push_back(i);
    }
    shown.bytes = all.bytes;
    own_spec().observation = std::move(shown);
    own_spec().positions = std::move(positions);
  }

 private:
  void check(const std::string& who, Index size) const {
    if (entries_.empty())
      throw UserError(who + ": 'entries' is empty; name at least one entry of the observation");
    std::set<Index> seen;
    for (const Index entry : entries_) {
      if (entry >= size)
        throw UserError(who + ": entry " + std::to_string(entry) +
                        " is beyond the observation, whose entries are 0 to " +
                        std::to_string(size - 1));
      if (!seen.insert(entry).second)
        throw UserError(who + ": entry " + std::to_string(entry) + " is listed twice");
    }
  }

  void on_reset(const Rng& /*rng*/, VectorFIn first, VectorFOut observation) override {
    show(first, observation);
  }
  void on_step(Transition& /*transition*/, VectorFIn next, VectorFOut observation) override {
    show(next, observation);
  }
  void show(VectorFIn all, VectorFOut observation) const {
    for (Index i = 0; i < observation.size(); ++i) observation(i) = all(entries_[std::size_t(i)]);
  }

  std::vector<Index> entries_;
};

class ObservationSubset final : public Subset {
 public:
  struct Params {
    std::vector<std::int64_t> entries = {0};

    void fields(Fields& f) {
      f("entries", entries, "Which entries of the observation are left, counted from 0, in order.",
        at_least(0));
    }
  };

  ObservationSubset(const Params& params, std::unique_ptr<Env> env) : Subset(std::move(env)) {
    show_only(params.entries, "observation_subset");
  }
};

}  // namespace rlrun::wrappers
