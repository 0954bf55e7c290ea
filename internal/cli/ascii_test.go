package cli

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"tracksync/internal/sandbox"
)

// Where the locale is not UTF-8, texts for people are ASCII. JSON and manifests stay what
// they are.
func TestASCII(t *testing.T) {
	env, _ := serve(t, sandbox.Config{IDs: []int64{17, 20}, Exists: func(id int64) bool { return id < 30 }})
	for name, value := range map[string]string{"LANG": "de_DE.UTF-8", "LC_CTYPE": "de_DE.ISO-8859-1", "LC_ALL": ""} {
		env[name] = value
	}
	file := manifest(t, "id,name\n17,夜の雨\n20,Café\n33,×\n")
	broken := manifest(t, "id,volume\nÜ,1\n")
	if runtime.GOOS == "windows" {
		t.Skip("a console shows every character")
	}
	dir := filepath.Join(t.TempDir(), "run")
	for _, c := range []struct {
		args  []string
		ascii bool
		want  string
	}{
		{[]string{"plan", file}, true, `-> "Caf\u00e9"`},
		{[]string{"plan", "--json", file}, false, `"Café"`},
		{[]string{"sync", "--log-format", "human", "--out", dir, file}, true, "x completed (exit code 1)"},
		{[]string{"sync", "--log-format", "human", broken}, true, `"\u00dc"`},
		{[]string{"report", dir}, true, "x completed (exit code 1)"},
		{[]string{"report", "--format", "table", dir}, true, `-> "\u591c\u306e\u96e8"`},
		{[]string{"report", "--format", "jsonl", dir}, false, "夜の雨"},
		{[]string{"runs", dir}, true, "x  "},
		{[]string{"validate", "--log-format", "human", broken}, true, `"\u00dc"`},
		{[]string{"pull"}, false, "Café"},
		{[]string{"help", "manifests"}, true, `Gr\u00f6\u00dfe`},
	} {
		got := call{args: c.args, env: env}.run(t)
		text := got.out + got.err
		if isASCII := !strings.ContainsFunc(text, func(r rune) bool { return r > '~' }); isASCII != c.ascii ||
			!strings.Contains(text, c.want) {
			t.Errorf("%v: exit %d\n%s", c.args, got.code, text)
		}
	}
}
