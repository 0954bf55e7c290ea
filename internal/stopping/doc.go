// Package stopping is how a command is stopped from outside: by signals, or because its
// time is up.
//
// The files:
//
//	signals.go    a signal ends a context; or work is stopped gently first, and then cut off
//	timelimit.go  the time by which a command shall have ended
//
// It decides nothing: it says what ended a context, and calls what it was given.
package stopping
