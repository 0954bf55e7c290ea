package safe

import "strings"

var (
	commandData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// CommandData is CutLine as the message of a workflow command of GitHub Actions, as in
// ::error::MESSAGE.
func CommandData(text string, limit int) string { return commandData.Replace(CutLine(text, limit)) }

// CommandProperty is CutLine as a property of a workflow command, as in ::error file=NAME::.
func CommandProperty(text string, limit int) string {
	return commandProperty.Replace(CutLine(text, limit))
}
