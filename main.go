// Command tracksync brings BeyondWords background tracks in line with a
// manifest. Run it with --help. It handles signals and calls package cli; what it does
// is in these packages:
//
//	internal/cli       flags, questions, wording, exit codes; puts the others together
//	internal/run       the life of a run: directory, locks, resuming, reports at its end
//	internal/planning  what the command plan shows and saves
//
//	input              manifests to rows, and rows to manifests
//	sync               the engine: rows to requests, and their outcomes to results
//	sync/plan          what is to be sent for a row, given its track
//	sync/pace          when the next request may start; the API's rate limit is learned here
//	sync/current       what the tracks are now, and which media was applied last
//	internal/api       the client of the API
//	report             statistics and reports, each a function of results
//	report/journal     results.jsonl and what else must survive a kill
//
//	internal/track     the types that flow: Row, Update, Track, Result
//	internal/safe      text that nobody trusts, secrets, files that must last
//	internal/terminal  what a person sees while a command runs
//	internal/display   numbers and lines as people read them
//	internal/flags     values of flags, and flags written down to be given again
//	internal/stopping  signals, and the time that is up
//	internal/alarm     a timer that is not late
//	internal/defect    a panic as an error
//	internal/version   what was built
//
//	internal/sandbox   a stand-in for the API
//	internal/chaos     a test that kills tracksync
//	internal/testkit   what tests share
//
// Data flows one way:
//
//	manifest ──► input ──► sync ──► run ──► report/journal ──► report
//	             rows      ▲ │      results  results.jsonl      summary.json, failed.csv
//	                       │ ▼
//	                       api
//
// Package run has the way of a row from file to file ("How a row flows"), how a run is
// resumed, and who writes which file of a run.
//
// Imports point down: cli imports nearly all of them; run, planning and sync what they
// build on; the rest little more than track and safe. Only cli makes the client of the
// API: run and sync get it as an interface. Neither of report and report/journal
// imports the other: run hands results from one to the other. imports_test.go has the
// whole list, and says which packages may use the network, the disk, the clock or a
// library.
package main

import (
	"io"
	"log"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"

	"tracksync/internal/cli"
	"tracksync/internal/terminal"
)

func main() {
	// net/http tells the standard logger of servers that say what nobody asked,
	// in their words, which may be the key.
	log.SetOutput(io.Discard)
	caught, handed := make(chan os.Signal, 2), make(chan os.Signal, 2)
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(sig) { // as nohup does it, and a shell behind its jobs
			signal.Notify(caught, sig)
		}
	}
	// A reader that has gone (| head) is an error of the write, not the end of
	// the process.
	signal.Ignore(syscall.SIGPIPE)
	go func() {
		first := <-caught
		handed <- first                                                // drains
		handed <- another(caught, first, closing(runtime.GOOS, first)) // cuts off
		signal.Reset()                                                 // a third ends the process, whatever it does
	}()
	os.Exit(cli.Main(os.Args[1:], terminal.System(), handed))
}

// echo is how long after a signal the same one again is no second.
const echo = 100 * time.Millisecond

// another is the next signal after the first, or the first one again when it is too late.
// timeout(1), and others that send a signal to a process and to its group, send it twice at
// once and mean one.
func another(caught <-chan os.Signal, first os.Signal, late <-chan time.Time) os.Signal {
	for since := time.Now(); ; {
		select {
		case sig := <-caught:
			if sig != first || time.Since(since) >= echo {
				return sig
			}
		case <-late:
			return first
		}
	}
}

// closing is when a first signal counts as two. Windows says SIGTERM when the console is
// closed or the user logs off, and ends the process five seconds later: the reports are
// written before that.
func closing(system string, first os.Signal) <-chan time.Time {
	if system != "windows" || first != syscall.SIGTERM {
		return nil
	}
	return time.After(3 * time.Second)
}
