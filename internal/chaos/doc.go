// Package chaos is a test that kills tracksync at random moments. It builds the real
// program and runs it in real processes against the sandbox in another process. It stops
// these in every way in which a process can be stopped, resumes them until they end, and
// compares their results with what the sandbox received.
package chaos
