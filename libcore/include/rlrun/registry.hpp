#pragma once
// Where plugins put what they offer.

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "rlrun/algorithm.hpp"
#include "rlrun/env.hpp"
#include "rlrun/error.hpp"
#include "rlrun/params.hpp"
#include "rlrun/policy.hpp"

namespace rlrun {

/// One thing that can be named in an experiment file. `visit_defaults` shows its parameters with
/// their defaults, `make` reads them from `values` and builds it.
template <class Product, class... Args>
struct Entry {
  std::string name, summary, reference;
  std::function<void(Fields& fields)> visit_defaults;
  std::function<Product(Fields& values, Args... args)> make;
};

struct EnvEntry : Entry<EnvFactory> {};

struct WrapperEntry : Entry<EnvFactory, EnvFactory> {};

struct PolicyEntry : Entry<std::unique_ptr<Policy>, const EnvSpec&, Rng> {};

struct AlgorithmEntry
    : Entry<std::unique_ptr<Algorithm>, std::unique_ptr<Policy>, const EnvSpec&, Rng> {
  std::string policy_kind;     ///< What it trains, in words: "stochastic policy".
  std::string default_policy;  ///< The policy it gets when the experiment names none.
  std::function<Pace(Fields& values)> pace;
};

class RLRUN_API Registry {
 public:
  virtual ~Registry();
  virtual void add(EnvEntry entry) = 0;
  virtual void add(WrapperEntry entry) = 0;
  virtual void add(PolicyEntry entry) = 0;
  virtual void add(AlgorithmEntry entry) = 0;
};

namespace detail {

/// Reads and checks a parameter struct.
template <class Params>
Params read_params(Fields& values) {
  Params params;
  params.fields(values);
  if constexpr (requires { params.check(); }) params.check();  // constraints across fields
  return params;
}

template <class T>
constexpr bool trains_memory() {
  if constexpr (requires { T::kTrainsMemory; }) return T::kTrainsMemory;
  return false;
}

template <class T>
constexpr bool normalizes() {
  if constexpr (requires { T::kNormalizes; }) return T::kNormalizes;
  return false;
}

/// An entry that is yet to say how it is made.
template <class EntryType, class Params>
EntryType described(std::string name, std::string summary, std::string reference) {
  EntryType entry;
  entry.name = std::move(name);
  entry.summary = std::move(summary);
  entry.reference = std::move(reference);
  entry.visit_defaults = [](Fields& f) { Params{}.fields(f); };
  return entry;
}

}  // namespace detail

/// Turns a class into a registry entry. `T::Params` is read from the experiment. A task with a
/// costly constant part defines `static std::shared_ptr<const Model> load(const Params&)` and is
/// constructed as T(params, model); others as T(params).
template <class T>
EnvEntry env(std::string name, std::string summary, std::string reference) {
  using Params = typename T::Params;
  auto entry = detail::described<EnvEntry, Params>(std::move(name), std::move(summary),
                                                   std::move(reference));
  entry.make = [](Fields& f) -> EnvFactory {
    const Params params = detail::read_params<Params>(f);
    if constexpr (requires { T::load(params); }) {
      return [params, model = T::load(params)] { return std::make_unique<T>(params, model); };
    } else {
      return [params] { return std::make_unique<T>(params); };
    }
  };
  return entry;
}

/// A wrapper (env_wrapper.hpp) is constructed as T(params, unique_ptr<Env>); throws UserError if the
/// task does not fit, with what would.
template <class T>
WrapperEntry wrapper(std::string name, std::string summary, std::string reference) {
  using Params = typename T::Params;
  auto entry = detail::described<WrapperEntry, Params>(std::move(name), std::move(summary),
                                                       std::move(reference));
  entry.make = [](Fields& f, EnvFactory inner) -> EnvFactory {
    return [params = detail::read_params<Params>(f), inner = std::move(inner)] {
      return std::make_unique<T>(params, inner());
    };
  };
  return entry;
}

/// A policy is constructed as T(params, env_spec, rng); throws UserError if the task does not fit.
template <class T>
PolicyEntry policy(std::string name, std::string summary, std::string reference) {
  using Params = typename T::Params;
  auto entry = detail::described<PolicyEntry, Params>(std::move(name), std::move(summary),
                                                      std::move(reference));
  entry.make = [](Fields& f, const EnvSpec& spec, Rng rng) -> std::unique_ptr<Policy> {
    return std::make_unique<T>(detail::read_params<Params>(f), spec, rng);
  };
  return entry;
}

/// An algorithm names what it trains as `T::PolicyType` and is constructed as
/// T(params, unique_ptr<PolicyType>, env_spec, rng). It is refused policies that it does not say
/// that it can train:
///
/// - with memory, whose actions follow from more than the observation, unless
///   `static constexpr bool kTrainsMemory = true`: methods that learn from whole episodes' returns
///   and leave the playing to the sampler can;
/// - that normalise observations, unless `static constexpr bool kNormalizes = true`: methods that
///   set what they normalise with (normalization.hpp).
///
/// If its Params have a member `Pace pace() const`, plans know how many steps an iteration takes.
template <class T>
AlgorithmEntry algorithm(std::string name, std::string summary, std::string reference,
                         std::string default_policy) {
  using Params = typename T::Params;
  using PolicyType = typename T::PolicyType;
  auto entry = detail::described<AlgorithmEntry, Params>(std::move(name), std::move(summary),
                                                         std::move(reference));
  entry.policy_kind = PolicyType::kKind;
  entry.default_policy = std::move(default_policy);
  entry.pace = [](Fields& f) -> Pace {
    const Params params = detail::read_params<Params>(f);
    if constexpr (requires { params.pace(); }) return params.pace();
    return {};
  };
  entry.make = [name = entry.name](Fields& f, std::unique_ptr<Policy> policy, const EnvSpec& spec,
                                   Rng rng) -> std::unique_ptr<Algorithm> {
    const Params params = detail::read_params<Params>(f);
    auto* needed = dynamic_cast<PolicyType*>(policy.get());
    if (needed == nullptr)
      throw UserError(name + " trains a " + PolicyType::kKind + ", which the given policy is not");
    if constexpr (!detail::trains_memory<T>())
      if (const Index size = policy->memory_size(); size > 0)
        throw UserError(name + " cannot train a policy with memory, and the given policy keeps " +
                        std::to_string(size) + " numbers of it per episode");
    if constexpr (!detail::normalizes<T>())
      if (policy->normalizes())
        throw UserError(name +
                        " does not keep the moments that the given policy normalises observations "
                        "with; it fits policies that do not (\"normalize_observations\": false)");
    (void)policy.release();
    return std::make_unique<T>(params, std::unique_ptr<PolicyType>(needed), spec, rng);
  };
  return entry;
}

}  // namespace rlrun
