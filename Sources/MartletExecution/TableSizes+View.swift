// The sizes of a transaction's tables.

import MartletCatalog
package import MartletCore
package import MartletPlanning
package import MartletStorage

extension TableSizes {
    package convenience init(in view: TransactionView) {
        self.init { table in (try? CatalogStore.rowCount(ofTable: table, view)) ?? 0 }
    }

    /// Whether what a plan assumed of its tables is still so.
    package static func hold(_ assumptions: Assumptions, in view: TransactionView) throws(Diagnostic) -> Bool {
        for (table, bits) in assumptions
        where try TableSizes.bits(CatalogStore.rowCount(ofTable: table, view)) != bits { return false }
        return true
    }
}
