package track

import (
	"reflect"
	"slices"
	"testing"
)

// Every field of Values stands in the table once, in the order of Columns, and
// under the name that it has in JSON.
func TestAttributes(t *testing.T) {
	full := Values{Name: Value("n"), Volume: Value(1), Project: Null[ID](), Media: Odd[string]("odd")}
	fields := reflect.TypeFor[Values]()
	if n := len(Attributes()); n != fields.NumField() {
		t.Fatalf("%d attributes for %d fields", n, fields.NumField())
	}
	names := []string{FieldID}
	for i, a := range Attributes() {
		names = append(names, a.Name())
		if tag := fields.Field(i).Tag.Get("json"); tag != a.Name()+",omitzero" {
			t.Errorf("%s is %q in JSON", a.Name(), tag)
		}
		only := a.Copy(Values{}, full)
		if !a.Has(only) || !a.Equal(only, full) || !slices.Equal(only.Fields(), []string{a.Name()}) {
			t.Errorf("%s alone: %+v", a.Name(), only)
		}
		if dropped := a.Drop(full); a.Has(dropped) || dropped != full.Without(only) || a.Equal(dropped, full) {
			t.Errorf("without %s: %+v", a.Name(), dropped)
		}
		if AttributeNamed(a.Name()) == nil {
			t.Errorf("no attribute is named %s", a.Name())
		}
	}
	if !slices.Equal(names, Columns()) {
		t.Errorf("the table has %v, the columns are %v", names, Columns())
	}
	if AttributeNamed("nothing") != nil {
		t.Error("there is an attribute named nothing")
	}
}

func TestAttributeText(t *testing.T) {
	v := Values{Name: Value("n"), Volume: Odd[int]("77.5"), Project: Null[ID]()}
	for name, want := range map[string]struct {
		text          string
		isValue, null bool
	}{
		FieldName: {"n", true, false}, FieldVolume: {"77.5", false, false}, FieldProject: {"null", false, true},
		FieldMedia: {"", false, false},
	} {
		a := AttributeNamed(name)
		if text, isValue := a.Text(v); text != want.text || isValue != want.isValue || a.IsNull(v) != want.null {
			t.Errorf("%s: %q, %v, null %v", name, text, isValue, a.IsNull(v))
		}
	}
}
