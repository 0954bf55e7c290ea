//go:build !unix

package safe

const dontWait = 0
