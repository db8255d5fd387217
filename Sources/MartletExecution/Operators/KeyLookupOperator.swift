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
        let rows = RowPlaces(count: rowIDs.count)
        let prefix = KeyPrefix(.row, table.id)
        // Rows lie far apart in memory: threads wait for it side by side.
        let parts = view.isWritable ? 1 : max(1, min(threads, rowIDs.count / Self.rowsFetchedPerThread))
        let perPart = (rowIDs.count + parts - 1) / parts
        _ = try Parallel.map(count: parts, threads: parts) { [view] (part) throws(Diagnostic) in
            for index in min(part * perPart, rowIDs.count)..<min((part + 1) * perPart, rowIDs.count) {
                rows.places[index] = try prefix.withKey(rowNumber: rowIDs[index]) { (key) throws(Diagnostic) in
                    try view.get(key)
                }
            }
        }
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        for bytes in rows.places { if let bytes { block.append(nothing, bytes) } }
        if block.count == rowIDs.count { return rowIDs }
        return rowIDs.indices.filter { rows.places[$0] != nil }.map { rowIDs[$0] }
    }

    private static let rowsFetchedPerThread = 64
}

/// Where rows lie in the map; nil for one that does not exist.
///
/// `@unchecked Sendable`: each thread writes places of its own.
private final class RowPlaces: @unchecked Sendable {
    let places: UnsafeMutableBufferPointer<UnsafeRawBufferPointer?>

    init(count: Int) {
        places = .allocate(capacity: count)
        places.initialize(repeating: nil)
    }

    deinit { places.deallocate() }
}
