package track

import (
	"reflect"
	"slices"
	"testing"
)

// The tags of Texts are Columns, in their order.
func TestTextsAreColumns(t *testing.T) {
	var tags []string
	for f := range reflect.TypeFor[Texts]().Fields() {
		tags = append(tags, f.Tag.Get("csv"))
	}
	if !slices.Equal(tags, Columns()) {
		t.Errorf("%q, and the columns are %q", tags, Columns())
	}
	got := TextsOf(Update{ID: 17, Values: Values{Name: Value("null"), Volume: Value(5), Project: Null[ID]()}})
	if got != (Texts{ID: "17", Name: "null", Volume: "5", Project: "null"}) {
		t.Errorf("%+v", got)
	}
}

func TestPositionCompare(t *testing.T) {
	ordered := []Position{
		{Line: 0}, {Line: 1, Column: 9}, {Line: 2, Column: 1}, {Line: 2, Column: 10},
		{Sheet: "A", Cell: "B7"}, {Sheet: "A", Cell: "Z7"}, {Sheet: "A", Cell: "AA7"}, {Sheet: "A", Cell: "A10"},
		{Sheet: "B", Cell: "A1"},
	}
	for i, p := range ordered {
		for j, q := range ordered {
			if got, want := p.Compare(q), min(max(i-j, -1), 1); got != want {
				t.Errorf("%v, %v: %d, want %d", p, q, got, want)
			}
		}
	}
}
