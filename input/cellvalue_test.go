package input

import (
	"math"
	"testing"

	"github.com/xuri/excelize/v2"

	"tracksync/input/workbook"
)

// A date with whole seconds is what excelize makes of it. It cuts fractions of a second off up to
// the 61st day, and rounds them after it.
func TestDatesAsExcelize(t *testing.T) {
	for _, date1904 := range []bool{false, true} {
		for day := range 2_958_466 / 7 {
			number := float64(7 * day)
			if day < 100 {
				number = float64(day)
			}
			for _, fraction := range []float64{0, 0.25, 1.0 / 3, 0.7} {
				number := number + fraction
				date, err := excelize.ExcelDateToTime(number, date1904)
				if err != nil {
					t.Fatal(err)
				}
				want := date.Format("2006-01-02 15:04:05")
				switch {
				case number < 1:
					want = date.Format("15:04:05")
				case fraction == 0:
					want = date.Format("2006-01-02")
				}
				got := dateText(workbook.Cell{Number: number, Format: &workbook.Format{}}, "", date1904)
				if got != want {
					t.Fatalf("%v, from 1904 %v: %s, want %s", number, date1904, got, want)
				}
			}
		}
	}
}

func TestDateText(t *testing.T) {
	elapsed := &workbook.Format{Code: "[h]:mm:ss"}
	for _, c := range []struct {
		number float64
		format *workbook.Format
		want   string
	}{
		{0, &workbook.Format{}, "00:00:00"},
		{1, &workbook.Format{}, "1900-01-01"},
		{59, &workbook.Format{}, "1900-02-28"},
		{61, &workbook.Format{}, "1900-03-01"},
		{45292.999999, &workbook.Format{}, "2024-01-02 00:00:00"},
		{2_958_465, &workbook.Format{}, "9999-12-31"},
		{2_958_466, &workbook.Format{}, "the number"},
		{-1, &workbook.Format{}, "the number"},
		{1.5, elapsed, "36:00:00"},
		{math.Nextafter(1.5, 0), elapsed, "36:00:00"},
		{0.999999, elapsed, "24:00:00"},
	} {
		if got := dateText(workbook.Cell{Number: c.number, Format: c.format}, "the number", false); got != c.want {
			t.Errorf("%v: %s, want %s", c.number, got, c.want)
		}
	}
}
