package input

// Bounds that keep a hostile or broken manifest from using up memory or time.
// Real manifests stay far below them.
const (
	maxEntry       = 256 << 10 // bytes of one YAML or JSON entry: its nodes may take 500 times as much
	maxRecord      = 1 << 20   // bytes of one CSV record or one line
	errorRoom      = 4 << 10   // additional bytes of a record in a list of rows to run again, for the error
	maxHeader      = 128 << 10 // bytes of a table's header: each of its names may take 100 times as much
	maxCell        = 64 << 10  // bytes of one value
	maxColumns     = 1000      // columns of a table
	maxDepth       = 32        // nested YAML or JSON collections
	maxDocument    = 1 << 20   // bytes of YAML that can only be read as a whole
	maxProblems    = 1000      // problems that are listed; the others are only counted
	maxGroups      = 1000      // causes of problems that are listed
	maxOfGroup     = 5         // problems of one cause that are stored
	maxRowProblems = 100       // problems of one entry that are listed
	maxIgnored     = 100_000   // different ignored keys of a file that are counted
	maxOfKind      = 10        // warnings of one kind that are listed
	maxKeysNoted   = 10        // different ignored keys of a file that are listed
	maxShown       = 80        // characters of foreign text in a message
	maxPlaces      = 10_000    // repeated ids whose first position is stored
	maxSpooled     = 4 << 30   // bytes of standard input or of a pipe
	maxContext     = 4 << 10   // bytes on each side of bytes in an unknown encoding, to find it out
	minSecret      = 8         // a shorter key is not searched for: it would be found by accident

	// maxExpansion is how many times its packed size a gzip file may unpack to. Real
	// manifests reach 10 to 50. The first freeExpansion bytes are always allowed.
	maxExpansion  = 500
	freeExpansion = 64 << 20
)
