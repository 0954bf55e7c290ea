// Package input turns manifests into rows: files that name tracks, and what
// each track shall be, become track.Row values with exact positions. It also
// writes manifests.
//
// # What flows
//
// [Open] takes the arguments of the command line and opens every file. Then
// [Manifest.Check] reads everything once and reports every problem in every
// file, and [Manifest.Rows] reads it again and hands out the rows, in order.
// Both read the same open file: one that is replaced on disk does not matter,
// and one that is changed in place is caught, because no byte is released to a
// reader in a later pass before the block it stands in was compared with the
// first pass ([ErrChanged]).
//
// From the file to the row there are four steps, each in its own place:
//
//	content   blocks of the open file, remembered and compared
//	text      gzip, byte order mark, UTF-8, the secret that must not be there
//	reader    table (CSV, TSV), YAML, JSON or JSON Lines: cells with places
//	rules     what a cell may say: the same for every format
//
// Another format is one more reader; another encoding is a step in text.
//
// # What it promises
//
// A row that is valid says what the manifest says: values are read as they are
// written and never through a format's own idea of types. A row about which
// there is any doubt is invalid, with a message for its owner. What puts the
// borders between rows in doubt (a quote that is not closed, bytes that are
// not UTF-8, a document that does not parse) belongs to the file and not to a
// row, and cannot be skipped.
//
// Lines end at LF, CRLF or a lone CR, as editors show them; columns count
// characters (Unicode code points) from 1; a byte order mark is not counted.
// The place of a cell is that of its first character, which is the quotation
// mark for a quoted one.
//
// Memory does not grow with the rows but for eight bytes an id in Check, and
// as many for [Manifest.IDs] where they are asked for; the sizes of records,
// entries and messages are bounded (see limits.go).
//
// # The way back
//
// A [Writer] writes what the reader reads, in the same formats, and nothing
// that the reader would refuse or change: it asks the reader's rules before it
// writes an entry, and says which field of which track does not fit. Writing
// what was read gives the same bytes.
//
// # What it leaves to others
//
// It knows no network and no result. It does not decide what happens with a
// row; it says whether the row is valid, invalid or superseded.
package input
