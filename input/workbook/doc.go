// Package workbook reads the cells of an Office Open XML workbook (XLSX, XLSM, XLTX,
// XLTM) row by row. It says what is in each cell: the type, the value, the number format,
// and whether a formula lacks its result. What that means for a track is decided in
// package input.
//
// # How to use it
//
// [Open] opens a workbook and lists its sheets. [Book.Read] reads a sheet from its first
// row to its end. After the last row, [Rows.Merged] has the merged ranges, which stand
// behind the rows in the file.
//
// The files:
//
//	open.go       the ZIP archive, its parts and their sizes; what the file is if it is no workbook
//	structure.go  the sheets and the number formats
//	foreign.go    files of other programs that are mistaken for workbooks
//	shared.go     the texts that cells share
//	rows.go       the rows of a sheet
//	cell.go       the cells of a row
//	text.go       what an XML text says: rich text, escapes
//	numfmt.go     what a number format shows
//	merge.go      merged ranges, names of cells
//	error.go      errors with a place and a hint
//
// # Why it does not use excelize
//
// excelize unpacks every part of an archive, pictures and all, into memory or a temporary
// directory. Its iterator over rows yields texts without types, formats or formulas, and its
// functions for these load the whole sheet. So all parts are read here, with encoding/xml, one
// token at a time. excelize's parser of number formats (nfp), which is a module of its own,
// says what a format consists of. Tests compare what is read with what excelize reads.
//
// # What it promises
//
// A cell is what the file says, or there is an error with its place. A part that is cut
// off, that does not have the checksum of the archive, or whose rows or cells are out of
// order is an error and not a shorter sheet. Errors are of type [*Error].
//
// Memory does not grow with the rows. It grows with the texts that cells share, up to
// the limits below. A part that unpacks to more than its limit is refused before it is
// unpacked, and so is one that unpacks to more than the archive says.
package workbook
