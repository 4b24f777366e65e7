// Backward and forward-mode passes of a recurrent layer over the records of a tape.

#include <algorithm>

#include "nn/recurrent_passes.hpp"

namespace rlrun::nn {

void Recurrent::backward_steps(VectorFIn params, Tape& any_tape, MatrixFIn slope, VectorFOut grad,
                               MatrixFOut grad_x) const {
  auto& tape = tape_of<RecurrentTape>(any_tape);
  const Layout layout(*this);
  const TimeOrder& order = tape.order;
  const Index sequences = order.sequences(), rows = layout.rows;
  RLRUN_CHECK(slope.cols() == order.cols());
  const bool wants_grad = grad.size() > 0, wants_x = grad_x.size() > 0;
  const Index most_cols = order.most_chunk_cols(kBackwardCols), x_rows = padded(inputs_);
  reserve(tape.carried, block_, sequences);
  reserve(tape.other, block_, sequences);
  reserve(tape.delta, stride(rows), most_cols);
  reserve(tape.tangent_inputs, stride(inputs_), most_cols);
  reserve(tape.packed, std::max(layout.packed_size(), layout.transposed_size()));
  reserve(tape.packed_delta, rows * most_cols);
  reserve(tape.gradient, layout.padded_size());
  if (tape.zeros.size() < std::max(block_, x_rows)) tape.zeros.setZero(std::max(block_, x_rows));
  const float* const weights = layout.pad(params.data(), tape.padded.data());
  const Layout::Weights w = layout.pack_transposed(weights, wants_x, tape.packed.data());

  tape.carried.leftCols(sequences).setZero();
  tape.other.leftCols(sequences).setZero();
  float* const gradient = tape.gradient.data();
  if (wants_grad) std::fill_n(gradient, layout.padded_size(), 0.0F);
  const float one = 1;

  order.for_chunks_backward(kBackwardCols, [&](Index from_step, Index to_step) {
    const Index from = order.from(from_step), cols = order.from(to_step) - from;
    const Index ld = tape.delta.rows();
    for (Index t = to_step; t-- > from_step;) {
      const Kept kept = tape.kept(layout, t, 0, order.running(t));
      for (Index rank = 0; rank < kept.cols; ++rank) {
        const float* const own = slope.col(order.column(order.from(t) + rank)).data();
        float* const carried = tape.carried.col(rank).data();
        for (Index r = 0; r < units_; ++r) carried[r] += own[r];
      }
      float* const delta = tape.delta.col(order.from(t) - from).data();
      for (std::size_t k = layout.n_stages; k-- > 0;) {
        combine_back(k, kept, tape.carried.data(), tape.other.data(), delta, ld);
        // To h on top of what is there; to what stage 1 multiplies, alone.
        float* const to = k == 0 ? tape.carried.data() : tape.other.data();
        const float* const init = k == 0 ? to : tape.zeros.data();
        kernel::product(w.stages[k], {.data = delta + layout.stages[k].first, .ld = ld}, block_,
                        layout.stages[k].rows, kept.cols, init, k == 0 ? block_ : 0, to, block_);
      }
    }

    // dW += delta [x; h]^T and db += delta 1: sums over the columns.
    for (std::size_t k = 0; wants_grad && k < layout.n_stages; ++k) {
      const auto [first, stage_rows] = layout.stages[k];
      float* const to = gradient + first;
      const Lhs left =
          kernel::pack(tape.delta.data() + first, ld, stage_rows, cols, tape.packed_delta.data());
      const auto add = [&](Rhs right, Index n, float* sums) {
        std::swap(right.step, right.ld);
        kernel::product(left, right, stage_rows, cols, n, sums, rows, sums, rows);
      };
      const Rhs x{.data = tape.inputs.col(from).data(), .ld = tape.inputs.rows()};
      add(x, k == 0 ? inputs_ + units_ : inputs_, to);
      if (k > 0) add(tape.multiplied(layout, k, from), units_, to + rows * inputs_);
      add({.data = &one, .step = 1, .ld = 0}, 1, to + rows * (inputs_ + units_));
    }
    if (!wants_x) return;
    float* const dx = tape.tangent_inputs.data();
    const Index dx_ld = tape.tangent_inputs.rows();
    kernel::product(w.inputs, {.data = tape.delta.data(), .ld = ld}, x_rows, rows, cols,
                    tape.zeros.data(), 0, dx, dx_ld);
    for (Index place = 0; place < cols; ++place)
      copy_run(dx + place * dx_ld, inputs_, grad_x.col(order.column(from + place)).data());
  });

  if (!wants_grad) return;
  for (Index block = 0; block < n_gates_ * (inputs_ + units_ + 1); ++block)
    grad.segment(block * units_, units_) +=
        Eigen::Map<const VectorF>(gradient + block * block_, units_);
}

void Recurrent::jvp_steps(VectorFIn params, VectorFIn direction, MatrixFIn direction_x,
                          Tape& any_tape, MatrixFOut out) const {
  auto& tape = tape_of<RecurrentTape>(any_tape);
  const Layout layout(*this);
  const TimeOrder& order = tape.order;
  const Index sequences = order.sequences(), most_cols = order.most_chunk_cols(kBackwardCols);
  RLRUN_CHECK(out.cols() == order.cols());
  const bool moves_x = direction_x.size() > 0;
  reserve(tape.carried, block_, sequences);
  reserve(tape.other, block_, sequences);
  reserve(tape.delta, stride(layout.rows), most_cols);
  reserve(tape.tangent_inputs, stride(inputs_), most_cols);
  reserve(tape.padded, 2 * layout.padded_size());
  reserve(tape.packed, layout.packed_size());
  reserve(tape.packed_direction, layout.packed_size());
  const Layout::Weights w =
      layout.pack(layout.pad(params.data(), tape.padded.data()), tape.packed.data());
  const Layout::Weights dw =
      layout.pack(layout.pad(direction.data(), tape.padded.data() + layout.padded_size()),
                  tape.packed_direction.data());
  tape.carried.leftCols(sequences).setZero();
  tape.other.leftCols(sequences).setZero();

  order.for_pieces(forward_cols(layout.record), [&](const TimeOrder::Piece& piece) {
    const bool one_step = piece.to_step == piece.from_step + 1;
    const Index from = order.from(piece.from_step) + piece.first;
    const Index cols = one_step ? piece.count : order.from(piece.to_step) - from;
    float* const all = tape.delta.data();
    const Index ld = tape.delta.rows();
    // db + dW [x; h] + W dx, at all places.
    kernel::product(dw.inputs, {.data = tape.inputs.col(from).data(), .ld = tape.inputs.rows()},
                    layout.rows, inputs_, cols, dw.bias, 0, all, ld);
    for (std::size_t k = 0; k < layout.n_stages; ++k) {
      float* const to = all + layout.stages[k].first;
      kernel::product(dw.stages[k], tape.multiplied(layout, k, from), layout.stages[k].rows, units_,
                      cols, to, ld, to, ld);
    }
    if (moves_x) {
      MatrixF& dx = tape.tangent_inputs;
      for (Index place = 0; place < cols; ++place)
        copy_run(direction_x.col(order.column(from + place)).data(), inputs_, dx.col(place).data());
      kernel::product(w.inputs, {.data = dx.data(), .ld = dx.rows()}, layout.rows, inputs_, cols,
                      all, ld, all, ld);
    }
    // W dh, step by step.
    float* const carried = tape.carried.col(piece.first).data();
    float* const other = tape.other.col(piece.first).data();
    for (Index t = piece.from_step; t < piece.to_step; ++t) {
      const Index count = one_step ? piece.count : order.running(t);
      const Index place = order.from(t) + piece.first;
      const Kept kept = tape.kept(layout, t, piece.first, count);
      float* const delta = tape.delta.col(place - from).data();
      for (std::size_t k = 0; k < layout.n_stages; ++k) {
        float* const to = delta + layout.stages[k].first;
        kernel::product(w.stages[k], {.data = k == 0 ? carried : other, .ld = block_},
                        layout.stages[k].rows, units_, count, to, ld, to, ld);
        combine_jvp(k, kept, delta, ld, carried, other);
      }
      for (Index i = 0; i < count; ++i)
        copy_run(carried + i * block_, units_, out.col(order.column(place + i)).data());
    }
  });
}

}  // namespace rlrun::nn
