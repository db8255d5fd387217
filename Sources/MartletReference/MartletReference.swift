// MartletReference: the language reference, as documents that ship inside the library.
//
// Owns     a page for each statement, clause, function, option, type, error code, system table and shell command, and
//          guides that answer whole questions. `sys.reference` shows them as rows; the shell's `.help` searches them.
// Imports  MartletCore.
// Promises ids are unique and stable; every ```sql example parses; every error code has its page.
