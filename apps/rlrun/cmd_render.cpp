#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "rlrun/error.hpp"

#include "cli/streams.hpp"
#include "commands.hpp"
#include "experiment/experiment.hpp"
#include "plugin/fields.hpp"
#include "report/film.hpp"
#include "report/image.hpp"
#include "report/number.hpp"
#include "run/stored_policy.hpp"
#include "sample/play.hpp"
#include "store/output.hpp"

namespace rlrun::commands {
namespace {

namespace po = cli::po;

constexpr double kMostFramesPerSecond = 60;

/// What is to be drawn: a task and who acts in it.
struct Scene {
  std::string label;
  EnvFactory env;
  std::unique_ptr<const Policy> policy;
  Rng root;
  bool damage = false;  ///< Whether other files of its folder are damaged.
};

Scene random_scene(const std::string& env, const po::variables_map& values, Catalog& catalog,
                   LoadedPlugins& plugins) {
  if (values["best"].as<bool>())
    throw UserError("--best takes a stored policy, --random takes none; give one of them",
                    ExitCode::kUsage);
  const Choice choice = make_choice(Kind::kEnv, env, cli::settings(values), InfoSource(catalog),
                                    cli::wrappers(values));
  Scene scene{choice.label + ", random actions", load_env(choice, catalog, plugins), nullptr,
              Rng(0), false};
  json::Value none = json::Object{};
  JsonReader params(none);
  scene.policy = plugins.policy("uniform").make(params, scene.env()->spec(), Rng(0));
  return scene;
}

Scene stored_scene(const std::string& source, const po::variables_map& values, Catalog& catalog,
                   LoadedPlugins& plugins) {
  if (!cli::settings(values).empty() || !cli::wrappers(values).empty())
    throw UserError(
        "--set and --with go with --random; a stored policy keeps the task it was trained on",
        ExitCode::kUsage);
  const FoundTrials found = find_trials(source, values["trial"].as<std::string>());
  for (const auto& lines : {found.problems, found.notes})
    for (const std::string& line : lines) cli::say_line(line);
  const std::vector<TrialRecord>& records = found.trials;
  if (records.size() > 1) {
    std::string labels;
    for (std::size_t i = 0; i < records.size() && i < 8; ++i)
      labels += (i > 0 ? ", " : "") + records[i].label + " (" + records[i].id + ")";
    throw UserError(fmt::format("{}: choose one of {} trials with --trial: {}{}", source,
                                records.size(), labels, records.size() > 8 ? ", ..." : ""),
                    ExitCode::kUsage);
  }
  const bool best = values["best"].as<bool>();
  StoredPolicy stored =
      load_policy(records[0], catalog, plugins, best ? WhichPolicy::kBest : WhichPolicy::kLast);
  return {records[0].label + (best ? ", best policy" : ""), std::move(stored.env),
          std::move(stored.policy), Rng(stored.trial.seed), !found.problems.empty()};
}

/// What was drawn, for programs and for people.
struct Drawn {
  json::Object facts;
  std::string text;
};

Renderable& drawable(Env& env, const std::string& label) {
  Renderable* picture = env.renderable();
  if (picture == nullptr) throw UserError(label + ": this task cannot be drawn");
  return *picture;
}

Drawn draw_picture(const Scene& scene, ActMode mode, Rng stream, Index at, Frame& frame,
                   const std::filesystem::path& output) {
  const auto env = scene.env();
  Renderable& picture = drawable(*env, scene.label);
  const PlayedEpisode episode =
      play_episode(*env, *scene.policy, mode, stream, [&](Index step) { return step < at; });
  picture.render(frame);
  write_png(output, frame);
  return {{{"output", output.string()},
           {"label", scene.label},
           {"steps", static_cast<std::int64_t>(episode.length)}},
          fmt::format("{}: {} after {}", output.string(), scene.label,
                      counted(static_cast<std::size_t>(episode.length), "step"))};
}

Drawn draw_film(const Scene& scene, ActMode mode, Rng streams, std::int64_t episodes, double speed,
                Frame& frame, const std::filesystem::path& output) {
  const auto env = scene.env();
  Renderable& picture = drawable(*env, scene.label);
  // Some steps are left out where a task is faster than a screen.
  const double steps_per_second = speed / picture.seconds_per_step();
  const auto stride =
      std::max<Index>(1, static_cast<Index>(std::ceil(steps_per_second / kMostFramesPerSecond)));
  picture.render(frame);  // complains first if there is no way to draw
  Film film(output, frame.width, frame.height, steps_per_second / static_cast<double>(stride));
  Index frames = 0;
  std::vector<PlayedEpisode> played;
  for (std::int64_t e = 0; e < episodes; ++e) {
    played.push_back(play_episode(*env, *scene.policy, mode,
                                  streams.fork(static_cast<std::uint64_t>(e)), [&](Index step) {
                                    if (step % stride != 0) return true;
                                    picture.render(frame);
                                    film.add(frame);
                                    ++frames;
                                    return true;
                                  }));
  }
  film.finish();
  const EpisodeStatistics s = summarize(played);
  return {{{"output", output.string()},
           {"label", scene.label},
           {"episodes", episodes},
           {"mean", s.mean},
           {"mean_length", s.mean_length},
           {"pictures", static_cast<std::int64_t>(frames)}},
          fmt::format("{}: {}, {}, return {}, length {:.0f}, {}", output.string(), scene.label,
                      counted(static_cast<std::size_t>(episodes), "episode"), number_text(s.mean),
                      s.mean_length, counted(static_cast<std::size_t>(frames), "picture"))};
}

int run_render(const po::variables_map& values) {
  const std::filesystem::path output = values["output"].as<std::string>();
  const bool film = output.extension() == ".mp4";
  if (!film && output.extension() != ".png")
    throw UserError("--output " + output.string() + ": the name ends in .png or .mp4",
                    ExitCode::kUsage);
  Frame frame{static_cast<int>(values["width"].as<std::int64_t>()),
              static_cast<int>(values["height"].as<std::int64_t>()),
              {}};
  if (film && (frame.width % 2 != 0 || frame.height % 2 != 0))
    throw UserError("a film has an even --width and --height", ExitCode::kUsage);
  const double speed = values["speed"].as<double>();
  if (!(speed > 0.001 && speed < 1000))
    throw UserError("--speed is between 0.001 and 1000", ExitCode::kUsage);

  check_output(output);
  Catalog catalog(cli::plugin_path(values));
  LoadedPlugins plugins;
  const auto source = values["SOURCE"].as<std::string>();
  const Scene scene = values["random"].as<bool>() ? random_scene(source, values, catalog, plugins)
                                                  : stored_scene(source, values, catalog, plugins);
  const ActMode mode = values["explore"].as<bool>() ? ActMode::kExplore : ActMode::kGreedy;
  const Rng streams =
      scene.root.fork("render").fork(static_cast<std::uint64_t>(values["seed"].as<std::int64_t>()));
  try {
    const Drawn drawn = film
                            ? draw_film(scene, mode, streams, values["episodes"].as<std::int64_t>(),
                                        speed, frame, output)
                            : draw_picture(scene, mode, streams.fork(0),
                                           values["step"].as<std::int64_t>(), frame, output);
    fmt::print("{}\n", cli::json_wanted(values) ? json::pretty(drawn.facts) : drawn.text);
  } catch (const TrialError& error) {
    throw UserError(scene.label + ": " + error.what(), ExitCode::kTrialFailed);
  }
  return static_cast<int>(scene.damage ? ExitCode::kStore : ExitCode::kOk);
}

}  // namespace

cli::Command render() {
  cli::Command command;
  command.name = "render";
  command.summary = "Draw a stored policy at work, as PNG or MP4.";
  command.synopsis = "SOURCE --output FILE [options]";
  command.details =
      "SOURCE is a result folder or one of its trial files; with --random it is a task.\n"
      "FILE ends in .png (one picture) or .mp4 (whole episodes, made by ffmpeg). Neither a\n"
      "screen nor a graphics card is needed.";
  command.positional = {"SOURCE"};
  constexpr std::int64_t kMost = std::int64_t{1} << 53;
  command.options.add_options()("output", po::value<std::string>()->value_name("FILE")->required(),
                                "Where it goes.")(
      "trial", po::value<std::string>()->value_name("ID|TEXT")->default_value("", ""),
      "The trial with this id, or whose label contains the text.")(
      "best", po::bool_switch(),
      "The policy with the best evaluation during training instead of the last.")(
      "random", po::bool_switch(), "SOURCE is a task; draw it under random actions.")(
      "explore", po::bool_switch(), "Act as in training instead of greedily.")(
      "seed", cli::whole_number("seed", 0, kMost)->default_value(0),
      "Another number gives other episodes.")(
      "step", cli::whole_number("step", 0, kMost)->default_value(50),
      "The step that a picture shows, or the last if the episode is shorter.")(
      "episodes", cli::whole_number("episodes", 1, 10'000)->default_value(1), "Of a film.")(
      "speed", po::value<double>()->value_name("X")->default_value(1, "1"),
      "Of a film; 1 is real time.")(
      "width", cli::whole_number("width", 16, 4096, "PIXELS")->default_value(640),
      "Width of the picture.")("height",
                               cli::whole_number("height", 16, 4096, "PIXELS")->default_value(480),
                               "Height of the picture.");
  cli::add_set_option(command.options);
  cli::add_with_option(command.options);
  cli::add_json_option(command.options);
  cli::add_plugin_path_option(command.options);
  command.run = run_render;
  return command;
}

}  // namespace rlrun::commands
