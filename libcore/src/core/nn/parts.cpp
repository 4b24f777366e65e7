#include "rlrun/nn/parts.hpp"

#include "rlrun/error.hpp"
#include "rlrun/parallel.hpp"

namespace rlrun::nn {
namespace {

constexpr Index kPartWidth = 512;
// More parts than this do not balance better, and each holds a gradient.
constexpr Index kMostParts = 64;

Index ceil_div(Index a, Index b) {
  return (a + b - 1) / b;
}

}  // namespace

Parts::Parts(Index cols)
    : total(cols),
      width(std::max(kPartWidth, ceil_div(cols, kMostParts))),
      count(ceil_div(cols, width)) {}

Parts::Parts(Index cols, Index most) : total(cols), width(0), count(0) {
  RLRUN_CHECK(most > 0);
  width = std::max<Index>(1, ceil_div(cols, std::max<Index>(1, ceil_div(cols, most))));
  count = ceil_div(cols, width);
}

Parts::Parts(const Steps& steps, bool whole_sequences) : Parts(steps.columns.cols()) {
  if (whole_sequences && !steps.starts.empty()) *this = Parts(steps.starts, total, width);
}

Parts::Parts(std::span<const Index> starts, Index cols, Index least)
    : total(cols), width(0), count(0) {
  bounds.push_back(0);
  for (const Index start : starts)
    if (start - bounds.back() >= least) bounds.push_back(start);
  bounds.push_back(cols);
  count = static_cast<Index>(bounds.size()) - 1;
  for (Index part = 0; part < count; ++part) width = std::max(width, this->cols(part));
}

namespace {

// Sequences of a part, as a range of all. Empty where the part does not know of any.
struct Sequences {
  Sequences(const Steps& steps, const Parts& parts, Index part) {
    const Index from = parts.from(part), end = from + parts.cols(part);
    if (!parts.bounds.empty()) {
      const auto place = [&](Index column) {
        return std::lower_bound(steps.starts.begin(), steps.starts.end(), column) -
               steps.starts.begin();
      };
      first = place(from);
      count = place(end) - first;
    } else if (steps.starts.empty()) {  // each column is one
      first = from;
      count = end - from;
    }
  }
  [[nodiscard]] auto of(const Eigen::Ref<const MatrixF>& memory) const {
    return memory.middleCols(memory.cols() > 0 ? first : 0, memory.cols() > 0 ? count : 0);
  }
  Index first = 0, count = 0;
};

}  // namespace

StepsPart::StepsPart(const Steps& steps, const Parts& parts, Index part)
    : columns_(steps.columns.middleCols(parts.from(part), parts.cols(part))),
      memory_(Sequences(steps, parts, part).of(steps.memory)) {
  if (parts.bounds.empty()) return;
  const Sequences sequences(steps, parts, part);
  for (Index s = 0; s < sequences.count; ++s)
    starts_.push_back(steps.starts[std::size_t(sequences.first + s)] - parts.from(part));
}

void outputs_in_parts(const Network& network, VectorFIn params, const ObservationInput& input,
                      const Steps& steps, MatrixFOut out) {
  const Parts parts(steps, network.memory_size() > 0);
  parallel_for(parts.count, [&](Index p) {
    Workspace workspace;
    const StepsPart part(steps, parts, p);
    auto to = out.middleCols(parts.from(p), parts.cols(p));
    if (network.memory_size() == 0) {
      // Without a tape: only the outputs are wanted.
      Eigen::Map<MatrixF> none(nullptr, 0, 0);
      network.infer(params, part.seen_by(input, workspace).columns, none, to, workspace);
    } else {
      to = network.forward(params, part.seen_by(input, workspace), *network.tape());
    }
  });
}

void add_columns(MatrixFIn columns, VectorFOut sum) {
  constexpr Index kRows = 2048;
  parallel_for(ceil_div(sum.size(), kRows), [&](Index block) {
    const Index from = block * kRows, n = std::min(kRows, sum.size() - from);
    for (Index j = 0; j < columns.cols(); ++j)
      sum.segment(from, n) += columns.col(j).segment(from, n);
  });
}

}  // namespace rlrun::nn
