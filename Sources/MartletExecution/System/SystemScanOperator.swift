// Reads a system table whose rows are made on the spot.

import MartletCatalog
import MartletCore
import MartletPlanning

final class SystemScanOperator: Operator {
    private let context: ExecutionContext
    private let scan: SystemScan
    private var isDone = false

    init(_ context: ExecutionContext, _ scan: SystemScan) {
        self.context = context
        self.scan = scan
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone { return nil }
        isDone = true
        let rows = try SystemRows.rows(of: scan.table.name, context)
        return rows.isEmpty ? nil : Batch(rows: rows, types: scan.table.types)
    }
}
