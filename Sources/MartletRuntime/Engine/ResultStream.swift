// The rows of one statement.

package import MartletCore
import MartletExecution
import MartletStorage

package struct ResultColumn: Hashable, Sendable {
    package var name: String
    package var type: DataType

    package init(name: String, type: DataType) {
        self.name = name
        self.type = type
    }
}

/// The columns of a result, with their names apart.
package struct ResultColumns: Sendable {
    package let columns: [ResultColumn]
    package let names: [String]

    init(_ columns: [ResultColumn]) {
        self.columns = columns
        names = columns.map(\.name)
    }
}

/// Gives a statement's rows in batches. A query outside a transaction reads its own snapshot until it is read to the
/// end, closed or dropped.
package final class ResultStream {
    private let shape: ResultColumns
    /// Whether the only value of the only row is the number of rows that the statement changed.
    package let countsChanges: Bool
    private var source: (any Operator)?
    private var kept: [Batch]
    private var position = 0
    /// The only row, until it is taken.
    private var row: [Value]?
    /// What the source reads from; kept alive for it.
    private let snapshot: Snapshot?

    /// A read transaction as something that can be shared.
    final class Snapshot {
        let transaction: ReadTransaction

        init(_ transaction: consuming ReadTransaction) { self.transaction = transaction }
    }

    /// Rows that are there already.
    init(columns: ResultColumns, batches: [Batch], countsChanges: Bool = false) {
        shape = columns
        self.countsChanges = countsChanges
        kept = batches
        source = nil
        snapshot = nil
    }

    /// One row, or none.
    init(columns: ResultColumns, row: [Value]?) {
        shape = columns
        countsChanges = false
        kept = []
        source = nil
        snapshot = nil
        self.row = row
    }

    init(columns: ResultColumns, source: any Operator, snapshot: Snapshot) {
        shape = columns
        countsChanges = false
        self.source = source
        self.snapshot = snapshot
        kept = []
    }

    package var columns: [ResultColumn] { shape.columns }
    package var columnNames: [String] { shape.names }

    /// The next row, if it is there without a batch around it; else ask for the next batch.
    package func takeRow() -> [Value]? {
        guard let row = row.take() else { return nil }
        // Without hidden columns at the end.
        return row.count == columns.count ? row : Array(row.prefix(columns.count))
    }

    /// Whether it is known, without asking for the next rows, that there are none.
    package var isOver: Bool { row == nil && source == nil && position == kept.count }

    /// The next rows, never empty; nil at the end.
    package func next() throws(Diagnostic) -> Batch? {
        if let row = takeRow() { return Batch(rows: [row], types: columns.map(\.type)) }
        while position < kept.count {
            position += 1
            if kept[position - 1].count > 0 { return kept[position - 1].narrowed(to: columns.count) }
        }
        while let source {
            guard let batch = try source.next() else {
                close()
                return nil
            }
            if batch.count > 0 { return batch.narrowed(to: columns.count) }
        }
        return nil
    }

    /// Lets go of the snapshot. Idempotent.
    package func close() {
        source = nil
        kept = []
        position = 0
        row = nil
    }

    /// All rows that are left.
    package func rows() throws(Diagnostic) -> [[Value]] {
        var rows: [[Value]] = []
        while let batch = try next() {
            for row in 0..<batch.count { rows.append(batch.row(row)) }
        }
        return rows
    }
}

extension Batch {
    /// Without hidden columns at the end.
    fileprivate func narrowed(to count: Int) -> Batch {
        columns.count == count ? self : Batch(columns: Array(columns.prefix(count)), count: self.count)
    }
}
