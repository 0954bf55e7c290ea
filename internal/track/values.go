package track

import "slices"

// Overlay is v with the fields of w in place of its own.
func (v Values) Overlay(w Values) Values {
	return Values{
		Name:    orElse(w.Name, v.Name),
		Volume:  orElse(w.Volume, v.Volume),
		Project: orElse(w.Project, v.Project),
		Media:   orElse(w.Media, v.Media),
	}
}

// Only is v in the fields that w has, and absent in the others.
func (v Values) Only(w Values) Values {
	return v.where(w.has)
}

// Without is v in the fields that w does not have, and absent in the others.
func (v Values) Without(w Values) Values {
	return v.where(func(name string) bool { return !w.has(name) })
}

func (v Values) where(keep func(name string) bool) Values {
	if !keep(FieldName) {
		v.Name = Field[string]{}
	}
	if !keep(FieldVolume) {
		v.Volume = Field[int]{}
	}
	if !keep(FieldProject) {
		v.Project = Field[ID]{}
	}
	if !keep(FieldMedia) {
		v.Media = Field[string]{}
	}
	return v
}

func (v Values) has(name string) bool { return slices.Contains(v.Fields(), name) }

func orElse[T comparable](f, otherwise Field[T]) Field[T] {
	if f.IsZero() {
		return otherwise
	}
	return f
}

// ShowsUnapplied reports whether a PUT of sent to a track that was so, and is so
// now, was not applied: the track is still as it was in every field that would
// tell, and there is one. Media would not: the service may change its URL late.
func ShowsUnapplied(was, sent, now Values) bool {
	name := stillAs(was.Name, sent.Name, now.Name)
	volume := stillAs(was.Volume, sent.Volume, now.Volume)
	project := stillAs(was.Project, sent.Project, now.Project)
	return name >= 0 && volume >= 0 && project >= 0 && name+volume+project > 0
}

// stillAs is 1 if a field that was to be changed is still as it was, -1 if it is
// not, and 0 if it tells nothing.
func stillAs[T comparable](was, to, now Field[T]) int {
	switch {
	case was.IsZero() || to.IsZero() || now.IsZero() || was == to:
		return 0
	case now == was:
		return 1
	}
	return -1
}
