// MartletLanguage: the text of a statement becomes a syntax tree, and back.
//
// Owns     the lexer, the syntax tree, the parser with recovery, the printer, the keyword lists, and what a shell needs
//          of them: where statements end, colours, completion.
// Imports  MartletCore.
// Promises any bytes give tokens, a tree and diagnostics with byte-exact ranges, never a trap; what the printer
//          writes parses to an equal tree. `Grammar/` is the normative description.
