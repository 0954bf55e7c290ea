package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"regexp"
	"testing"
)

// Releases, the image and the comparison of speeds are compiled with the same profile, which
// says nothing of the machine where it was taken.
func TestProfileOfReleases(t *testing.T) {
	for _, name := range []string{".goreleaser.yaml", ".ci/release", ".ci/speed", "Dockerfile"} {
		text, err := os.ReadFile(name)
		if err != nil || !regexp.MustCompile(`(?m)^[^#]*-pgo=\S*\.ci/release\.pgo`).Match(text) {
			t.Errorf("%s does not compile with the profile: %v", name, err)
		}
	}
	packed, err := os.ReadFile(".ci/release.pgo")
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	profile, err := io.ReadAll(z)
	if err != nil || !bytes.Contains(profile, []byte("tracksync/internal/api.(*Client)")) {
		t.Fatalf("it is no profile of tracksync: %v", err)
	}
	if found := regexp.MustCompile(`/(usr|root|home|Users|work|tmp|src)/[ -~]+\.go`).Find(profile); found != nil {
		t.Errorf("it names a file of a machine: %q", found)
	}
}
