// Package terminal shows a person what goes on while a command runs. It stands between
// the command and the readers of its standard output and error, which may be people,
// pipes or files. A reader that is slow or gone must never delay what matters: a run
// stops when it is told to, and its results are kept.
//
// The files:
//
//	messages.go    the log: one line a message, for people or as JSON
//	log.go         standard error: written in the background
//	output.go      standard output: a write waits for the reader until patience ends
//	follower.go    --stream: copies the results file to standard output as it grows
//	patience.go    how long to wait for readers
//	screen.go      a terminal shared by log lines and a status line below them
//	progress.go    how far a run is: a bar on the screen, or a log line every ten seconds
//	ratewindow.go  requests per second over the last seconds
//	wrap.go        breaks lines between words and leaves commands whole
//	ask.go         a question, and the answer to it
//	streams.go     the standard streams and what else a command sees of the system
//
// It knows no flag and no exit code, and it decides nothing.
package terminal
