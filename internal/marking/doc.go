// Package marking turns what a check or a run found into marks in a workbook: the user's
// own workbook, or one that is made of the user's table of text. Package report/markup
// makes the marks.
//
// The files:
//
//	sheet.go   problems as marks of a sheet
//	check.go   what a check found, for validate --annotate
//	failed.go  what a run found: failed.xlsx
//	table.go   a table of text as a workbook, or as CSV if it is too large for one
//
// # What failed.xlsx says
//
// The rows that failed.csv lists are marked: failed, unknown, invalid and not_applied. Rows
// that succeeded or were superseded say so and are done: a reader skips them unless they are
// edited. So are rows that were not part of the run (left out by --only or --limit) and rows
// that were done before it: a run of failed.xlsx is about the rows that need attention. A row
// that was not attempted says so and is not skipped, because nothing has been done about it.
//
// # Limits
//
// A workbook of more than 50,000 rows or 50 MB is not marked ([TooLarge]). Then
// validate --annotate writes CSV, and a run writes failed.csv alone.
package marking
