// Package plan decides what is to be done for a row of a manifest, given what its
// track is now. It is pure: rows and tracks in, decisions and differences out. Both
// the engine and the plan command ask it, so that a plan is what a sync does.
//
//   - Decide: skip a row, leave its track alone, or send what.
//   - Diff: what is to be sent, and what that changes.
//   - Drift: whether a track still is what it was expected to be, before it is
//     touched.
//   - Verify: whether the answer to an update contradicts it, afterwards.
//   - Lines: changes in a person's words.
//
// The three comparisons treat a field that an answer leaves out differently,
// each so that its error is the harmless one: Diff sends it again, Drift leaves
// the track alone, and Verify, which can prove nothing from it, says nothing.
//
// When to ask, and what to do about an answer, is left to the engine.
package plan
