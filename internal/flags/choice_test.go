package flags

import (
	"io"
	"testing"

	"github.com/spf13/pflag"
)

func TestChoice(t *testing.T) {
	for _, tc := range []struct{ args, want, err string }{
		{"", "fail", ""},
		{"--on=SKIP", "skip", ""},
		{"--on=", "", ""},
		{"--on=stop", "fail", `invalid argument "stop" for "--on" flag: use fail, skip or last`},
	} {
		got := "fail"
		f := pflag.NewFlagSet("", pflag.ContinueOnError)
		f.SetOutput(io.Discard)
		AddChoice(f, &got, "on", []string{"fail", "skip", "last"}, "")
		var args []string
		if tc.args != "" {
			args = []string{tc.args}
		}
		err := f.Parse(args)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if got != tc.want || text != tc.err {
			t.Errorf("%s: %q, %s", tc.args, got, text)
		}
	}
}
