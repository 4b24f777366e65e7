#include "plugin/loader.hpp"

#include <algorithm>
#include <clocale>
#include <memory>
#include <system_error>

#include <fenv.h>

// Without it Boost.DLL needs the library of Boost.Filesystem.
#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "rlrun/error.hpp"

#include "plugin/child.hpp"

namespace rlrun {
namespace {

UserError plugin_error(const std::string& message) {
  return UserError(message, ExitCode::kPlugin);
}

/// What a library could change for everybody by being loaded, and so change results. Restored and
/// compared afterwards: linking with -ffast-math, for one, sets the flush-to-zero mode.
class Surroundings {
 public:
  Surroundings() : locale_(std::setlocale(LC_ALL, nullptr)) {
    folder_ = std::filesystem::current_path(error_);
  }

  /// Puts everything back; says what was changed, or "".
  std::string restore() {
    std::string changed;
    if (fegetround() != rounding_) {
      fesetround(rounding_);
      changed = "the rounding mode";
    }
#if defined(__x86_64__)
    constexpr unsigned kModes =
        ~unsigned{_MM_EXCEPT_MASK};  // the flags of past exceptions may differ
    if ((_mm_getcsr() & kModes) != (control_ & kModes)) {
      _mm_setcsr(control_);
      changed = "the floating-point mode (is it linked with -ffast-math?)";
    }
#endif
    if (locale_ != std::setlocale(LC_ALL, nullptr)) {
      std::setlocale(LC_ALL, locale_.c_str());
      changed = "the locale";
    }
    std::error_code now_error;
    const auto now = std::filesystem::current_path(now_error);
    if (!error_ && (now_error || now != folder_)) {
      std::filesystem::current_path(folder_, now_error);
      changed = "the working folder";
    }
    return changed;
  }

 private:
  int rounding_ = fegetround();
#if defined(__x86_64__)
  unsigned control_ = _mm_getcsr();
#endif
  std::string locale_;
  std::filesystem::path folder_;
  std::error_code error_;
};

boost::dll::shared_library& open_forever(const std::filesystem::path& path) {
  namespace dll = boost::dll;
  std::error_code error;
  auto library = std::make_unique<dll::shared_library>();
  library->load(path, dll::load_mode::rtld_now | dll::load_mode::rtld_local, error);
  if (error) {
    // The message of dlopen names the missing symbol or library; the code alone says nothing.
    const char* text = dlerror();
    std::string detail = text != nullptr ? text : error.message();
    if (detail.starts_with(path.string() + ": ")) detail.erase(0, path.string().size() + 2);
    throw plugin_error(path.string() + ": cannot be loaded: " + detail);
  }
  // Never unloaded: threads, exit handlers and objects of it may outlive every owner we know.
  return *library.release();
}

}  // namespace

LoadedPlugins::LoadedPlugins() {
  register_builtin_policies(*this);
}
LoadedPlugins::~LoadedPlugins() = default;

void LoadedPlugins::load(const PluginFile& file) {
  if (std::find(loaded_.begin(), loaded_.end(), file.path) != loaded_.end()) return;
  const std::string path = file.path.string();
  // Read again: the file may have been replaced since the catalogue was made.
  const PluginFile manifest = read_manifest(file.path);
  if (!manifest.problem.empty()) throw plugin_error(path + ": " + manifest.problem);

  Surroundings surroundings;
  set_child_phase("loading it");
  boost::dll::shared_library& library = open_forever(std::filesystem::absolute(file.path));
  if (!library.has("rlrun_plugin_register"))
    throw plugin_error(path + ": exports no rlrun_plugin_register; see RLRUN_PLUGIN");

  set_child_phase("it registered what it offers");
  loading_ = &manifest;
  try {
    library.get<void(Registry&)>("rlrun_plugin_register")(*this);
    for (const auto& [kind, name] : manifest.provides) {
      const auto origin = origin_.find({kind, name});
      if (origin == origin_.end() || origin->second != path)
        throw plugin_error("its manifest lists " + std::string(kind_name(kind)) + " '" + name +
                           "', which it does not register");
    }
    const std::string changed = surroundings.restore();
    if (!changed.empty())
      throw plugin_error("changes " + changed + " of the process when it is loaded");
  } catch (const std::exception& error) {
    forget(path);
    surroundings.restore();
    throw plugin_error(path + ": " + error.what());
  } catch (...) {
    forget(path);
    surroundings.restore();
    throw plugin_error(path + ": threw something that is no std::exception while it registered");
  }
  loading_ = nullptr;
  loaded_.push_back(file.path);
  set_child_phase("");
}

void LoadedPlugins::forget(const std::string& path) {
  loading_ = nullptr;
  std::erase_if(origin_, [&](const auto& item) {
    if (item.second != path) return false;
    const auto& [kind, name] = item.first;
    if (kind == Kind::kEnv) envs_.erase(name);
    if (kind == Kind::kWrapper) wrappers_.erase(name);
    if (kind == Kind::kPolicy) policies_.erase(name);
    if (kind == Kind::kAlgorithm) algorithms_.erase(name);
    return true;
  });
}

void LoadedPlugins::note(Kind kind, const std::string& name, bool complete) {
  const std::string what = std::string(kind_name(kind)) + " '" + name + "'";
  if (loading_ != nullptr) {
    const std::pair<Kind, std::string> entry(kind, name);
    const auto& listed = loading_->provides;
    if (std::find(listed.begin(), listed.end(), entry) == listed.end())
      throw plugin_error("registers " + what + ", which its manifest does not list");
  }
  if (!complete) throw plugin_error("registers " + what + " without the functions that make it");
  const std::string origin = loading_ == nullptr ? "rlrun itself" : loading_->path.string();
  const auto [place, added] = origin_.emplace(std::pair(kind, name), origin);
  if (!added)
    throw plugin_error("registers " + what + ", which is already registered by " + place->second);
}

void LoadedPlugins::add(EnvEntry entry) {
  note(Kind::kEnv, entry.name, entry.visit_defaults && entry.make);
  std::string name = entry.name;
  envs_.emplace(std::move(name), std::move(entry));
}

void LoadedPlugins::add(WrapperEntry entry) {
  note(Kind::kWrapper, entry.name, entry.visit_defaults && entry.make);
  std::string name = entry.name;
  wrappers_.emplace(std::move(name), std::move(entry));
}

void LoadedPlugins::add(PolicyEntry entry) {
  note(Kind::kPolicy, entry.name, entry.visit_defaults && entry.make);
  std::string name = entry.name;
  policies_.emplace(std::move(name), std::move(entry));
}

void LoadedPlugins::add(AlgorithmEntry entry) {
  note(Kind::kAlgorithm, entry.name, entry.visit_defaults && entry.make);
  std::string name = entry.name;
  algorithms_.emplace(std::move(name), std::move(entry));
}

namespace {

template <class Entries>
const auto& entry_of(const Entries& entries, Kind kind, const std::string& name) {
  const auto found = entries.find(name);
  if (found == entries.end())
    throw plugin_error(std::string(kind_name(kind)) + " '" + name + "' is in no loaded plugin");
  return found->second;
}

}  // namespace

const EnvEntry& LoadedPlugins::env(const std::string& name) const {
  return entry_of(envs_, Kind::kEnv, name);
}
const WrapperEntry& LoadedPlugins::wrapper(const std::string& name) const {
  return entry_of(wrappers_, Kind::kWrapper, name);
}
const PolicyEntry& LoadedPlugins::policy(const std::string& name) const {
  return entry_of(policies_, Kind::kPolicy, name);
}
const AlgorithmEntry& LoadedPlugins::algorithm(const std::string& name) const {
  return entry_of(algorithms_, Kind::kAlgorithm, name);
}

std::vector<std::string> LoadedPlugins::policy_names() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : policies_) names.push_back(name);
  return names;
}

}  // namespace rlrun
