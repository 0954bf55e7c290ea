// Package plan compares what a manifest asks with what a track is. It is pure:
// rows and tracks in, differences out.
//
//   - Diff: what is to be sent, and what that changes.
//   - Drift: whether a track still is what it was expected to be, before it is
//     touched.
//   - Verify: whether the answer to an update speaks against it, afterwards.
//   - Lines: changes in a person's words.
//
// The three comparisons treat a field that an answer leaves out differently,
// each so that its error is the harmless one: Diff sends it again, Drift leaves
// the track alone, and Verify, which can prove nothing from it, says nothing.
package plan
