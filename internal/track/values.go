package track

// Overlay is v with the fields that w has replaced by those of w.
func (v Values) Overlay(w Values) Values {
	for _, a := range attributes {
		if a.Has(w) {
			v = a.Copy(v, w)
		}
	}
	return v
}

// Only is v with only the fields that w has.
func (v Values) Only(w Values) Values {
	return v.where(func(a Attribute) bool { return a.Has(w) })
}

// Without is v without the fields that w has.
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

// ShowsUnapplied reports whether a track shows that a PUT of sent was not applied. was
// and now are the track before and after the PUT: every field that the PUT would have
// changed is still as it was, and there is at least one. Media doesn't count, because
// the service may change its URL later.
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
