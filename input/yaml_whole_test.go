package input

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// fragments are lines from which the test builds documents: ordinary ones, and some that
// are meant to break a reader.
var fragments = []string{
	"- id: 1\n", "- id: 2\n", "- {id: 3}\n", "-\n", "  id: 4\n", "  name: a\n", "  name: |\n", "  name: >+\n",
	"  name: |2\n", "    - id: 5\n", "    text\n", "  text\n", " text\n",
	"  name: \"b\n", "    c\"\n", "- d\"\n", "\"\n", "  name: 'e\n", "- f'\n", "  volume: 1\n", "  project:\n",
	"    id: 6\n", "  project: null\n", "  project: {\n", "  }\n", "}\n", "  id: 7 }\n",
	"---\n", "--- # c\n", "--- \n", "...\n", "# c\n", "  # c\n", "    # c\n", "\n", "  \n", "\t\n", "tracks:\n",
	"tracks: # c\n", "tracks: []\n", "  - id: 8\n", "  -\n", "    name: g\n", "    id: 9\n", "  - {id: 10}\n",
	"x: 1\n", "  ? id\n", "  : 11\n", "- ? id\n", "- |\n", "- - id: 12\n", "- &a\n", "  name: *a\n", "- !!map\n",
	"- >-\n", "[\n", "]\n", "- [\n", "  ]\n", "- id: 13\r", "- id: 14\r\n", "- id: 15", "%TAG ! !\n", "  name: h # c\n",
	"  name: - i\n",
	"- id: 16 # it's\n", "  name: \"j\\\n", "-\tid: 17\n", " - id: 18\n", "   - id: 19\n", "\ufeff- id: 20\n",
	"  name: \"k\" \"\n", "- id: 21\n  name: l\n", "- id: 22\n  name: |\n    m\n\n\n", "  media: {url: 'http://h/'}\n",
	"  #note: x\n", "- #x: 1\n",
	"\"tracks\":\n", "'tracks' :\n", "'#y': 2\n", "error: 3\n", "'#z': |\n", "'#z': \"\n", "status: [\n",
}

// A list gives the same rows item by item and as a whole.
func TestYAMLItemsEqualWhole(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 30_000 {
		var b strings.Builder
		for range 1 + random.IntN(9) {
			b.WriteString(fragments[random.IntN(len(fragments))])
		}
		compareYAML(t, b.String())
	}
}

func FuzzYAMLLines(f *testing.F) {
	f.Add([]byte{0, 4, 5, 1, 6, 9, 0})
	f.Fuzz(func(t *testing.T, picks []byte) {
		var b strings.Builder
		for _, pick := range picks[:min(len(picks), 40)] {
			b.WriteString(fragments[int(pick)%len(fragments)])
		}
		examine(t, "m.yaml", b.String())
		compareYAML(t, b.String())
	})
}
