// Package track has the types that all other packages share: a track's fields, a
// manifest's rows, and the result of each row.
//
// It is a leaf that imports only the standard library. Its types are plain values,
// which can be turned into text and JSON. This is what flows through tracksync:
//
//	Row     one entry of a manifest, and its position there
//	Update  what that entry requests for one track: each field absent, null or a value
//	Track   a track as the API returns it
//	Result  the outcome of a row; exactly one per row
//
// The fields of a track are in one table (Attributes), so that code which treats all
// fields alike needs no line per field.
//
// Copy values freely. Goroutines can share one as long as none of them writes it.
package track

import "strconv"

// ID is the number of a track or of a project, from 1 to MaxID. Zero means that there is
// no usable number.
type ID int64

// MaxID is the largest ID: 18 digits, so that every ID fits an int64.
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

// Values are the fields of a track that a manifest can set. The zero Values sets none.
type Values struct {
	Name    Field[string] `json:"name,omitzero"`       // not blank; byte for byte as written
	Volume  Field[int]    `json:"volume,omitzero"`     // percent
	Project Field[ID]     `json:"project_id,omitzero"` // the project's id; null: belongs to no project
	Media   Field[string] `json:"media_url,omitzero"`  // absolute http(s) URL of the audio
}

// Empty reports whether no field is set, so that there is nothing to send.
func (v Values) Empty() bool { return v == Values{} }

// Fields are the names of the fields that are set, in canonical order.
func (v Values) Fields() []string {
	var names []string
	for _, a := range attributes {
		if a.Has(v) {
			names = append(names, a.Name())
		}
	}
	return names
}

// Update is what a row requests for a track. Absent fields stay as they are.
type Update struct {
	ID ID
	Values
}

// Track is a track as the API returned it. Every field but ID may be absent: the example
// in the API's documentation has neither project nor media.
type Track struct {
	ID ID
	Values
	Hidden Hidden
}

// Hidden tells which texts of a track contained the API key and are redacted. They can
// be shown, but must never be sent.
type Hidden struct {
	Name  bool `json:"name,omitzero"`
	Media bool `json:"media_url,omitzero"`
}

// Has reports whether a field is hidden.
func (h Hidden) Has(field string) bool {
	return h.Name && field == FieldName || h.Media && field == FieldMedia
}

// Fields are the names of the hidden fields, in canonical order.
func (h Hidden) Fields() []string {
	var names []string
	for _, a := range attributes {
		if h.Has(a.Name()) {
			names = append(names, a.Name())
		}
	}
	return names
}
