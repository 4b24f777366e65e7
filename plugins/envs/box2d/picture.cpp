// Draws the world of a task: fixed bodies, marks, moving bodies, hinges.

#include <algorithm>
#include <array>

#include "rlrun/error.hpp"

#include "canvas.hpp"
#include "task.hpp"

namespace rlrun::box2d {
namespace {

using canvas::Canvas;
using canvas::Color;
using canvas::Pixel;

constexpr Color kSky{250, 250, 248}, kGround{150, 150, 150}, kMark{40, 160, 70}, kHinge{60, 60, 60};
constexpr std::array<Color, 2> kBodies{{{52, 101, 164}, {204, 112, 30}}};

/// From metres to pixels: the view fits into the frame, y points up.
class Projection {
 public:
  Projection(const View& view, const Frame& frame)
      : scale_(std::min(frame.width / view.width, frame.height / view.height)),
        left_(frame.width / 2.0 - scale_ * view.center_x),
        top_(frame.height / 2.0 + scale_ * view.center_y) {}

  [[nodiscard]] double length(double metres) const { return scale_ * metres; }
  Pixel operator()(b2Vec2 p) const { return {left_ + scale_ * p.x, top_ - scale_ * p.y}; }

 private:
  double scale_, left_, top_;
};

void draw(Canvas& paper, const Projection& projection, const b2Body& body, Color color) {
  for (const b2Fixture* f = body.GetFixtureList(); f != nullptr; f = f->GetNext()) {
    if (f->GetType() == b2Shape::e_polygon) {
      const auto& polygon = static_cast<const b2PolygonShape&>(*f->GetShape());
      std::array<Pixel, b2_maxPolygonVertices> corners;
      const auto count = static_cast<std::size_t>(polygon.m_count);
      for (std::size_t i = 0; i < count; ++i)
        corners[i] = projection(body.GetWorldPoint(polygon.m_vertices[i]));
      paper.polygon({corners.data(), count}, color);
    } else if (f->GetType() == b2Shape::e_chain) {
      const auto& chain = static_cast<const b2ChainShape&>(*f->GetShape());
      for (int i = 0; i + 1 < chain.m_count; ++i)
        paper.line(projection(body.GetWorldPoint(chain.m_vertices[i])),
                   projection(body.GetWorldPoint(chain.m_vertices[i + 1])), projection.length(0.03),
                   color);
    }
  }
}

}  // namespace

void Task::render(Frame& frame) {
  if (frame.width < 1 || frame.height < 1)
    throw UserError("a picture of " + std::to_string(frame.width) + " x " +
                    std::to_string(frame.height) + " pixels cannot be drawn");
  Canvas paper(frame, kSky);
  const Projection projection(view_, frame);
  for (const b2Body* body = world_->GetBodyList(); body != nullptr; body = body->GetNext())
    if (body->GetType() == b2_staticBody) draw(paper, projection, *body, kGround);
  for (const auto& [from, to] : view_.marks)
    paper.line(projection(from), projection(to), projection.length(0.03), kMark);
  for (std::size_t i = 0; i < moving_.size(); ++i)
    draw(paper, projection, *moving_[i].first, kBodies[i % kBodies.size()]);
  for (const b2Joint* joint = world_->GetJointList(); joint != nullptr; joint = joint->GetNext())
    if (joint->GetType() == e_revoluteJoint)
      paper.disc(projection(joint->GetAnchorB()), projection.length(0.06), kHinge);
}

}  // namespace rlrun::box2d
