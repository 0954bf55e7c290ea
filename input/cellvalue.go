package input

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"tracksync/input/workbook"
)

// What a cell of a workbook says is what a person sees in it, where that is safe. A cell
// that shows something else than it contains is refused, and so is one that may have been
// changed by the spreadsheet program.

const asText = "format the cell as text, and type it again"

// cellText is what a cell says in a column that holds a field, and what is wrong with it.
// The rules for the field come after that. For a column that holds no field nothing is
// wrong.
func (r rules) cellText(c workbook.Cell, field int, date1904 bool) (text string, bad *fault) {
	switch c.Kind {
	case workbook.Text:
		return c.Text, r.textFault(c, field)
	case workbook.Empty:
		return c.Text, nil
	case workbook.Number:
		return r.numberText(c, field, date1904)
	case workbook.Boolean:
		return c.Text, &fault{"the cell contains the truth value " + c.Text, truthHint(field)}
	case workbook.ErrorIn:
		return c.Text, &fault{r.show(c.Text) + " is what a spreadsheet writes for a broken formula",
			"repair the formula, or write the value"}
	case workbook.NoResult:
		return "", &fault{"the cell has a formula, and the file does not have its result",
			"open it in the spreadsheet program and save it"}
	}
	return c.Text, &fault{"the cell contains the date " + r.show(c.Text), dateHint(field)}
}

// textFault refuses a text if what is shown is something else.
func (r rules) textFault(c workbook.Cell, field int) *fault {
	if field < 0 || c.Format == nil || !c.Format.AltersText {
		return nil
	}
	return &fault{fmt.Sprintf("the cell contains the text %s, and its format %s shows something else", r.show(c.Text),
		r.show(c.Format.Code)), asText}
}

func truthHint(field int) string {
	if field == fName {
		return asText
	}
	return "write the " + what(field)
}

func dateHint(field int) string {
	if field == fName || field == fMedia {
		return asText
	}
	return "set the format of the cell to Number, and look whether the number is right"
}

// what is a field in words.
func what(field int) string {
	switch field {
	case fID:
		return "id"
	case fProject:
		return "project's id"
	case fMedia:
		return "media URL"
	case ignored, nameless:
		return "value"
	}
	return fieldNames[field]
}

// numberText is what a cell with a number says.
func (r rules) numberText(c workbook.Cell, field int, date1904 bool) (string, *fault) {
	number := significant(c.Number)
	text := plainText(number)
	shows := c.Format.Shows(c.Number)
	if shows == workbook.DateTime {
		return dateText(c, text, date1904), r.dateFault(c, text, field, date1904)
	}
	switch {
	case field < 0:
	case field == fName || field == fMedia:
		return text, r.numberAsText(c, number, text, shows)
	case shows == workbook.Percent && field == fVolume:
		return r.percent(number)
	case shows == workbook.Percent:
		return text, &fault{fmt.Sprintf("the cell is formatted as a percentage and shows %s", percentText(number)),
			"set the format of the cell to Number, and write the " + what(field)}
	case shows == workbook.Otherwise:
		return text, &fault{fmt.Sprintf("the cell contains %s, and its format %s shows something else", text,
			r.show(c.Format.Code)), "set the format of the cell to Number, and look whether the number is right"}
	case math.Abs(number) >= 1e15:
		return exactDigits(c), &fault{fmt.Sprintf("the number %s has more than 15 digits, and the spreadsheet has "+
			"rounded it",
			exactDigits(c)), "format the column as text, and enter the " + what(field) + "s again from their source"}
	}
	return text, nil
}

// percent is what a volume's cell says that is formatted as a percentage.
func (r rules) percent(number float64) (string, *fault) {
	percent := significant(100 * number)
	text := plainText(percent)
	if most := r.maxVolume; most >= 0 && percent > float64(most) {
		return text + "%", &fault{
			fmt.Sprintf("the cell contains %s and is formatted as a percentage, so it shows %s%%", plainText(number),
				text),
			fmt.Sprintf("write a percentage up to %d%%, or set the format of the cell to Number", most)}
	}
	if percent != math.Trunc(percent) {
		text += "%"
	}
	return text, nil
}

// numberAsText refuses a number in a cell for texts if what is shown may be something
// else: the spreadsheet program decides how a number looks.
func (r rules) numberAsText(c workbook.Cell, number float64, text string, shows workbook.Shows) *fault {
	whole := number == math.Trunc(number) && math.Abs(number) < 1e15
	if whole && shows == workbook.AsIs {
		return nil
	}
	if whole && c.Format.Code != "" {
		return &fault{fmt.Sprintf("the cell contains the number %s with the format %s, which may show something else",
			text, r.show(c.Format.Code)), asText}
	}
	return &fault{"the cell contains the number " + text + ", which a spreadsheet may show in another way", asText}
}

// dateFault says that a date is where there should be something else.
func (r rules) dateFault(c workbook.Cell, text string, field int, date1904 bool) *fault {
	as, what := "a date format", "a date"
	if c.Format.Code != "" {
		as = "the date format " + r.show(c.Format.Code)
	}
	if c.Number < 1 || isElapsed(c.Format) {
		what = "a time"
	}
	return &fault{fmt.Sprintf("the cell contains the number %s with %s, so it shows %s (%s)", text, as, what,
		dateText(c, text, date1904)), dateHint(field)}
}

// isElapsed reports whether a format shows hours that may be more than a day.
func isElapsed(f *workbook.Format) bool { return strings.Contains(strings.ToLower(f.Code), "[h") }

// dateText is a date as ISO 8601 writes it, a time, or the number if there is no such date.
func dateText(c workbook.Cell, text string, date1904 bool) string {
	const last = 2_958_466 // the year 10000
	if c.Number < 0 || c.Number >= last {
		return text
	}
	seconds := int64(math.Round(c.Number * 24 * 60 * 60))
	date := time.Unix(dayZero(c.Number, date1904).Unix()+seconds, 0).UTC()
	switch {
	case isElapsed(c.Format):
		return fmt.Sprintf("%d:%s", seconds/(60*60), date.Format("04:05"))
	case c.Number < 1:
		return date.Format("15:04:05")
	case c.Number == math.Trunc(c.Number):
		return date.Format("2006-01-02")
	}
	return date.Format("2006-01-02 15:04:05")
}

// dayZero is the day from which a workbook counts the days to a date. Spreadsheet programs have
// a 29 February 1900, so the days before it count from another day than those after it.
func dayZero(days float64, date1904 bool) time.Time {
	switch {
	case date1904:
		return time.Date(1904, time.January, 1, 0, 0, 0, 0, time.UTC)
	case days < 60:
		return time.Date(1899, time.December, 31, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
}

// significant is a number without the noise behind its 15th digit, which no spreadsheet
// program shows. A fraction of a large number is no noise.
func significant(number float64) float64 {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(number, 'g', 15, 64), 64)
	if err != nil || math.Abs(rounded-number) > 1e-6 {
		return number
	}
	return rounded
}

// plainText is a number in digits, or with an exponent if these would be very many.
func plainText(number float64) string {
	if size := math.Abs(number); size != 0 && (size < 1e-9 || size >= 1e21) {
		return strconv.FormatFloat(number, 'E', -1, 64)
	}
	if number == 0 {
		return "0" // and not -0
	}
	return strconv.FormatFloat(number, 'f', -1, 64)
}

func percentText(number float64) string { return plainText(significant(100*number)) + "%" }

// exactDigits are the digits of a large number as the file has them.
func exactDigits(c workbook.Cell) string {
	if strings.Trim(c.Text, "0123456789") == "" {
		return c.Text
	}
	return plainText(c.Number)
}
