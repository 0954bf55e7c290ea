package track

// Attribute is one of the fields that a manifest can set, whatever its type. Code that
// treats all fields alike loops over Attributes. Only code with a rule for one field,
// for example how the service compares names, refers to that field by its name.
type Attribute interface {
	// Name is the field's name in manifests, results and messages.
	Name() string
	// Noun is the field's name in sentences for people.
	Noun() string

	// Has reports whether v has the field, that is: it is not absent.
	Has(v Values) bool
	// IsNull reports whether the field is null in v.
	IsNull(v Values) bool
	// Text is the field's value in v as text, see Field.String. isValue is false for
	// absent, null and odd fields.
	Text(v Values) (text string, isValue bool)
	// Equal reports whether the field is exactly the same in a and b.
	Equal(a, b Values) bool

	// Copy returns to with the field replaced by that of from, which may be absent.
	Copy(to, from Values) Values
	// Drop returns v without the field.
	Drop(v Values) Values
}

// attributes is the table of fields, in canonical order.
var attributes = [...]Attribute{
	attribute[string]{
		FieldName, "name",
		func(v Values) Field[string] { return v.Name },
		func(v Values, f Field[string]) Values { v.Name = f; return v },
	},
	attribute[int]{
		FieldVolume, "volume",
		func(v Values) Field[int] { return v.Volume },
		func(v Values, f Field[int]) Values { v.Volume = f; return v },
	},
	attribute[ID]{
		FieldProject, "project",
		func(v Values) Field[ID] { return v.Project },
		func(v Values, f Field[ID]) Values { v.Project = f; return v },
	},
	attribute[string]{
		FieldMedia, "media",
		func(v Values) Field[string] { return v.Media },
		func(v Values, f Field[string]) Values { v.Media = f; return v },
	},
}

// Attributes are all fields that a manifest can set, in canonical order.
func Attributes() [len(attributes)]Attribute { return attributes }

// AttributeNamed returns the attribute with a name, or nil.
func AttributeNamed(name string) Attribute {
	for _, a := range attributes {
		if a.Name() == name {
			return a
		}
	}
	return nil
}

// attribute is an Attribute whose type is Field[T]. It gets and sets by value, so that a
// loop over the table allocates nothing.
type attribute[T comparable] struct {
	name, noun string
	get        func(Values) Field[T]
	set        func(Values, Field[T]) Values
}

func (a attribute[T]) Name() string         { return a.name }
func (a attribute[T]) Noun() string         { return a.noun }
func (a attribute[T]) Has(v Values) bool    { return !a.get(v).IsZero() }
func (a attribute[T]) IsNull(v Values) bool { return a.get(v).IsNull() }

func (a attribute[T]) Text(v Values) (string, bool) {
	f := a.get(v)
	_, isValue := f.Get()
	return f.String(), isValue
}

func (a attribute[T]) Equal(v, w Values) bool      { return a.get(v) == a.get(w) }
func (a attribute[T]) Copy(to, from Values) Values { return a.set(to, a.get(from)) }
func (a attribute[T]) Drop(v Values) Values        { return a.set(v, Field[T]{}) }

// Drop makes a field of v absent, and reports whether it was set.
func (v *Values) Drop(field string) bool {
	a := AttributeNamed(field)
	if a == nil || !a.Has(*v) {
		return false
	}
	*v = a.Drop(*v)
	return true
}
