//go:build unix

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// A bench has the programs, a directory to work in and the table.
type bench struct {
	bin, dir string
	rounds   int
	table    table
}

// taken is what a process took: seconds, seconds of processors, and bytes of memory
// at its peak.
type taken struct{ wall, cpu, peak float64 }

// run runs a program to its end, in the directory of the bench. What it prints is
// part of the error only.
func (b *bench) run(base, program string, args ...string) (taken, error) {
	cmd := exec.Command(filepath.Join(b.bin, program), args...)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), "BEYONDWORDS_API_KEY=write_speed", "BEYONDWORDS_BASE_URL="+base,
		"TRACKSYNC_LOCK_DIR="+filepath.Join(b.dir, "locks"))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.Discard, &said
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if err != nil {
		return taken{}, fmt.Errorf("%s %s: %w\n%s", program, strings.Join(args, " "), err, said.String())
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	peak := float64(usage.Maxrss)
	if runtime.GOOS != "darwin" { // which counts bytes
		peak *= 1024
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return taken{wall: wall.Seconds(), cpu: cpu.Seconds(), peak: peak}, nil
}

// A server is a running stub.
type server struct {
	url string
	cmd *exec.Cmd
}

// serve starts a stub.
func (b *bench) serve(latency time.Duration) (*server, error) {
	cmd := exec.Command(filepath.Join(b.bin, "stub"), "-latency", latency.String())
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	url, err := bufio.NewReader(out).ReadString('\n')
	return &server{url: strings.TrimSpace(url), cmd: cmd}, err
}

func (s *server) stop() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

// arrivals returns when requests came since it was last asked, in seconds from the
// first.
func (s *server) arrivals() ([]float64, error) {
	response, err := http.Get(strings.TrimSuffix(s.url, "/v1") + "/arrivals")
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var all []float64
	for {
		var nanoseconds int64
		switch _, err := fmt.Fscanln(response.Body, &nanoseconds); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		all = append(all, float64(nanoseconds)/1e9)
	}
}
