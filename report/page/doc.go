// Package page renders report.html: one page for the people who want to know what a run
// did. It is one file without anything to load, so it can be opened from a mail's
// attachment, printed, and read on a phone.
//
//	page.go      Write: the summary and the results in, the page out
//	head.go      how the run ended, its totals as a bar, the facts
//	overtime.go  requests, rows, limit, pauses and outages over time, as SVG
//	latency.go   the distribution of the latency, as SVG
//	rows.go      the rows that need attention
//	page.html    the template; page.css, page.js: its style and its script
//
// The page is the same with and without JavaScript: the script sorts, filters, copies and
// shows what is under the pointer, and nothing has to be fetched or computed to be read.
//
// Text from manifests and servers is hostile. html/template escapes it, safe.CutLine takes
// out what could mislead the reader, and the page's content security policy allows no
// script but the one in the page, which contains no text from outside.
//
// The page stays under two megabytes: it lists the first thousand rows that need attention
// (fewer, if they are large), and says how many there are. All results are in
// results.jsonl.
package page
