// Package testkit has what the tests of several packages share: golden files, and the
// forms in which a secret may come back. Only tests import it.
package testkit
