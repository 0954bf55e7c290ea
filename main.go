// Command tracksync brings BeyondWords background tracks in line with a
// manifest. Run it with --help.
package main

import (
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"

	"tracksync/internal/cli"
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
		handed <- <-caught // the first drains
		handed <- <-caught // the second cuts off
		signal.Reset()     // a third ends the process, whatever it does
	}()
	os.Exit(cli.Main(os.Args[1:], cli.System(), handed))
}
