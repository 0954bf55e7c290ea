// Package input turns manifests into rows and rows into manifests. A manifest is a
// file that names tracks and says what each of them should be. A row is a track.Row
// with the exact position of everything that is wrong with it.
//
// # How to use it
//
// [Open] takes the arguments of the command line and opens every file. Then
// [Manifest.Check] reads everything once and reports every problem in every
// file. [Manifest.Rows] reads it again and hands out the rows in order, and
// [Manifest.WrittenRows] does the same for a list of rows to run again.
//
// All of them read the same open file. If the file is replaced on disk, nothing
// changes. If it is edited in place, reading fails with [ErrChanged]: every
// block is compared with the first pass before any of its bytes is used.
//
// # From a file to a row
//
//	verifiedfile.go          the open file, read in order or at any offset, block by block
//	gunzip.go                gzip
//	encoding.go, decoder.go  which encoding a text is in; bytes → UTF-8, up to the first that is not valid
//	encodedtext.go, candidates.go
//	                         the decoded text; which encodings fit where this one does not
//	text.go                  UTF-8 without NUL and without the API key, and where it stands
//	format.go, sniff.go      the table of formats: extensions, content, reader, writer
//	foreign.go               files of other kinds that are taken for manifests
//	delimiter.go, csvhead.go what separates the cells of a CSV file; titles above its header
//	csvreader.go             CSV and TSV → records ─────┐ the seam for tables (record.go)
//	workbook.go, worksheet.go, worksheetend.go, cellvalue.go
//	                         a sheet of a workbook → records: what its cells say
//	sheetchoice.go, headerfinder.go
//	                         which sheet, and which row has the names of the columns
//	json.go, yaml.go         JSON, JSON Lines, YAML → entries (nodes with positions)
//	table.go, header.go      records → raw rows: what each column holds, ragged records
//	binder.go                its cells in a struct, by gocsv
//	entry.go, entryfield.go  entries → raw rows: what each key means
//	rawrow.go, values.go     raw rows → rows: what a value may be, the same for every format
//	backslashes.go           tables that a database wrote with escapes, which are refused
//	setvalues.go             values for the fields that a row leaves empty
//	check.go, duplicates.go  all rows: counts, repeated ids, warnings, problems in order
//	warnings.go, smells.go   what is valid but likely a mistake: values; whole columns
//	groups.go                problems by their cause
//	everyproblem.go          all of them, where there are more than Check lists
//	rows.go                  the rows once more, after the check
//	donerows.go              rows of a marked workbook that are done, and left out
//	sheetrows.go             all rows, for a workbook that is to be marked; its bytes
//	schema.go                the JSON Schema of YAML and JSON manifests, for editors
//	understood.go            what is said of each source: layout, columns, counts
//
// A format is a file with a reader and one entry in the table of format.go. The
// reader of another table hands out records (cells, and where each stands) and
// gets header mapping, columns without a name, ragged records, duplicates and
// rules from above the seam. An encoding is a decoder.
//
// A binary format is read at any offset: its file is recorded first, as a whole,
// and verified from then on like every other. Package workbook says what is in the cells
// of a sheet; what they mean for a track is said here.
//
// # What gocsv does, and what it costs
//
// gocsv works where a struct and a table meet. Both directions use the same struct,
// track.Texts. When a table is read, gocsv passes the cells of a record to the struct,
// each with the name of its column (see binder). When a table is written, gocsv makes
// the header and the cells of an entry from the struct's tags (see tableLayout, and
// failed.csv in package report).
//
// gocsv does not parse, convert values or locate errors: it counts rows where people
// count lines, and it stops a row at its first bad cell. encoding/csv parses, and the
// rules read texts. gocsv never sees columns that hold no field, and the struct sets
// its texts itself, without reflection. So binding takes about 0.4 microseconds a row,
// a quarter of the time of checking a table, and two of the three allocations a row.
// Writing through gocsv takes about twice as long as without it, about ten
// microseconds a row. A request takes thousands of times as long.
//
// # What it promises
//
// A valid row says what the manifest says: values are read as they are written,
// never through a format's own idea of types. If there is any doubt about a row,
// it is invalid, with a message for its owner. If there is doubt about where
// rows begin and end (a quotation mark that is never closed, bytes that are not
// UTF-8, a document that does not parse), the whole file is refused, and the
// problem cannot be skipped.
//
// Lines end at LF, CRLF or a lone CR, as editors show them. Columns count
// characters (Unicode code points) from 1; a byte order mark is not counted. The
// place of a cell is that of its first character, which is the quotation mark
// for a quoted one.
//
// Memory does not grow with the rows, except for eight bytes an id in Check and
// as many for [Manifest.IDs] where they are asked for. The sizes of records,
// entries and messages are bounded (see sizelimits.go).
//
// # Writing
//
// A [Writer] writes what the reader reads, in the same formats. It asks the
// reader's rules before it writes an entry. What would be refused or changed
// when it is read back is not written, and a [RoundTripError] names the field.
// Writing what was read gives the same bytes.
//
//	writer.go, roundtrip.go  entries → bytes; what would not be read back as it was
//	writetable.go            CSV and TSV, by gocsv
//	writeworkbook.go         XLSX; workbookparts.go: its parts without the sheet
//	writetext.go             YAML, JSON, JSON Lines
//	writetracks.go           tracks as a manifest (pull)
//	failedlist.go            what is special about failed.csv: its cells here, its file in package report
//
// # What it leaves to others
//
// It knows nothing of the network or of results. It does not decide what happens to a
// row; it only says whether the row is valid, invalid or superseded.
package input
