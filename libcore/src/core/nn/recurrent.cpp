#include "rlrun/nn/recurrent.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "nn/init.hpp"
#include "nn/recurrent_passes.hpp"

namespace rlrun::nn {
namespace {

// Up to this many columns weights are read where they lie; for more it pays to pack them.
constexpr Index kNarrow = 64;

}  // namespace

Recurrent::Recurrent(Index inputs, Index units, Plan plan)
    : inputs_(inputs),
      units_(units),
      block_(padded(units)),
      n_gates_(std::accumulate(plan.stage_gates.begin(), plan.stage_gates.end(), Index{0})),
      plan_(std::move(plan)) {
  RLRUN_CHECK(inputs > 0 && units > 0);
  RLRUN_CHECK(plan_.stage_gates.size() == (plan_.multiplied_block > 0 ? 2U : 1U));
}

Index Recurrent::n_params() const {
  return n_gates_ * units_ * (inputs_ + units_ + 1);
}

Index Recurrent::memory_size() const {
  return plan_.remembered_block > 0 ? 2 * units_ : units_;
}

std::unique_ptr<Network::Tape> Recurrent::tape() const {
  return std::make_unique<RecurrentTape>();
}

void Recurrent::initialize(VectorFOut params, Init init, float /*output_gain*/, Rng rng) const {
  RLRUN_CHECK(params.size() == n_params());
  const Index rows = n_gates_ * units_;
  Eigen::Map<MatrixF> weights(params.data(), rows, inputs_ + units_);
  for (Index gate = 0; gate < n_gates_; ++gate) {
    auto own = weights.middleRows(gate * units_, units_);
    init_weights(own.leftCols(inputs_), init, 1, rng);
    init_weights(own.rightCols(units_), init, 1, rng);
  }
  params.tail(rows).setZero();
  initialize_biases(params.tail(rows));
}

void Recurrent::initialize_biases(VectorFOut /*biases*/) const {}

Eigen::Ref<const MatrixF> Recurrent::memory_after(const Tape& tape) const {
  const auto& own = tape_of<const RecurrentTape>(tape);
  return own.after.leftCols(own.order.sequences());
}

Recurrent::Layout::Layout(const Recurrent& layer)
    : inputs(layer.inputs_),
      units(layer.units_),
      block(layer.block_),
      rows(layer.n_gates_ * layer.block_),
      record(rows + layer.plan_.other_blocks * layer.block_),
      n_stages(layer.plan_.stage_gates.size()),
      stages{},
      remembered(layer.plan_.remembered_block * layer.block_),
      multiplied(layer.plan_.multiplied_block * layer.block_) {
  Index first = 0;
  for (std::size_t k = 0; k < n_stages; ++k) {
    stages[k] = {first, layer.plan_.stage_gates[k] * block};
    first += stages[k].rows;
  }
}

const float* Recurrent::Layout::pad(const float* params, float* storage) const {
  if (block == units) return params;
  const Index gates = rows / block;
  std::fill_n(storage, padded_size(), 0.0F);
  for (Index column = 0; column < inputs + units + 1; ++column)
    for (Index gate = 0; gate < gates; ++gate)
      std::copy_n(params + (column * gates + gate) * units, units,
                  storage + (column * gates + gate) * block);
  return storage;
}

Recurrent::Layout::Weights Recurrent::Layout::direct(const float* weights) const {
  Weights result;
  result.bias = weights + rows * (inputs + units);
  result.inputs = {.data = weights, .ld = rows};
  for (std::size_t k = 0; k < n_stages; ++k)
    result.stages[k] = {.data = weights + rows * inputs + stages[k].first, .ld = rows};
  return result;
}

Recurrent::Layout::Weights Recurrent::Layout::pack(const float* weights, float* storage) const {
  Weights result = direct(weights);
  result.inputs = kernel::pack(weights, rows, rows, inputs, storage);
  float* to = storage + rows * inputs;
  for (std::size_t k = 0; k < n_stages; ++k) {
    result.stages[k] = kernel::pack(result.stages[k].data, rows, stages[k].rows, units, to);
    to += stages[k].rows * units;
  }
  return result;
}

Recurrent::Layout::Weights Recurrent::Layout::pack_transposed(const float* weights,
                                                              bool wants_inputs,
                                                              float* storage) const {
  Weights result = direct(weights);
  float* to = storage;
  for (std::size_t k = 0; k < n_stages; ++k) {
    result.stages[k] =
        kernel::pack_transposed(result.stages[k].data, rows, units, stages[k].rows, to);
    to += stages[k].rows * block;
  }
  if (wants_inputs) result.inputs = kernel::pack_transposed(weights, rows, inputs, rows, to);
  return result;
}

void Recurrent::infer_step(VectorFIn params, MatrixFIn x, MatrixFOut memory, MatrixFOut out,
                           Workspace& workspace) const {
  const Layout layout(*this);
  const Index n = x.cols();
  const Workspace::Scope scope(workspace);
  float* const copy = block_ == units_ ? nullptr : workspace.matrix(layout.padded_size(), 1).data();
  const float* const weights = layout.pad(params.data(), copy);
  const Layout::Weights w =
      n <= kNarrow ? layout.direct(weights)
                   : layout.pack(weights, workspace.matrix(layout.packed_size(), 1).data());

  Workspace::Map record = workspace.matrix(layout.record, n);
  Workspace::Map before = workspace.matrix(layout.remembered > 0 ? layout.record : 1, n);
  Workspace::Map h_before = workspace.matrix(block_, n), h = workspace.matrix(block_, n);
  h_before.setZero();
  h_before.topRows(units_) = memory.topRows(units_);
  if (layout.remembered > 0) {
    before.middleRows(layout.remembered, block_).setZero();
    before.middleRows(layout.remembered, units_) = memory.bottomRows(units_);
  }

  kernel::product(w.inputs, {.data = x.data(), .ld = x.outerStride()}, layout.rows, inputs_, n,
                  w.bias, 0, record.data(), layout.record);
  const Kept kept{.record = record.data(),
                  .before = before.data(),
                  .record_ld = layout.record,
                  .h_before = h_before.data(),
                  .h_before_ld = block_,
                  .cols = n};
  for (std::size_t k = 0; k < layout.n_stages; ++k) {
    const auto [first, rows] = layout.stages[k];
    const Rhs right = k == 0 ? Rhs{.data = h_before.data(), .ld = block_}
                             : Rhs{.data = record.data() + layout.multiplied, .ld = layout.record};
    kernel::product(w.stages[k], right, rows, units_, n, record.data() + first, layout.record,
                    record.data() + first, layout.record);
    combine(k, kept, h.data());
  }
  out = h.topRows(units_);
  memory.topRows(units_) = h.topRows(units_);
  if (layout.remembered > 0)
    memory.bottomRows(units_) = record.middleRows(layout.remembered, units_);
}

Eigen::Ref<const MatrixF> Recurrent::forward_steps(VectorFIn params, const Steps& steps,
                                                   Tape& any_tape) const {
  auto& tape = tape_of<RecurrentTape>(any_tape);
  const Layout layout(*this);
  const Index n = steps.columns.cols(), sequences = steps.sequences();
  TimeOrder& order = tape.order;
  order.arrange(steps);
  reserve(tape.inputs, stride(inputs_ + block_), n);
  reserve(tape.records, stride(layout.record), sequences + n);
  reserve(tape.out, units_, n);
  reserve(tape.after, memory_size(), sequences);
  reserve(tape.carried, block_, sequences);
  reserve(tape.padded, layout.padded_size());
  reserve(tape.packed, layout.packed_size());
  const float* const weights = layout.pad(params.data(), tape.padded.data());
  const Layout::Weights w = layout.pack(weights, tape.packed.data());

  // What is before the sequences.
  const bool remembers = steps.memory.cols() > 0;
  tape.inputs.block(inputs_, 0, block_, sequences).setZero();
  if (layout.remembered > 0) tape.records.block(layout.remembered, 0, block_, sequences).setZero();
  for (Index rank = 0; remembers && rank < sequences; ++rank) {
    const auto memory = steps.memory.col(order.sequence(rank));
    tape.inputs.col(rank).segment(inputs_, units_) = memory.head(units_);
    if (layout.remembered > 0)
      tape.records.col(rank).segment(layout.remembered, units_) = memory.tail(units_);
  }

  order.for_pieces(forward_cols(layout.record), [&](const TimeOrder::Piece& piece) {
    const bool one_step = piece.to_step == piece.from_step + 1;
    const Index from = order.from(piece.from_step) + piece.first;
    const Index cols = one_step ? piece.count : order.from(piece.to_step) - from;
    for (Index place = from; place < from + cols; ++place)
      copy_run(steps.columns.col(order.column(place)).data(), inputs_,
               tape.inputs.col(place).data());
    kernel::product(w.inputs, {.data = tape.inputs.col(from).data(), .ld = tape.inputs.rows()},
                    layout.rows, inputs_, cols, w.bias, 0,
                    tape.records.col(sequences + from).data(), tape.records.rows());
    for (Index t = piece.from_step; t < piece.to_step; ++t) {
      const Index count = one_step ? piece.count : order.running(t);
      const Kept kept = tape.kept(layout, t, piece.first, count);
      for (std::size_t k = 0; k < layout.n_stages; ++k) {
        float* const gates = kept.record + layout.stages[k].first;
        kernel::product(w.stages[k], tape.multiplied(layout, k, order.from(t) + piece.first),
                        layout.stages[k].rows, units_, count, gates, kept.record_ld, gates,
                        kept.record_ld);
        combine(k, kept, tape.carried.data());
      }
      const Index go_on = order.running(t + 1);
      for (Index i = 0; i < count; ++i) {
        const Index rank = piece.first + i;
        const float* const h = tape.carried.col(i).data();
        copy_run(h, units_, tape.out.col(order.column(order.from(t) + rank)).data());
        if (rank < go_on) {
          copy_run(h, block_, tape.inputs.col(order.from(t + 1) + rank).data() + inputs_);
          continue;
        }
        float* const after = tape.after.col(order.sequence(rank)).data();
        copy_run(h, units_, after);
        if (layout.remembered > 0)
          copy_run(kept.record + i * kept.record_ld + layout.remembered, units_, after + units_);
      }
    }
  });
  return tape.out.leftCols(n);
}

}  // namespace rlrun::nn
