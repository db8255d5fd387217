// MartletExpressions: what an expression means and how it is computed over batches of rows.
//
// Owns     bound expressions (names and types resolved), the rules of types and coercions, the function and aggregate
//          registries, the compiler from bound expressions to batch kernels, LIKE / GLOB / REGEXP matching, and the
//          row machinery that needs values only: grouping, ordering, hash join tables.
// Imports  MartletCore, and MartletFormats for the text forms of values.
// Promises nothing here touches a file or ambient time; nothing that an expression or a row contains can trap: errors
//          are diagnostics with the expression's range, and arise only for rows that the expression is evaluated for.
