// The rows of one statement, as they are needed.

import MartletCore
import MartletRuntime

/// Gives a statement's rows one after the other; see ``Session/cursor(_:)``.
///
/// Holds the snapshot that it reads from until the last row was given, ``close()`` is called, or it is gone.
public final class RowCursor {
    public let columns: ColumnNames
    private let result: ResultStream
    private var rows: ArraySlice<Row> = []

    init(_ result: ResultStream) {
        self.result = result
        columns = ColumnNames(result.columns.map(\.name))
    }

    /// The next row; nil after the last.
    public func next() throws(MartletError) -> Row? {
        if let row = rows.popFirst() { return row }
        rows = try nextBatch()[...]
        return rows.popFirst()
    }

    /// Calls `body` with each row that is left. What it throws ends the iteration, and the next call goes on after
    /// that row.
    public func forEach(_ body: (Row) throws -> Void) throws {
        while let row = try next() { try body(row) }
    }

    /// Gives no more rows, and lets go of the snapshot.
    public func close() {
        rows = []
        result.close()
    }

    /// Empty at the end. A batch is converted at once.
    func nextBatch() throws(MartletError) -> [Row] {
        let batch = try publicErrors { () throws(Diagnostic) in try result.next() }
        guard let batch else { return [] }
        return (0..<batch.count).map { row in
            Row(columns: columns, values: batch.columns.map { DatabaseValue($0[row]) })
        }
    }
}
