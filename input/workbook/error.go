package workbook

import "fmt"

// Error is what is wrong with a workbook, and what to do about it.
type Error struct {
	Sheet   string // the sheet, if it is about one
	Cell    string // the cell, if it is about one, for example B7
	Message string
	Hint    string
	Cause   error // the error of reading, if there was one
}

func (e *Error) Error() string { return e.Message + " (" + e.Hint + ")" }

// Unwrap returns the Cause.
func (e *Error) Unwrap() error { return e.Cause }

const (
	saveAgain   = "open it in the spreadsheet program and save it again as XLSX"
	saveSmaller = "remove what is not needed from the workbook and save it again, or save the sheet as CSV UTF-8"
)

// damaged is the error of a part that cannot be read.
func damaged(part string, err error) *Error {
	return &Error{Message: fmt.Sprintf("the workbook is cut off or damaged: %.100s: %.200v", part, err),
		Hint: "copy it again, or " + saveAgain, Cause: err}
}

func tooLarge(part string, limit int64) *Error {
	return &Error{Message: fmt.Sprintf("the workbook's part %s unpacks to more than %d MB", part, limit>>20),
		Hint: saveSmaller}
}
