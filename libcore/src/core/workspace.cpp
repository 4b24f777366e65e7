#include "rlrun/workspace.hpp"

#include <algorithm>

namespace rlrun {
namespace {

constexpr std::size_t kAlign = EIGEN_MAX_ALIGN_BYTES / sizeof(float);
constexpr std::size_t kFirstBlock = 4096;  // floats

}  // namespace

Workspace::Workspace() = default;
Workspace::~Workspace() = default;
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;

Workspace::Map Workspace::matrix(Index rows, Index cols) {
  const auto wanted = static_cast<std::size_t>(rows * cols);
  const std::size_t size = (wanted + kAlign - 1) / kAlign * kAlign;
  // Blocks are never moved, so that what was taken stays valid; a new one is at least twice as
  // large as the last.
  while (block_ < blocks_.size() && used_ + size > blocks_[block_].size) {
    ++block_;
    used_ = 0;
  }
  if (block_ == blocks_.size()) {
    const std::size_t capacity =
        std::max(size, blocks_.empty() ? kFirstBlock : 2 * blocks_.back().size);
    auto* data = static_cast<float*>(Eigen::internal::aligned_malloc(capacity * sizeof(float)));
    blocks_.push_back({{data, [](float* p) { Eigen::internal::aligned_free(p); }}, capacity});
    used_ = 0;
  }
  float* const data = blocks_[block_].data.get() + used_;
  used_ += size;
  return {data, rows, cols};
}

}  // namespace rlrun
