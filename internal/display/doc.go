// Package display is how everything looks that people read, so that plan, sync, report,
// runs and validate look alike: numbers and durations, signs, colours, lines that fit the
// terminal, tables. What it shows is safe already: package safe does that.
//
// A text has its parts in this order, each after an empty line: rows or a list; a headline,
// which begins with a sign and says how it went; counts, successes first; facts; the most
// frequent errors; files; and what to do next. Labels stand in one column, and what they
// label in the next.
//
// Prose is at most as wide as the terminal, and at most 100 columns, because longer lines
// are hard to read. Tables use the whole terminal. Paths, long words and commands stay
// whole, because they are there to be copied. Where there is no terminal, only prose is
// broken, and nothing is shortened.
//
// The files:
//
//	style.go    colours, and what a terminal can show
//	signs.go    what stands for signs and other text where only ASCII can be shown, or where a CI server
//	            would take it for a command
//	text.go     lines: headlines, counts, facts, paragraphs, commands
//	table.go    aligned columns
//	width.go    columns of characters, shortening, wrapping
//	numbers.go  numbers, durations, ages
package display
