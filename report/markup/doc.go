// Package markup gives people their own workbook back with the mistakes marked in it.
//
// The result is the user's workbook: every sheet, format, width and formula as it was. In
// it each bad cell is coloured and has a note with the message and the hint. The row has
// a text in an added last column, #tracksync. The workbook opens at the first problem, and
// a filter shows the marked rows. The user fixes the cells in place, and the very same
// file is synced again: a manifest's reader ignores the added column because of its #.
//
// [Write] reads a workbook and writes it again. A [Sheet] says what is marked. It knows
// nothing of manifests: package cli marks what a check found, and package run what a run
// found.
//
// The files:
//
//	markup.go     Sheet, Row, Cell, Done: what is marked; Write; what happens in which order
//	archive.go    the ZIP archive, its parts, the relations between them, their types
//	book.go       the list of sheets: which is shown first, the filter's name, the hidden sheet
//	scan.go       what a sheet has already: values, a filter, a table
//	rewrite.go    a sheet again, element by element
//	rows.go       its rows and cells
//	view.go       what it shows when it is opened
//	styles.go     formats of cells: one more for each that is marked
//	plain.go      a workbook of a table that is none
//	comments.go   the notes
//	drawing.go    the boxes in which notes are shown
//	document.go   a small part in memory, and changes in it that leave the rest as it is
//	tape.go       a large part, token by token, each with its bytes
//	tag.go        a start tag, whose attributes can be changed
//	cellname.go   B7, A1:D11
//	text.go       texts for XML
//
// # Why the parts are edited, and not written by excelize
//
// excelize loads a sheet into structs and writes it again from them. Measured with version
// 2.11.1, and a workbook that has a chart, a comment, conditional formats, validations, a
// filter, a sparkline and scenarios: to colour one cell and give it a note, it wrote ten
// of 16 parts anew, dropped attributes that it does not know (of rows and of scenarios),
// and put the note into a part that no sheet points to, so that it was not shown.
//
// Here a part that need not change is copied as it is stored, compressed bytes and all: the
// other sheets, charts, pictures, pivot tables, macros, the texts that cells share. The sheet
// is streamed, and only the tags of the cells and rows that are marked are written anew.
// The formats of cells, the list of sheets and the notes are changed by insertions. An
// element, attribute or extension that nobody here has heard of stays as it is.
//
// # What is marked, and how it is found again
//
// A file that was marked comes back: from the user, after Excel or LibreOffice has written
// it anew. Whatever was marked before is removed first. Nothing is remembered beside the
// file, and no place in it either, because rows move when people sort and insert:
//
//   - A bad cell has a format of its own: the one that it had, with our fill. It keeps its
//     number format, font and borders. Our fill is known by its colour. If the cell had a
//     fill of one colour, our fill has that colour as its background, which is never seen
//     in a solid fill, and from which it is restored. LibreOffice saves something else as
//     the background, which a checksum in our colour tells. Then the fill that the cell had
//     is lost, and so is a pattern or a gradient.
//   - A note of ours begins with "tracksync:". A note that the cell had stays, and gets
//     ours at its end, after a line that is known again. A conversation (a threaded comment)
//     hides what is added to it; the row's text says the same.
//   - The text of a row begins with ✗ if the row needs attention, and with ✓ if it is done.
//     The filter shows what begins with ✗.
//   - A problem of the header or of the whole file is a note at the header's cell.
//
// A filter, or a table with one, that the user has set is left as it is, and [Outcome] says
// so. A filter without criteria gets the added column and our criterion. Rows that our
// filter hides are hidden in the file, as spreadsheets do it. They are shown again when
// the marks are removed, and so is a row that was hidden by hand: the file does not tell
// the two apart. A marked row that was hidden is shown. There is no filter where hidden
// rows are left out by the reader ([Sheet].Unfiltered).
//
// # Rows that are done
//
// After a run, rows that succeeded must not be sent again, unless they were edited since.
// The very hidden sheet _tracksync lists their ids and the fingerprints of their values
// (track.Values.Fingerprint). A reader skips a row if its text begins with ✓ and the sheet
// has its id with the fingerprint of its present values. So rows can be sorted, inserted
// and deleted; a row whose values were edited runs again; and so does one whose ✓ was
// deleted. A defined name would hold 255 characters, and a column could be deleted by
// mistake together with the texts.
//
// # Limits
//
// The sheet is streamed. Its marks and the other parts that are changed are held in memory,
// each part up to 64 MB. The caller bounds the size of the workbook. A workbook whose XML
// is not UTF-8 is refused.
package markup
