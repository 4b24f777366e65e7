#include "task.hpp"

#include <cstring>
#include <string_view>
#include <utility>

#include "rlrun/error.hpp"

#include "picture.hpp"

namespace rlrun::gymnasium {
namespace {

// Values one after the other, as Python's struct packs them without padding.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  T get() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  VectorF floats(Index n) {
    VectorF values(n);
    const std::string_view bytes = take(static_cast<std::size_t>(n) * sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
  std::string_view take(std::size_t size) {
    RLRUN_CHECK(size <= bytes_.size());
    const std::string_view head = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return head;
  }

 private:
  std::string_view bytes_;
};

Space read_space(Reader& in) {
  const char kind = in.get<char>();
  const Index size = in.get<std::uint32_t>();
  if (kind == 'd') return Discrete{in.get<std::int64_t>()};
  if (kind == 'm') {
    MultiDiscrete several;
    for (Index i = 0; i < size; ++i) several.n.push_back(in.get<std::int64_t>());
    return several;
  }
  Box box;
  for (std::uint32_t i = in.get<std::uint32_t>(); i > 0; --i)
    box.shape.push_back(in.get<std::uint32_t>());
  box.bytes = in.get<bool>();
  box.low = in.floats(size);
  box.high = in.floats(size);
  return box;
}

Facts read_facts(const std::string& introduction) {
  Reader in(introduction);
  Facts facts;
  facts.spec.horizon = in.get<std::int64_t>();
  facts.renders = in.get<bool>();
  facts.seconds_per_step = in.get<double>();
  facts.spec.observation = read_space(in);
  facts.spec.action = read_space(in);
  return facts;
}

std::size_t action_offset(const EnvSpec& spec) {
  return kHeadSize + (sizeof(float) * static_cast<std::size_t>(spec.obs_dim()) + 63) / 64 * 64;
}

}  // namespace

std::unique_ptr<Task> Task::make(std::shared_ptr<Interpreter> interpreter, Index horizon) {
  auto process = std::make_unique<TaskProcess>(std::move(interpreter));
  Facts facts = read_facts(process->introduction());
  if (horizon > 0) facts.spec.horizon = horizon;
  if (facts.spec.horizon == 0)
    throw UserError(
        "horizon: the task has no time limit of its own; say after how many steps an episode is "
        "cut "
        "off");
  process->map(action_offset(facts.spec) +
               sizeof(float) * static_cast<std::size_t>(facts.spec.action_dim()));
  if (facts.renders) return std::make_unique<RenderedTask>(std::move(process), std::move(facts));
  return std::make_unique<Task>(std::move(process), std::move(facts));
}

Task::Task(std::unique_ptr<TaskProcess> process, Facts facts)
    : process_(std::move(process)),
      facts_(std::move(facts)),
      observation_(process_->floats_at(kHeadSize), facts_.spec.obs_dim()),
      action_(process_->floats_at(action_offset(facts_.spec)), facts_.spec.action_dim()) {}

void Task::reset(Rng rng, VectorFOut observation) {
  process_->head().seed = rng() >> 32;  // what any of Python's generators takes
  process_->ask(Request::kReset);
  process_->wait();
  observation = observation_;
}

Transition Task::step(VectorFIn action, VectorFOut observation) {
  begin_step(action);
  return end_step(observation);
}

void Task::begin_step(VectorFIn action) {
  if (const auto* box = std::get_if<Box>(&facts_.spec.action))
    action_ = action.cwiseMax(box->low).cwiseMin(box->high);
  else
    action_ = action;
  process_->ask(Request::kStep);
}

Transition Task::end_step(VectorFOut observation) {
  process_->wait();
  observation = observation_;
  const Head& head = process_->head();
  return {.reward = head.reward,
          .terminated = (head.flags & 1) != 0,
          .truncated = (head.flags & 2) != 0};
}

void RenderedTask::render(Frame& frame) {
  if (frame.width < 1 || frame.height < 1)
    throw UserError("a picture of " + std::to_string(frame.width) + " x " +
                    std::to_string(frame.height) + " pixels cannot be drawn");
  process().ask(Request::kPicture);
  const std::string picture = process().wait_for_text();
  Reader in(picture);
  const auto width = in.get<std::uint32_t>(), height = in.get<std::uint32_t>();
  fit(in.take(std::size_t(3) * width * height), static_cast<int>(width), static_cast<int>(height),
      frame);
}

}  // namespace rlrun::gymnasium
