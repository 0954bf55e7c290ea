package track

// Overlay is v with the fields of w in place of its own.
func (v Values) Overlay(w Values) Values {
	for _, a := range attributes {
		if a.Has(w) {
			v = a.Copy(v, w)
		}
	}
	return v
}

// Only is v in the fields that w has, and absent in the others.
func (v Values) Only(w Values) Values {
	return v.where(func(a Attribute) bool { return a.Has(w) })
}

// Without is v in the fields that w does not have, and absent in the others.
func (v Values) Without(w Values) Values {
	return v.where(func(a Attribute) bool { return !a.Has(w) })
}

func (v Values) where(keep func(Attribute) bool) Values {
	for _, a := range attributes {
		if !keep(a) {
			v = a.Drop(v)
		}
	}
	return v
}

// ShowsUnapplied reports whether a PUT of sent to a track that was so, and is so
// now, was not applied: the track is still as it was in every field that would
// tell, and there is one. Media would not: the service may change its URL late.
func ShowsUnapplied(was, sent, now Values) bool {
	tells := false
	for _, a := range attributes {
		if a.Name() == FieldMedia || !a.Has(was) || !a.Has(sent) || !a.Has(now) || a.Equal(was, sent) {
			continue
		}
		if !a.Equal(was, now) {
			return false
		}
		tells = true
	}
	return tells
}
