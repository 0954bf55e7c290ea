// Package safe has what all packages need to handle untrusted text and files that
// must last. It knows nothing about tracks, runs or flags.
//
// # Text
//
// One table, in hidden.go, lists the characters that must not be shown as they are:
// terminal escapes, line breaks, characters that change the direction of text, and
// invisible ones. Each medium has one function that escapes them in its own way:
//
//	Line, CutLine    one line of a terminal, a log or a comment
//	Quote, CutQuote  the same in quotation marks, for a value
//	JSON, Escaped    JSON that can be shown on a terminal
//	AppendScalar     a string that YAML and JSON read alike
//	Cell             a cell of a CSV file, never a formula
//	Shell            a command line that can be pasted
//	XML              text and attributes of XML
//	Code             code in Markdown
//	CommandData, CommandProperty   a workflow command of GitHub Actions
//
// # Secrets
//
// Redactor finds the API key in every form that servers and libraries make of it,
// replaces it, and checks its own result. Secrets is a set of secrets that can grow,
// with the Redactor of all of them; every writer of the process goes through it.
// JSONStrings redacts JSON without breaking it. Output is a writer that redacts whole
// lines. AddKeyLike finds keys that were given in the wrong place of a command line, and
// Command shows one that holds no secret.
//
// # Files
//
// WriteFile and StageFile replace a file atomically and durably. SyncDir makes names
// durable, and RemoveLeftovers cleans up after a killed process. Rename, Remove and
// RemoveAll wait for a program that has the file open; ErrInUse means that it went on.
//
// Open, OpenIn, ReadFile and ReadSmall open regular files without blocking: a named
// pipe in the place of a file would block forever, and a device never ends. OwnDir
// opens a directory that no other user can replace. Lock locks the file that was
// opened, even if another file has its name by now. FileToReplace tells in advance
// whether a file can be written, and IsShortage whether an error is about room, memory
// or open files. Scratch is a temporary file, or memory where there is no place for one.
package safe
