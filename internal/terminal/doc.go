// Package terminal is what a person sees while a command goes on, and stands between
// the command and the readers of its standard output and error, be they people, pipes
// or files. A reader that is slow, has stopped reading or has gone must never hold up
// what matters: that a run stops when it is told to, and that its results are kept.
//
//	log.go         standard error: what is written there is handed on in the background
//	output.go      standard output: a write waits for the reader, as long as patience lasts
//	patience.go    how long readers are waited for
//	screen.go      a terminal shared by log lines and one status line below them
//	progress.go    how far a run is: a bar on the screen, or a log line every ten seconds
//	ratewindow.go  requests per second over the last seconds
//	wrap.go        lines broken between words, commands left whole
//	numbers.go     numbers and times as people write them
//	readline.go    an answer, which a signal can end the wait for
//
// It knows no flag, no exit code and no file. It takes the engine's events as they are
// and decides nothing.
package terminal
