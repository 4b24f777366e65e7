#pragma once
// The robots of Gymnasium as MJCF text: the same bodies, joints, contacts and solver settings in
// words of our own. tools/gymnasium compares every number of the compiled models with Gymnasium's.
//
// `$visuals` and other `$` names are filled in by the tasks. Contacts are switched off where no two
// geoms can touch; materials and lights are for pictures only.

namespace rlrun::gym {

extern const char* const kAntModel;
extern const char* const kHalfCheetahModel;
extern const char* const kHopperModel;
extern const char* const kHumanoidModel;         // $parts, $arms
extern const char* const kHumanoidStandupModel;  // $parts, $arms
extern const char* const kHumanoidParts;         // defaults, tendons and motors of both humanoids
extern const char* const kHumanoidArms;
extern const char* const kInvertedDoublePendulumModel;
extern const char* const kInvertedPendulumModel;
extern const char* const kPusherModel;
extern const char* const kReacherModel;
extern const char* const kSwimmerModel;
extern const char* const kWalker2dModel;  // $right_sole: friction of the right foot

}  // namespace rlrun::gym
