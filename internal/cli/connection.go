package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"tracksync/internal/api"
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

// parse makes the client's configuration, and returns the key's text beside it,
// for those who must look out for it. Against the sandbox only what the sandbox
// can use is looked at: no key, no base URL.
func (o connectionOptions) parse(a *app, toSandbox bool) (c api.Config, secret string, err error) {
	c = api.Config{Timeout: o.timeout, UserAgent: "tracksync/" + moduleVersion()}
	if o.timeout <= 0 {
		return c, "", usage(fmt.Errorf("--timeout %v is not positive", o.timeout), "for example --timeout 30s")
	}
	if toSandbox {
		if o.baseURL != "" || o.keyFile != "" || o.caFile != "" {
			return c, "", usage(errors.New("--sandbox needs no --base-url, --api-key-file or --ca-file"),
				"leave out --sandbox to send to the API, or the others to try it out")
		}
		return c, "", nil
	}
	base := o.baseURL
	if base == "" {
		base = a.Getenv(baseVariable)
	}
	if base == "" {
		base = defaultBaseURL
	}
	if c.BaseURL, err = api.ParseBaseURL(base); err != nil {
		return c, "", usage(err, "set --base-url or "+baseVariable)
	}
	if secret, err = o.key(a); err != nil {
		return c, "", err
	}
	a.hidden.Add(secret)
	if c.Key, err = api.ParseKey(secret); err != nil {
		return c, "", err
	}
	if o.caFile != "" {
		if c.RootCAs, err = a.readAuthorities(o.caFile); err != nil {
			return c, "", asUsage(err, "name a file of PEM certificates with --ca-file")
		}
	}
	return c, secret, nil
}
