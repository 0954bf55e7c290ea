package journal

import (
	"encoding/binary"
	"encoding/hex"
	"hash/maphash"

	"tracksync/internal/track"
)

// brief is what resuming has to know of a line.
type brief struct {
	row    int
	id     track.ID
	status track.Status
	asked  uint64 // Result.Asked
	at     int64  // Result.FinishedAt, in milliseconds
	media  bool   // it says that media was sent
	left   bool   // Result.Left has something
	place  uint32 // where the row stands, see placeOf; 0: the line is in another form
}

// readBrief is decode for what needs no more than a brief. A line in the form of
// appendResult is scanned, which takes a fraction of the time; any other is decoded.
func readBrief(text []byte) (brief, error) {
	if b, ok := scanBrief(text); ok {
		return b, nil
	}
	r, err := decode(text)
	if err != nil {
		return brief{}, err
	}
	return brief{
		row: r.Row, id: r.ID, status: r.Status, asked: askedNumber([]byte(r.Asked)), at: r.FinishedAt.UnixMilli(),
		media: !r.Changes.Media.To.IsZero(), left: len(r.Left) > 0,
	}, nil
}

var placeSeed = maphash.MakeSeed()

// placeOf is a short hash of the beginning of a line, which says where its row
// stands: what appendPlace makes. It is never 0.
func placeOf(beginning []byte) uint32 { return uint32(maphash.Bytes(placeSeed, beginning)) | 1 }

// askedNumber is Result.Asked as a number, which takes less memory. What it was not
// made of is no fingerprint: it matches nothing.
func askedNumber(asked []byte) uint64 {
	var b [8]byte
	if len(asked) != hex.EncodedLen(len(b)) {
		return 0
	}
	if _, err := hex.Decode(b[:], asked); err != nil {
		return 0
	}
	return binary.BigEndian.Uint64(b[:])
}
