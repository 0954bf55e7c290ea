package cli

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
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
	f.StringVar(&o.keyFile, "api-key-file", "", "`FILE` that holds the API key (default: $"+keyVariable+")")
	f.StringVar(&o.caFile, "ca-file", "", "`FILE` of further certificate authorities to trust (PEM)")
	f.DurationVar(&o.timeout, "timeout", 30*time.Second, "longest `TIME` of one request")
}

// parse makes the client's configuration, and returns the key's text beside it,
// for those who must look out for it. Against the sandbox only what the sandbox
// can use is looked at: no key, no base URL.
func (o connectionOptions) parse(a *app, toSandbox bool) (c api.Config, secret string, err error) {
	c = api.Config{Timeout: o.timeout, UserAgent: "tracksync/" + moduleVersion()}
	if o.timeout <= 0 {
		return c, "", usage(fmt.Errorf("--timeout %v is not positive", o.timeout), "such as --timeout 30s")
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
	if c.Key, err = api.ParseKey(secret); err != nil {
		return c, "", err
	}
	if o.caFile != "" {
		if c.RootCAs, err = readAuthorities(o.caFile); err != nil {
			return c, "", usage(err, "name a file of PEM certificates with --ca-file")
		}
	}
	return c, secret, nil
}

// maxKeyFile bounds what is read of a key file: a key is short, and the wrong
// file may be long.
const maxKeyFile = 64 << 10

// key returns the key's text, known to be one that ParseKey takes.
func (o connectionOptions) key(a *app) (string, error) {
	text, from := a.Getenv(keyVariable), keyVariable
	if o.keyFile != "" {
		from = o.keyFile
		info, err := os.Stat(o.keyFile)
		if err == nil && info.Size() > maxKeyFile {
			err = fmt.Errorf("%s is too long to be a key", o.keyFile)
		}
		var b []byte
		if err == nil {
			b, err = os.ReadFile(o.keyFile)
		}
		if err != nil {
			return "", usage(err, "put the key alone into the file of --api-key-file")
		}
		text = string(b)
	}
	if text == "" && o.keyFile == "" {
		return "", usage(errors.New("there is no API key"),
			"set "+keyVariable+" or --api-key-file, or say --sandbox to try it out")
	}
	if _, err := api.ParseKey(text); err != nil {
		return "", usage(fmt.Errorf("%s: %w", from, err), "copy the key from the project's settings in the BeyondWords dashboard")
	}
	return strings.TrimSpace(text), nil
}

func readAuthorities(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		// No system pool is no fault: the file may be all that is needed.
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate in PEM form", file)
	}
	return pool, nil
}
