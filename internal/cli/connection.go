package cli

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"tracksync/internal/api"
	"tracksync/internal/run"
	"tracksync/internal/sandbox"
	"tracksync/internal/version"
	"tracksync/report"
)

const (
	defaultBaseURL = "https://api.beyondwords.io/v1"
	keyVariable    = "BEYONDWORDS_API_KEY"
	baseVariable   = "BEYONDWORDS_BASE_URL"
)

// connectionOptions are the flags of every command that talks to the API.
type connectionOptions struct {
	baseURL string
	keyFile string
	caFile  string
	timeout time.Duration
}

func (o *connectionOptions) add(f *pflag.FlagSet) {
	f.StringVar(&o.baseURL, "base-url", "", "base `URL` of the API (default $"+baseVariable+" or "+defaultBaseURL+")")
	f.StringVar(&o.keyFile, "api-key-file", "", "`FILE` that contains the API key (default: $"+keyVariable+")")
	f.StringVar(&o.caFile, "ca-file", "", "`FILE` of additional certificate authorities to trust (PEM)")
	f.DurationVar(&o.timeout, "timeout", 30*time.Second, "maximum `TIME` of one request")
}

// service is the API that a command talks to, or a sandbox in this process.
type service struct {
	client    api.Config  // without base URL and key for a sandbox
	account   run.Account // the account at the API
	inProcess bool        // it is a sandbox
}

// parse finds out which API to use, and reads the key. For the sandbox it ignores the key and
// the base URL.
func (o connectionOptions) parse(a *app, concurrency int, sandbox bool) (s service, err error) {
	s.inProcess, s.account = sandbox, run.Account{Base: "sandbox"}
	s.client = api.Config{Timeout: o.timeout, Concurrency: concurrency, UserAgent: "tracksync/" + version.Module()}
	if o.timeout <= 0 {
		return s, usage(fmt.Errorf("--timeout %v is not positive", o.timeout), "for example --timeout 30s")
	}
	if sandbox {
		if o.baseURL != "" || o.keyFile != "" || o.caFile != "" {
			return s, usage(errors.New("--sandbox needs no --base-url, --api-key-file or --ca-file"),
				"leave out --sandbox to send to the API, or the others to try it out")
		}
		return s, nil
	}
	base := cmp.Or(o.baseURL, a.Getenv(baseVariable), defaultBaseURL)
	if s.client.BaseURL, err = api.ParseBaseURL(base); err != nil {
		return s, usage(err, "set --base-url or "+baseVariable)
	}
	secret, err := o.key(a)
	if err != nil {
		return s, err
	}
	a.hidden.Add(secret)
	s.account = run.NewAccount(s.client.BaseURL, secret)
	if s.client.Key, err = api.ParseKey(secret); err != nil {
		return s, err
	}
	if o.caFile != "" {
		s.client.RootCAs, err = a.readAuthorities(o.caFile)
	}
	return s, asUsage(err, "name a file of PEM certificates with --ca-file")
}

// target is the base URL for reports.
func (s service) target() string {
	if s.inProcess {
		return report.Sandbox
	}
	return s.client.BaseURL.String()
}

// host says where requests go, for people.
func (s service) host() string {
	if s.inProcess {
		return "the sandbox in this process"
	}
	return s.client.BaseURL.Host
}

// fileWords are the flags that let another command read the same files.
func (o connectionOptions) fileWords() (words []string) {
	if o.keyFile != "" {
		words = append(words, "--api-key-file="+o.keyFile)
	}
	if o.caFile != "" {
		words = append(words, "--ca-file="+o.caFile)
	}
	return words
}

// connect returns the client. box returns the configuration of the sandbox; it is called only
// for a sandbox.
func (s service) connect(box func() *sandbox.Config) (client *api.Client, done func(), err error) {
	end := func() {}
	if s.inProcess {
		if s.client.BaseURL, err = api.ParseBaseURL("http://localhost/v1"); err != nil {
			return nil, nil, err
		}
		if s.client.Key, err = api.ParseKey("write_sandbox"); err != nil {
			return nil, nil, err
		}
		handler, err := sandbox.New(*box())
		if err != nil {
			return nil, nil, usage(err, "")
		}
		s.client.DialContext, end = sandbox.ServeInProcess(handler)
	}
	if client, err = api.New(s.client); err != nil {
		end()
		return nil, nil, usage(err, "")
	}
	return client, func() { client.CloseIdle(); end() }, nil
}
