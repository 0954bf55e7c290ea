package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The image says the version that it was built with, although the history of the
// source is not in it; a plain build says what the Go tool knows.
func TestImageSaysItsVersion(t *testing.T) {
	b, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	flags := regexp.MustCompile(`go build [^"]*-ldflags="([^"]*)"`).FindStringSubmatch(string(b))
	if flags == nil || !regexp.MustCompile(`(?m)^ARG VERSION=$`).Match(b) {
		t.Fatal("the Dockerfile does not take a VERSION for its build")
	}
	const version = "v1.2.3-4-gabcdef"
	for given, want := range map[string]string{version: version, "": "devel"} {
		program := filepath.Join(t.TempDir(), "tracksync.exe")
		ldflags := strings.ReplaceAll(flags[1], "$VERSION", given)
		build := exec.Command("go", "build", "-buildvcs=false", "-ldflags="+ldflags, "-o", program, ".")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		said, err := exec.Command(program, "--version").Output()
		if err != nil || !strings.HasPrefix(string(said), "tracksync "+want+", go") {
			t.Errorf("with VERSION=%q: %s, %v", given, said, err)
		}
	}
}

// Every base image that is pulled is named by its digest.
func TestBaseImagesAreNamedByDigest(t *testing.T) {
	b, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	defaults := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^ARG (\w+)=(\S+)$`).FindAllStringSubmatch(text, -1) {
		defaults["${"+m[1]+"}"] = m[2]
	}
	for _, m := range regexp.MustCompile(`(?m)^FROM (?:--platform=\S+ )?(\S+)`).FindAllStringSubmatch(text, -1) {
		image := m[1]
		if d, ok := defaults[image]; ok {
			image = d
		}
		if image == "scratch" {
			continue
		}
		if !regexp.MustCompile(`(?m)^#\s+` + regexp.QuoteMeta(image) + `@sha256:[0-9a-f]{64}$`).MatchString(text) {
			t.Errorf("there is no digest of %s", image)
		}
		if !strings.Contains(text, "docker buildx imagetools inspect "+image) {
			t.Errorf("it does not say how to renew the digest of %s", image)
		}
	}
}
