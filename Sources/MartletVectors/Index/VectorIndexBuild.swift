// How far the building of an index has come, in the file, while rows go on changing.
//
// A build reads rows from snapshots, beside the writer, in ascending order of row id, and enters a segment at a time. What
// changes meanwhile is only noted: the rows noted are entered as they are when the last segment is.
//
//   space        key after the object's prefix        value
//   searchDelta  20                                   i64 the process that builds, u8 whether there is a last row, i64 that
//   searchDelta  21, row number                       nothing: a row that has changed since the build began

package import MartletCore
package import MartletStorage

/// The record of one build.
package struct VectorIndexBuild: Hashable, Sendable {
    /// The process that builds; when it is gone, another may go on.
    package var process: Int64
    /// The last row whose vector may be in a segment; nil before the first segment.
    package var lastRowID: Int64?

    private static let byteCount = 17

    /// With fewer rows there is nothing to build that takes time.
    package static let leastRows = VectorMergePolicy.structureMinimum

    /// Makes an index one that is being built: until `end`, its writers only note the rows that change.
    package static func begin(objectID: UInt32, process: Int64, in view: WriteView) throws(Diagnostic) {
        try VectorIndexBuild(process: process, lastRowID: nil).put(objectID, view)
    }

    /// The record of an index; nil if it is not being built.
    package static func of(objectID: UInt32, in view: TransactionView) throws(Diagnostic) -> VectorIndexBuild? {
        guard let bytes = try view.get(SearchIndexKeys(objectID: objectID).build) else { return nil }
        guard bytes.count == byteCount, bytes[8] < 2 else {
            throw VectorIndexManifest.damaged("the record of its building")
        }
        func number(_ offset: Int) -> Int64 {
            Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self))
        }
        return VectorIndexBuild(process: number(0), lastRowID: bytes[8] == 0 ? nil : number(9))
    }

    /// Notes that the rows up to this one have been entered.
    package func advance(to rowID: Int64, objectID: UInt32, in view: WriteView) throws(Diagnostic) {
        var copy = self
        copy.lastRowID = rowID
        try copy.put(objectID, view)
    }

    private func put(_ objectID: UInt32, _ view: WriteView) throws(Diagnostic) {
        var bytes = withUnsafeBytes(of: process.littleEndian) { Array($0) }
        bytes.append(lastRowID == nil ? 0 : 1)
        withUnsafeBytes(of: (lastRowID ?? 0).littleEndian) { bytes.append(contentsOf: $0) }
        try view.put(SearchIndexKeys(objectID: objectID).build, bytes)
    }

    /// Ends the build.
    ///
    /// - Returns: the rows that have changed since it began, ascending: they may be in the index as they were.
    package static func end(objectID: UInt32, in view: WriteView) throws(Diagnostic) -> [Int64] {
        let keys = SearchIndexKeys(objectID: objectID)
        var rowIDs: [Int64] = []
        var cursor = try view.cursor(prefix: keys.changedRows)
        var found = try cursor.first()
        while found {
            var reader = KeyReader(cursor.key, at: keys.changedRows.count)
            rowIDs.append(try reader.rowNumber())
            found = try cursor.next()
        }
        _ = try view.deleteAll(prefix: keys.changedRows)
        _ = try view.delete(keys.build)
        return rowIDs
    }

    static func note(_ rowIDs: some Sequence<Int64>, _ keys: SearchIndexKeys, in view: WriteView) throws(Diagnostic) {
        for rowID in rowIDs { try view.put(keys.changedRow(rowID), []) }
    }
}

extension SearchIndexKeys {
    var build: [UInt8] { delta.bytes + [0x20] }

    var changedRows: [UInt8] { delta.bytes + [0x21] }

    func changedRow(_ rowID: Int64) -> [UInt8] {
        var key = KeyWriter(prefix: changedRows)
        key.append(rowNumber: rowID)
        return key.bytes
    }
}
