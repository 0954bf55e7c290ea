package api

import (
	"context"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
)

// What this machine lacks is not the API's failure. Nothing has left, whatever the
// call.
func TestShortage(t *testing.T) {
	v4, v6 := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 443}, &net.TCPAddr{IP: net.ParseIP("2001:db8::1"),
		Port: 443}
	dial := func(to net.Addr, call string, err error) error {
		return &net.OpError{Op: "dial", Net: "tcp", Addr: to, Err: os.NewSyscallError(call, err)}
	}
	for name, tc := range map[string]struct {
		err   error
		local bool
		says  string
	}{
		"files": {dial(v4, "socket", filesErrnos[0]), true, "no file descriptor left"},
		"names and files": {&net.DNSError{Err: "dial udp 192.0.2.53:53: socket: " + filesErrnos[0].Error(),
			Name: "h.example"}, true, "no file descriptor left"},
		"memory":       {dial(v4, "connect", memoryErrnos[0]), true, "no memory left"},
		"ports":        {dial(v4, "connect", portErrnos[0]), true, "no port left"},
		"no IPv6 here": {dial(v6, "connect", portErrnos[0]), false, "no connection: "},
		"refused":      {dial(v4, "connect", refusedErrnos[0]), false, "refused"},
		"a write":      {&net.OpError{Op: "write", Net: "tcp", Addr: v4, Err: memoryErrnos[0]}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, "http://localhost", func(c *Config) {
				c.DialContext = func(context.Context, string, string) (net.Conn, error) { return nil, tc.err }
			})
			_, _, err := put(t, c)
			e := asError(t, err)
			if (e.Class == Local) != tc.local || e.Transport == tc.local || e.MayBeApplied ||
				!strings.Contains(e.Message, tc.says) {
				t.Errorf("%+v", e)
			}
			if tc.local && e.Code != "local_shortage" {
				t.Errorf("the code is %q", e.Code)
			}
		})
	}
	if isShortage(syscall.ECONNRESET) {
		t.Error("a reset is no shortage")
	}
}
