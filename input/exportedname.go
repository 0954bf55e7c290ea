package input

import (
	"regexp"
	"strings"
)

var (
	// questionMarks finds question marks in place of letters: an export in an encoding that
	// lacks a letter writes one. After one that is meant there is a blank or the end.
	questionMarks = regexp.MustCompile(`^[? ]*\?[? ]*$|\pL\?+\pL|^\?+\pL`)
	// objects finds what PowerShell, JavaScript and Python write for a value that is no text.
	objects = regexp.MustCompile(`^(System(\.\w+)+(\[\])?|\[object \w+\]|<[\w.]+ object at 0x[0-9A-Fa-f]+>)$`)
)

// exportWarnings adds the warnings about a name that was lost when it was exported.
func (r rules) exportWarnings(name string, add func(kind warningKind, field int, message, hint string)) {
	if strings.IndexByte(name, '?') >= 0 && !strings.Contains(name, "://") && questionMarks.MatchString(name) {
		add(lostLetters, fName, "the name "+r.show(name)+" has question marks where an export may have lost letters",
			"export it again as UTF-8; ignore this if they are meant")
	}
	if name != "" && strings.IndexByte("S[<", name[0]) >= 0 && objects.MatchString(name) {
		add(programText, fName, "the name is "+r.show(name)+", which a program writes for a value that is no text",
			"export the text of the value")
	}
}
