package input

// Bounds that keep a hostile or broken manifest from using up memory or time.
// Real manifests stay far below them.
const (
	maxEntry       = 256 << 10 // bytes of one YAML or JSON entry: its nodes take some five hundred times as much
	maxRecord      = 1 << 20   // bytes of one CSV record or one line
	errorRoom      = 4 << 10   // bytes more of one that says why it is in a list of rows to run again
	maxHeader      = 128 << 10 // bytes of a table's header: each of its names takes some hundred times as much
	maxCell        = 64 << 10  // bytes of one value
	maxColumns     = 1000      // columns of a table
	maxDepth       = 32        // nested YAML or JSON collections
	maxDocument    = 1 << 20   // bytes of YAML that can only be read as a whole
	maxProblems    = 1000      // problems that are kept; the others are counted
	maxRowProblems = 100       // problems of one entry that are kept
	maxIgnored     = 100_000   // different keys of a file that are ignored and counted
	maxOfKind      = 10        // warnings of a kind that are kept
	maxShown       = 80        // characters of foreign text in a message
	maxPlaces      = 10_000    // repeated ids whose first place is remembered
	maxSpooled     = 4 << 30   // bytes of standard input or of a pipe
	minSecret      = 8         // a shorter key is not looked for: it would be found by accident

	// maxExpansion is how many times its compressed size a gzip file may
	// have; manifests reach ten to fifty. The first freeExpansion bytes are free.
	maxExpansion  = 500
	freeExpansion = 64 << 20
)
