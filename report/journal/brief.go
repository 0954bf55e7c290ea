package journal

import (
	"encoding/binary"
	"encoding/hex"
	"hash/maphash"

	"tracksync/internal/track"
)

// brief is the part of a line that resuming needs.
type brief struct {
	row    int
	id     track.ID
	status track.Status
	asked  uint64 // Result.Asked
	at     int64  // Result.FinishedAt, in milliseconds
	media  bool   // media was sent
	left   bool   // Result.Left is not empty
	place  uint32 // hash of the row's position, see placeOf; 0: the line is not in our own form
}

// readBrief reads the brief of a line. A line in the form of appendResult is scanned, which
// takes a fraction of the time; any other line is decoded.
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

// placeOf is a short hash of the beginning of a line, which appendPlace writes and which has
// the row's position. It is never 0.
func placeOf(beginning []byte) uint32 { return uint32(maphash.Bytes(placeSeed, beginning)) | 1 }

// askedNumber is Result.Asked as a number, which takes less memory. A text that is not a
// fingerprint gives a number that matches no row.
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
