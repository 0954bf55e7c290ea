package cli

const terminalName = "CONIN$"
