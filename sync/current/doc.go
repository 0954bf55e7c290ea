// Package current knows the state of the tracks: it reads it cheaply (Listing),
// keeps it (Store), and remembers what was applied last (State).
package current
