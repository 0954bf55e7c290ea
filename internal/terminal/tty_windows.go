package terminal

import (
	"os"
	"unsafe"

	"golang.org/x/sys/windows"

	"tracksync/internal/safe"
)

// Name is the controlling terminal, as a file.
const Name = "CONIN$"

// understandsEscapes tells a console to obey escapes, and reports whether it does. What is no
// console does.
func understandsEscapes(f *os.File) bool {
	console := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil {
		return true
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}

// shell is the program that started this one.
func shell() safe.Shell {
	list, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return safe.Cmd
	}
	defer func() { _ = windows.CloseHandle(list) }() // it was only read
	entry := windows.ProcessEntry32{}
	entry.Size = uint32(unsafe.Sizeof(entry))
	for err := windows.Process32First(list, &entry); err == nil; err = windows.Process32Next(list, &entry) {
		if int(entry.ProcessID) == os.Getppid() {
			return safe.ShellOf(windows.UTF16ToString(entry.ExeFile[:]))
		}
	}
	return safe.Cmd
}
