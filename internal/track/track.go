// Package track holds the words that every other package speaks: a track's
// fields, a manifest's rows, and what became of each of them.
//
// It is a leaf: values without behaviour beyond saying themselves as text or
// JSON, and nothing but the standard library below it. What flows through
// tracksync is, in order,
//
//	Row     one entry of a manifest, with the place where it stands
//	Update  what that entry asks of one track (absent, null or a value)
//	Track   a track as the API answers it
//	Result  what became of a row; exactly one per row
//
// The fields of a track stand in one table (Attributes), so that code which
// treats them all alike needs no line for each of them.
//
// All types are plain values: copy them freely, share them between goroutines
// as long as nobody writes.
package track

import "strconv"

// ID is the number of a track or of a project: positive, at most MaxID.
// Zero means that no usable number was given.
type ID int64

// MaxID is the largest ID a manifest may name: 18 digits, so that every ID is
// exact in an int64 and in a spreadsheet's text cell.
const MaxID ID = 999_999_999_999_999_999

func (id ID) String() string { return strconv.FormatInt(int64(id), 10) }

// Names of the fields, as a manifest's columns, results and messages call them.
const (
	FieldID      = "id"
	FieldName    = "name"
	FieldVolume  = "volume"
	FieldProject = "project_id"
	FieldMedia   = "media_url"
)

// Columns lists the canonical columns of a manifest in their canonical order.
func Columns() []string {
	columns := []string{FieldID}
	for _, a := range attributes {
		columns = append(columns, a.Name())
	}
	return columns
}

// Values are the fields of a track that a manifest can set. The zero Values
// sets nothing.
type Values struct {
	Name    Field[string] `json:"name,omitzero"`       // not blank, byte for byte as written
	Volume  Field[int]    `json:"volume,omitzero"`     // percent
	Project Field[ID]     `json:"project_id,omitzero"` // the project's id; null: belongs to no project
	Media   Field[string] `json:"media_url,omitzero"`  // absolute http(s) URL of the audio
}

// Empty reports whether no field is set: there is nothing to send.
func (v Values) Empty() bool { return v == Values{} }

// Fields names the fields that are set, in canonical order.
func (v Values) Fields() []string {
	var names []string
	for _, a := range attributes {
		if a.Has(v) {
			names = append(names, a.Name())
		}
	}
	return names
}

// Update is what one row asks of one track. Fields that are absent stay as
// they are on the service.
type Update struct {
	ID ID
	Values
}

// Track is a track as the API answered it. Every field but ID may be absent:
// the documented example of an answer leaves project and media out.
type Track struct {
	ID ID
	Values
	Hidden Hidden
}

// Hidden says which texts of a track are not the whole: they held the API key,
// which was taken out. They are good to be shown, and never to be sent.
type Hidden struct {
	Name  bool `json:"name,omitzero"`
	Media bool `json:"media_url,omitzero"`
}

// Has reports whether the field with a name is hidden.
func (h Hidden) Has(field string) bool {
	return h.Name && field == FieldName || h.Media && field == FieldMedia
}

// Fields names the fields that are hidden, in canonical order.
func (h Hidden) Fields() []string {
	var names []string
	for _, a := range attributes {
		if h.Has(a.Name()) {
			names = append(names, a.Name())
		}
	}
	return names
}
