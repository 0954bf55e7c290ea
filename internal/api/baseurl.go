package api

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// ParseBaseURL parses a base URL such as https://api.beyondwords.io/v1. Only the
// path of a resource is added to it. URLs that would expose the key are refused:
// plain HTTP, except to this machine, and URLs with a password.
func ParseBaseURL(s string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil {
		return nil, errors.New("the base URL cannot be read; it looks like https://host/v1")
	}
	u.Host = strings.ToLower(u.Host)
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = strings.TrimRight(u.RawPath, "/")
	if err := checkBase(u); err != nil {
		return nil, err
	}
	return u, nil
}

// checkBase checks a base URL for ParseBaseURL and New.
func checkBase(u *url.URL) error {
	switch {
	case u.User != nil:
		return errors.New("the base URL must not contain a user or a password")
	case u.Scheme == "":
		// Don't repeat it: it may be the key, given in the wrong place.
		return errors.New("the base URL must begin with https://")
	case u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("the base URL %q must begin with https://", plain(u.Redacted()))
	case u.Hostname() == "":
		return fmt.Errorf("the base URL %q names no host", plain(u.Redacted()))
	case !isPort(u):
		return fmt.Errorf("the base URL %q must have a port from 1 to 65535 after the colon, or no colon",
			plain(u.Redacted()))
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return errors.New("the base URL must end with its path: no ? and no #")
	}
	return checkPlain(u)
}

// isPort reports whether a URL has a port that exists, or none.
func isPort(u *url.URL) bool {
	if strings.HasSuffix(u.Host, ":") {
		return false
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	return u.Port() == "" || err == nil && port > 0
}

// hasVersion reports whether the URL of a call has a version such as v1 before the
// path of the resource.
func hasVersion(u *url.URL) bool {
	base, _, _ := strings.Cut(u.Path, "/background_tracks")
	last := base[strings.LastIndexByte(base, '/')+1:]
	digits := strings.TrimPrefix(last, "v")
	return digits != last && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// checkPlain refuses plain HTTP to another machine, where others could read the
// key.
func checkPlain(u *url.URL) error {
	if u.Scheme == "http" && !IsLoopback(u.Hostname()) {
		return fmt.Errorf("the base URL %q would send the key over plain HTTP: use https:// (plain HTTP is for this "+
			"machine only)", plain(u.Redacted()))
	}
	return nil
}

// IsLoopback reports whether a host names this machine. What the name leads to is checked when dialing.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
