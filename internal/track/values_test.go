package track

import "testing"

func TestValuesCombined(t *testing.T) {
	a := Values{Name: Value("a"), Volume: Value(1), Project: Null[ID]()}
	b := Values{Volume: Value(2), Media: Value("https://h/")}
	for name, c := range map[string]struct{ got, want Values }{
		"overlay": {a.Overlay(b),
			Values{Name: Value("a"), Volume: Value(2), Project: Null[ID](), Media: Value("https://h/")}},
		"overlay with null": {b.Overlay(a),
			Values{Name: Value("a"), Volume: Value(1), Project: Null[ID](), Media: Value("https://h/")}},
		"only":             {a.Only(b), Values{Volume: Value(1)}},
		"without":          {a.Without(b), Values{Name: Value("a"), Project: Null[ID]()}},
		"only of null":     {Values{Project: Value[ID](3)}.Only(a), Values{Project: Value[ID](3)}},
		"without anything": {a.Without(a), Values{}},
	} {
		if c.got != c.want {
			t.Errorf("%s: %+v, want %+v", name, c.got, c.want)
		}
	}
}

func TestShowsUnapplied(t *testing.T) {
	v := func(name string, volume int) Values { return Values{Name: Value(name), Volume: Value(volume)} }
	for name, c := range map[string]struct {
		was, sent, now Values
		want           bool
	}{
		"still as it was":                {v("a", 1), v("b", 2), v("a", 1), true},
		"as it was sent":                 {v("a", 1), v("b", 2), v("b", 2), false},
		"changed back in one field":      {v("a", 1), v("b", 2), v("a", 2), false},
		"changed by somebody":            {v("a", 1), v("b", 2), v("a", 3), false},
		"changed by somebody, elsewhere": {v("a", 1), Values{Volume: Value(2)}, v("c", 1), true},
		"nothing tells":                  {v("a", 1), v("b", 2), Values{}, false},
		"was so already":                 {v("a", 1), v("a", 1), v("a", 1), false},
		"media alone": {Values{Media: Value("x")}, Values{Media: Value("y")},
			Values{Media: Value("x")}, false},
	} {
		if got := ShowsUnapplied(c.was, c.sent, c.now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
