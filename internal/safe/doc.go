// Package safe opens files and directories that others may have prepared, and
// takes secrets out of text that others may have written.
//
// Open and its like open regular files only, and never wait: a named pipe under
// the name of a file would hold up the process for ever, and a device has no
// end. OwnDir opens a directory that no other user can have replaced. Lock locks
// the file that was opened, not whatever has its name by now.
//
// The package knows nothing of tracks, runs or flags.
package safe
