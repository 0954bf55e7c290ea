// Package stopping stops a command from outside: by signals, or because its time is up.
//
// The files:
//
//	signals.go    a signal ends a context; or the first stops work gently, the second cancels it
//	timelimit.go  the time by which a command must have ended
//
// It makes no decisions: it says what ended a context, and calls the given functions.
package stopping
