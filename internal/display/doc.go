// Package display is how numbers, durations and lines look to people: with thousands
// apart, with units, and no wider than the screen. It writes nothing and makes nothing
// safe: package safe does that, before a text is measured here.
package display
