// MartletShell: the command `martlet`, for people at a terminal and for batches.
//
// Owns     the command line and its exit codes, cutting input into statements and dot-commands, showing results, errors
//          and progress, the dot-commands, and line editing with history and completion.
// Imports  MartletRuntime and what its sessions speak, MartletFormats to render, ArgumentParser, and libedit through
//          CLineEditing.
// Promises results go to standard output, everything else to standard error; without a terminal there are no prompts,
//          colours and progress; a script is never held in memory whole; everything but the terminal itself is tested
//          through `ShellSession`.
