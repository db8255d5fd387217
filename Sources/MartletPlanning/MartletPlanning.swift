// MartletPlanning: from a syntax tree to a physical plan.
//
// Owns     name and type resolution (Binding), the logical plan, the rewrite rules in one visible list (Rules), the
//          physical plan with its access paths, and the tree that EXPLAIN prints.
// Imports  MartletCore, MartletLanguage, MartletExpressions, MartletCatalog.
// Promises planning reads the catalog and the parameters' types only: no file, no row, no clock. The same statement,
//          catalog and types give the same plan.
