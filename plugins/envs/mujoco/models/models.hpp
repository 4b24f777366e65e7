#pragma once
// The models as MJCF text, written from the tables of the benchmark.
//
// Every body has an explicit <inertial>: the values of the engine of 2016, which took a capsule of
// radius r and half-length h for a cylinder of half-length h + r/2. `$inertiafromgeom` is "auto" to
// use them and "true" to let the engine compute exact ones from the geoms. Other `$` names are
// filled in by the task as well. Lights, textures and geoms with contype = conaffinity = 0 are for
// pictures only.

namespace rlrun::mujoco {

extern const char* const kSwimmerModel;
extern const char* const kHopperModel;       // $solimplimit
extern const char* const kWalker2dModel;     // $solimplimit
extern const char* const kHalfCheetahModel;  // $impratio
extern const char* const kDoubleInvertedPendulumModel;

}  // namespace rlrun::mujoco
