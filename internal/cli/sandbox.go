package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/spf13/cobra"

	"tracksync/internal/sandbox"
)

type sandboxOptions struct {
	manifests manifestOptions

	listen     string
	tracks     string
	key        string
	limit      string
	latency    string
	faults     string
	fail       string
	stubborn   []string
	omit       []string
	pageSize   int
	seed       uint64
	requestLog string
}

func (a *app) sandboxCommand() *cobra.Command {
	var o sandboxOptions
	cmd := &cobra.Command{
		Use:   "sandbox [MANIFEST...]",
		Short: "Serve a local stand-in for the API, with configurable limits and faults",
		RunE:  func(cmd *cobra.Command, args []string) error { return a.runSandbox(cmd.Context(), o, args) },
	}
	f := cmd.Flags()
	f.StringVar(&o.listen, "listen", "127.0.0.1:7357", "`ADDRESS` to listen on; port 0 picks a free one")
	f.StringVar(&o.tracks, "tracks", "1-1000",
		"`IDS` of the tracks that exist when no manifest is named: a range, or a list")
	f.StringVar(&o.key, "key", "", "the only `KEY` that is accepted; any if empty. Made up: never a real one")
	f.StringVar(&o.limit, "limit", "none",
		"rate `LIMIT`: 20/s,burst=5 (token bucket), window=600/m,phase=10s (fixed windows, an edge after 10s), "+
			"concurrent=8; with retry-after=none, seconds, exact, date, or 2s (always); append @30s:50/s to change "+
			"it after 30s")
	f.StringVar(&o.latency, "latency", "none", "`TIME` that a request takes: 250ms, or 200ms-300ms")
	f.StringVar(&o.faults, "faults", "none",
		"`FAULTS` by their share: 503=5%,reset=1%,hang=0.5%,truncate=1%,html=1%,outage=10s-70s")
	f.StringVar(&o.fail, "fail", "", "`IDS` that always fail, with the status: 17=422,18=503")
	f.StringSliceVar(&o.stubborn, "stubborn", nil, "`FIELDS` that stay as they are although a PUT is answered 200")
	f.StringSliceVar(&o.omit, "omit", nil, "`FIELDS` that are left out of every answer")
	f.IntVar(&o.pageSize, "page-size", 100, "at most `N` tracks on a page of the listing, whatever is asked for")
	f.Uint64Var(&o.seed, "seed", 1, "`SEED` of faults and latencies: the same seed gives the same ones")
	f.StringVar(&o.requestLog, "request-log", "", "append every request to `FILE`, one line of JSON each")
	addGroup(f, manifestFlags, o.manifests.addReading)
	return cmd
}

func (a *app) runSandbox(ctx context.Context, o sandboxOptions, args []string) (err error) {
	ctx, stop := a.signals.Context(ctx)
	defer stop()
	config, err := o.config()
	if err != nil {
		return err
	}
	if len(args) > 0 {
		config.IDs, err = a.manifestIDs(ctx, o.manifests, args)
	} else if config.IDs, err = sandbox.ParseIDs(o.tracks); err != nil {
		err = usage(fmt.Errorf("--tracks: %w", err), "for example 1-1000 or 17,18,19; at most 10,000,000 tracks")
	}
	if err != nil {
		return err
	}
	if o.requestLog != "" {
		closeLog, err2 := o.record(&config)
		if err2 != nil {
			return usage(err2, "name a file that can be written with --request-log")
		}
		defer func() { err = errors.Join(err, closeLog()) }()
	}
	s, err := sandbox.New(config)
	if err != nil {
		return usage(err, "see tracksync sandbox --help")
	}
	return a.serve(ctx, o.listen, s)
}

// serve serves until a signal comes, which is the normal end of a sandbox.
func (a *app) serve(ctx context.Context, address string, s *sandbox.Sandbox) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return usage(err, "name another address with --listen")
	}
	base := "http://" + listener.Addr().String() + "/v1"
	if _, err := fmt.Fprintln(a.Out, base); err != nil {
		return errors.Join(err, listener.Close())
	}
	a.log.Info().Str("base_url", base).Msg("the sandbox is ready; stop it with Ctrl-C")
	if err := s.ServeUntil(ctx, listener); err != nil {
		return &failure{code: exitStopped, err: err}
	}
	st := s.Stats()
	a.log.Info().Int("requests", st.Requests).Int("changes", st.Applied).Int("tracks_changed", st.AppliedTracks).
		Int("refused", st.ByStatus[http.StatusTooManyRequests]).Msg("the sandbox has ended")
	return nil
}

func (o sandboxOptions) config() (sandbox.Config, error) {
	c := sandbox.Config{
		Key: o.key, PageSize: o.pageSize, Seed: o.seed,
		Stubborn: o.stubborn, Omit: o.omit, MaxVolume: o.manifests.largestVolume(),
	}
	if o.pageSize < 1 {
		return c, usage(fmt.Errorf("--page-size %d is less than 1", o.pageSize), "for example --page-size 100")
	}
	var errs [4]error
	c.Limit, c.Changes, errs[0] = sandbox.ParseLimits(o.limit)
	c.Latency, errs[1] = sandbox.ParseLatency(o.latency)
	c.Faults, errs[2] = sandbox.ParseFaults(o.faults)
	c.Fail, errs[3] = sandbox.ParseFail(o.fail)
	for i, flag := range []string{"--limit", "--latency", "--faults", "--fail"} {
		if errs[i] != nil {
			return c, usage(fmt.Errorf("%s: %w", flag, errs[i]), "see tracksync sandbox --help")
		}
	}
	return c, nil
}

// record writes every request to the log of requests.
func (o sandboxOptions) record(c *sandbox.Config) (closeLog func() error, err error) {
	f, err := os.OpenFile(o.requestLog, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	log := &sandbox.RequestLog{W: f}
	c.Record = log.Record
	return func() error { return errors.Join(log.Err, f.Close()) }, nil
}
