package input

import _ "embed"

// manifestSchema says in JSON Schema what the readers of YAML and JSON accept, entry by
// entry, with the options as they are by default. schema_test.go holds it against them,
// and lists what it cannot say.
//
//go:embed manifest.schema.json
var manifestSchema []byte

// Schema is the JSON Schema (2020-12) of a YAML or JSON manifest, for editors.
func Schema() []byte { return manifestSchema }
