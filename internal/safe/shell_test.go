package safe

import "testing"

func TestShellWords(t *testing.T) {
	for _, tc := range []struct {
		words []string
		want  [3]string // in POSIX, Cmd and PowerShell; "": it cannot be shown
	}{
		{[]string{"tracksync", "sync", "a.csv", "--only=1,2", ""}, [3]string{
			`tracksync sync a.csv --only=1,2 ''`,
			`tracksync sync a.csv --only=1,2 ""`,
			`tracksync sync a.csv '--only=1,2' ''`}},
		{[]string{`.\tracksync.exe`, `C:\music\tracks.csv`}, [3]string{
			`'.\tracksync.exe' 'C:\music\tracks.csv'`,
			`.\tracksync.exe C:\music\tracks.csv`,
			`.\tracksync.exe C:\music\tracks.csv`}},
		{[]string{`C:\my tools\tracksync.exe`, `C:\my music\`}, [3]string{
			`'C:\my tools\tracksync.exe' 'C:\my music\'`,
			`"C:\my tools\tracksync.exe" "C:\my music\\"`,
			`& 'C:\my tools\tracksync.exe' 'C:\my music\\'`}},
		{[]string{"x", "Tom's & Ann's.csv"}, [3]string{
			`x 'Tom'\''s & Ann'\''s.csv'`,
			`x "Tom's & Ann's.csv"`,
			`x 'Tom''s & Ann''s.csv'`}},
		{[]string{"x", "50% of it.csv", "--max-failures=5%"}, [3]string{
			`x '50% of it.csv' --max-failures=5%`,
			`x ^"50^% of it.csv^" ^"--max-failures=5^%^"`,
			`x '50% of it.csv' --max-failures=5%`}},
		{[]string{"x", `--set=name="a&b"`}, [3]string{
			`x '--set=name="a&b"'`,
			`x ^"--set=name=\^"a^&b\^"^"`,
			``}},
		{[]string{"x", `\\server\a b\"c\\"d`}, [3]string{
			`x '\\server\a b\"c\\"d'`,
			`x ^"\\server\a b\\\^"c\\\\\^"d^"`,
			``}},
		{[]string{"x", "--base-url=https://host/v1", "$HOME", "Größe’s"}, [3]string{
			`x --base-url=https://host/v1 '$HOME' 'Größe’s'`,
			`x --base-url=https://host/v1 "$HOME" "Größe’s"`,
			`x '--base-url=https://host/v1' '$HOME' 'Größe’’s'`}},
		{[]string{"x", "a\nb.csv"}, [3]string{}},
	} {
		for shell, want := range tc.want {
			if got, ok := Shell(shell).Words(tc.words); got != want || ok != (want != "") {
				t.Errorf("shell %d: %q is\n%s, %v, want\n%s", shell, tc.words, got, ok, want)
			}
		}
	}
}

func TestShellOf(t *testing.T) {
	for program, want := range map[string]Shell{
		"cmd.exe": Cmd, "explorer.exe": Cmd, "": Cmd, "powershell.exe": PowerShell, "PWSH.EXE": PowerShell,
		"bash.exe": POSIX, "sh.exe": POSIX,
	} {
		if got := ShellOf(program); got != want {
			t.Errorf("%s is shell %d, want %d", program, got, want)
		}
	}
}
