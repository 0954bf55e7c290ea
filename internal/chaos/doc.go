// Package chaos kills tracksync at random moments and looks what is left. It has
// nothing but a test: real processes of the real program, built for it, against
// the sandbox in another process, stopped in every way that a process can be
// stopped, and resumed until they end. What they then say is compared with
// what the sandbox received.
package chaos
