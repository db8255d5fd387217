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
        columns = ColumnNames(result.columnNames)
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

    func decodeAll<T: Decodable>(_ type: T.Type) throws -> [T] {
        var result: [T] = []
        while let row = try next() { result.append(try row.decode(type)) }
        return result
    }

    func tuples<First: DatabaseValueConvertible, Second: DatabaseValueConvertible, each T: DatabaseValueConvertible>(
        of type: (First, Second, repeat each T).Type
    ) throws(MartletError) -> [(First, Second, repeat each T)] {
        var result: [(First, Second, repeat each T)] = []
        while let row = try next() { result.append(try row.tuple(of: type)) }
        return result
    }

    /// Gives no more rows, and lets go of the snapshot.
    public func close() {
        rows = []
        result.close()
    }

    /// Empty at the end. A batch is converted at once.
    func nextBatch() throws(MartletError) -> [Row] { try result.nextRows(columns) }
}

extension ResultStream {
    /// The next rows as the API gives them; empty at the end.
    func nextRows(_ columns: ColumnNames) throws(MartletError) -> [Row] {
        if let row = takeRow() { return [Row(columns: columns, values: row.map { DatabaseValue($0) })] }
        let batch = try publicErrors { () throws(Diagnostic) in try next() }
        guard let batch else { return [] }
        return (0..<batch.count).map { row in
            Row(columns: columns, values: batch.columns.map { DatabaseValue($0[row]) })
        }
    }

    /// All rows that are left.
    func allRows() throws(MartletError) -> [Row] {
        let columns = ColumnNames(columnNames)
        var rows = try nextRows(columns)
        while !isOver {
            let more = try nextRows(columns)
            if more.isEmpty { break }
            rows += more
        }
        return rows
    }
}
