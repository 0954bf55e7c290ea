// Package run is the life of a run on disk: its directory, the locks that give it
// one writer and its account one run at a time, what it records of itself in
// run.json, and which earlier runs stay.
//
// It knows no flag, no terminal and no wording: what goes wrong is a typed error,
// and what is worth a message is a value that it returns. Its caller puts both into
// words.
package run
