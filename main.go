// Command tracksync brings BeyondWords background tracks in line with a
// manifest. Run it with --help.
package main

import (
	"io"
	"log"
	"os"
	"os/signal"
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
		handed <- first                  // drains
		handed <- another(caught, first) // cuts off
		signal.Reset()                   // a third ends the process, whatever it does
	}()
	os.Exit(cli.Main(os.Args[1:], terminal.System(), handed))
}

// echo is how long after a signal the same one again is no second.
const echo = 100 * time.Millisecond

// another is the next signal after the first. timeout(1), and others that send a
// signal to a process and to its group, send it twice at once and mean one.
func another(caught <-chan os.Signal, first os.Signal) os.Signal {
	for since := time.Now(); ; {
		if sig := <-caught; sig != first || time.Since(since) >= echo {
			return sig
		}
	}
}
