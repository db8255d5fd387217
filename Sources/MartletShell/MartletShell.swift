// MartletShell
