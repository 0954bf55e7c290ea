package workbook

import (
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/nfp"
)

// Format is what a number format makes of a number, and of a text.
type Format struct {
	// Code is the format as it is written, or "" for one that every spreadsheet program
	// has and shows in its own way.
	Code  string
	shows [3]Shows // positive numbers, negative ones, zero
	// AltersText is set if a text is shown with something added to it, more than once, or
	// not at all.
	AltersText bool
}

// Shows is what a number format shows of a number.
type Shows uint8

const (
	AsIs      Shows = iota // a whole number as it is, for example with the format General
	Digits                 // the number, with separators, a unit or more or fewer digits
	Percent                // a hundred times the number, and a percent sign
	DateTime               // a date or a time
	Otherwise              // something else, for example thousands, or nothing
)

var general = &Format{}

// Shows is what the format shows of a number.
func (f *Format) Shows(number float64) Shows {
	switch {
	case number > 0:
		return f.shows[0]
	case number < 0:
		return f.shows[1]
	}
	return f.shows[2]
}

// format is the number format of the cell style with a number. A cell that names no style
// has the first one. A workbook without styles has only that, with the format General: a
// cell with another style shows that the styles were lost.
func (b *Book) format(style string) (f *Format, ok bool) {
	i, err := strconv.Atoi(style)
	if len(b.formats) == 0 {
		return general, err == nil && i == 0
	}
	if err != nil || i < 0 || i >= len(b.formats) {
		return general, false
	}
	return b.formats[i], true
}

// newFormat is the number format with an id. codes are those that the workbook defines.
func newFormat(id int, codes map[int]string) *Format {
	if code, own := codes[id]; own {
		return parseFormat(code)
	}
	if code, known := usualCodes[id]; known {
		return parseFormat(code)
	}
	shows := Digits
	switch {
	case id == 67, id == 68:
		shows = Percent
	case id >= 14 && id <= 22, id >= 27 && id <= 36, id >= 45 && id <= 47, id >= 50 && id <= 58, id >= 71 && id <= 81:
		shows = DateTime
	}
	return &Format{shows: [3]Shows{shows, shows, shows}}
}

// usualCodes are those of the formats that every spreadsheet program has and shows in the
// same way.
var usualCodes = map[int]string{0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%",
	11: "0.00E+00", 49: "@"}

// parseFormat is the number format with a code.
func parseFormat(code string) *Format {
	const longest = 255 // of a code in a spreadsheet program
	f := &Format{Code: code, shows: [3]Shows{Otherwise, Otherwise, Otherwise}}
	switch strings.ToLower(code) {
	case "", "general", "0", "@":
		return general
	}
	if len(code) > longest || strings.Count(code, ";") > 3 {
		return f
	}
	parser := nfp.NumberFormatParser()
	sections := parser.Parse(code)
	if len(sections) == 0 {
		return f
	}
	for i := range f.shows {
		f.shows[i] = showsOf(section(sections, i))
	}
	if f.shows[2] == Digits && !showsZero(section(sections, 2)) {
		f.shows[2] = Otherwise
	}
	for _, s := range sections {
		f.AltersText = f.AltersText || s.Type == nfp.TokenSectionText && !showsText(s.Items)
		for _, item := range s.Items {
			if item.TType == nfp.TokenTypeCondition { // which section counts depends on the number
				f.shows = anyOf(f.shows)
			}
		}
	}
	return f
}

// anyOf is what is shown if any of the sections may count.
func anyOf(shows [3]Shows) [3]Shows {
	if shows[0] != shows[1] || shows[1] != shows[2] {
		return [3]Shows{Otherwise, Otherwise, Otherwise}
	}
	return shows
}

// section is that of positive numbers, of negative ones or of zero.
func section(all []nfp.Section, i int) []nfp.Token {
	if i >= len(all) || all[i].Type == nfp.TokenSectionText {
		i = 0
	}
	return all[i].Items
}

// showsOf is what the section of a format shows.
func showsOf(items []nfp.Token) Shows {
	digits, percents, scaled, literal := false, 0, false, false
	for i, item := range items {
		switch item.TType {
		case nfp.TokenTypeDateTimes, nfp.TokenTypeElapsedDateTimes:
			return DateTime
		case nfp.TokenTypePercent:
			percents += len(item.TValue)
		case nfp.TokenTypeGeneral, nfp.TokenTypeTextPlaceHolder, nfp.TokenTypeZeroPlaceHolder,
			nfp.TokenTypeHashPlaceHolder, nfp.TokenTypeDigitalPlaceHolder:
			digits = true
		case nfp.TokenTypeThousandsSeparator:
			scaled = scaled || !isDigits(items[i+1:])
		case nfp.TokenTypeLiteral:
			literal = literal || strings.ContainsAny(item.TValue, "0123456789")
		}
	}
	switch {
	case !digits, scaled, literal, percents > 1:
		return Otherwise
	case percents == 1:
		return Percent
	}
	return Digits
}

// showsText reports whether the section of a format for texts shows a text as it is.
func showsText(items []nfp.Token) bool {
	texts := 0
	for _, item := range items {
		switch item.TType {
		case nfp.TokenTypeTextPlaceHolder:
			texts += len(item.TValue)
		case nfp.TokenTypeLiteral:
			if strings.TrimSpace(item.TValue) != "" {
				return false
			}
		}
	}
	return texts == 1
}

// showsZero reports whether the section of a format shows a digit for zero: # and ? alone
// show none.
func showsZero(items []nfp.Token) bool {
	return slices.ContainsFunc(items, func(item nfp.Token) bool {
		switch item.TType {
		case nfp.TokenTypeGeneral, nfp.TokenTypeTextPlaceHolder, nfp.TokenTypeZeroPlaceHolder, nfp.TokenTypeFraction:
			return true
		}
		return false
	})
}

// isDigits reports whether digits follow a separator.
func isDigits(rest []nfp.Token) bool {
	if len(rest) == 0 {
		return false
	}
	switch rest[0].TType {
	case nfp.TokenTypeZeroPlaceHolder, nfp.TokenTypeHashPlaceHolder, nfp.TokenTypeDigitalPlaceHolder:
		return true
	}
	return false
}
