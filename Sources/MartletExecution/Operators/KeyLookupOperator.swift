// Fetches rows by their row ids.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletKernels
import MartletPlanning
import MartletStorage

final class KeyLookupOperator: Operator {
    private let context: ExecutionContext
    private let scan: Scan
    private let keys: [BoundExpression]
    private var isDone = false

    init(_ context: ExecutionContext, _ scan: Scan, _ keys: [BoundExpression]) throws(Diagnostic) {
        self.context = context
        self.scan = scan
        self.keys = keys
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone { return nil }
        isDone = true
        var rowIDs: [Int64] = []
        for key in keys {
            if case .integer(let rowID) = try context.value(key) { rowIDs.append(rowID) }
        }
        if rowIDs.count > 1 { rowIDs = Array(Set(rowIDs)).sorted() }
        return try context.rows(scan, rowIDs)
    }
}

extension ExecutionContext {
    /// The rows with these ids, in that order; ids without a row are left out.
    func rows(_ scan: Scan, _ rowIDs: [Int64]) throws(Diagnostic) -> Batch {
        let block = EntryBlock(capacity: rowIDs.count)
        let found = try fetch(scan.table, rowIDs, into: block)
        return try RowDecoder(self, scan).batch(block, rowIDs: found)
    }

    /// Puts the rows with these ids into a block, in that order.
    ///
    /// - Returns: the ids of those that exist.
    func fetch(_ table: Table, _ rowIDs: [Int64], into block: EntryBlock) throws(Diagnostic) -> [Int64] {
        block.removeAll()
        let rows = try places(table, rowIDs)
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        for index in rowIDs.indices { if let bytes = rows[index] { block.append(nothing, bytes) } }
        if block.count == rowIDs.count { return rowIDs }
        return rowIDs.indices.filter { rows[$0] != nil }.map { rowIDs[$0] }
    }

    /// Where the rows with these ids lie, in that order.
    func places(_ table: Table, _ rowIDs: [Int64]) throws(Diagnostic) -> RowPlaces {
        let rows = RowPlaces(count: rowIDs.count)
        let prefix = KeyPrefix(.row, table.id)
        // Rows lie far apart in memory: threads wait for it side by side.
        let parts = view.isWritable ? 1 : max(1, min(threads, rowIDs.count / Self.rowsFetchedPerThread))
        let perPart = (rowIDs.count + parts - 1) / parts
        try rowIDs.withUnsafeBufferPointer { (rowIDs) throws(Diagnostic) in
            nonisolated(unsafe) let rowIDs = rowIDs
            _ = try Parallel.map(count: parts, threads: parts) { [view] (part) throws(Diagnostic) in
                let range = min(part * perPart, rowIDs.count)..<min((part + 1) * perPart, rowIDs.count)
                try view.getRows(
                    prefix, UnsafeBufferPointer(rebasing: rowIDs[range]),
                    into: UnsafeMutableBufferPointer(rebasing: rows.places[range]))
            }
        }
        return rows
    }

    private static let rowsFetchedPerThread = 1_024
}

/// Where rows lie in the map; nil for one that does not exist.
///
/// `@unchecked Sendable`: each thread writes places of its own.
final class RowPlaces: @unchecked Sendable {
    fileprivate let places: UnsafeMutableBufferPointer<UnsafeRawBufferPointer?>

    fileprivate init(count: Int) {
        places = .allocate(capacity: count)
        places.initialize(repeating: nil)
    }

    deinit { places.deallocate() }

    subscript(index: Int) -> UnsafeRawBufferPointer? { places[index] }
}
