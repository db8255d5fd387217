// The catalog's stored form.
//
//   key: prefix (catalog, kind) + object id as a row number      value: one byte 1, then the definition as JSON
//   key: prefix (setting, 0)                                     value: the catalog's version
//   key: prefix (setting, 1)                                     value: the last object id given
//   the counter of the table's id                                 the table's number of rows
//
// JSON, because definitions are few, small and read once: they stay readable by people and by later versions.

import Foundation
package import MartletCore
package import MartletStorage

package enum CatalogStore {
    private enum Kind: UInt32 {
        case table = 1
        case index = 2
        case model = 3
        case deployment = 4
        case view = 5
        case statistics = 6
    }

    private static let definitionVersion: UInt8 = 1
    private static let version = KeyPrefix(.setting, 0)
    private static let lastID = KeyPrefix(.setting, 1)

    // MARK: Reading

    /// The catalog's version in a transaction: one lookup.
    package static func version(_ view: TransactionView) throws(Diagnostic) -> UInt64 {
        guard let bytes = try view.get(KeyWriter(version)) else { return 0 }
        guard bytes.count == 8 else { throw Diagnostic(.corrupt, "a catalog version of \(bytes.count) bytes") }
        return UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    }

    /// Reads all definitions. O(number of definitions).
    package static func read(_ view: TransactionView) throws(Diagnostic) -> Catalog {
        Catalog(
            version: try version(view), tables: try readAll(.table, view), indexes: try readAll(.index, view),
            views: try readAll(.view, view), models: try readAll(.model, view),
            deployments: try readAll(.deployment, view), statistics: try readAll(.statistics, view))
    }

    private static func readAll<T: Decodable>(_ kind: Kind, _ view: TransactionView) throws(Diagnostic) -> [T] {
        var result: [T] = []
        var cursor = try view.cursor(KeyPrefix(.catalog, kind.rawValue))
        var found = try cursor.first()
        while found {
            let bytes = cursor.value
            guard bytes.first == definitionVersion else {
                throw Diagnostic(.newerFormat, "the catalog holds a definition of version \(bytes.first ?? 0)")
            }
            do {
                result.append(try JSONDecoder().decode(T.self, from: Data(bytes.dropFirst())))
            } catch {
                throw Diagnostic(.corrupt, "a definition in the catalog cannot be read: \(error)")
            }
            found = try cursor.next()
        }
        return result
    }

    /// The number of rows of a table. One or two lookups.
    package static func rowCount(ofTable id: UInt32, _ view: TransactionView) throws(Diagnostic) -> Int64 {
        try view.counter(id)
    }

    // MARK: Writing

    /// An id that no object of this file has or had.
    package static func nextID(_ view: WriteView) throws(Diagnostic) -> UInt32 {
        let number = try view.increment(KeyWriter(lastID))
        guard let id = UInt32(exactly: number + Int64(SystemTable.firstUserID)) else {
            throw Diagnostic(.limitExceeded, "the file has used up its object ids")
        }
        return id
    }

    package static func put(_ table: Table, _ view: WriteView) throws(Diagnostic) {
        try put(table, .table, table.id, view)
    }

    package static func put(_ index: Index, _ view: WriteView) throws(Diagnostic) {
        try put(index, .index, index.id, view)
    }

    package static func put(_ model: Model, _ view: WriteView) throws(Diagnostic) {
        try put(model, .model, model.id, view)
    }

    package static func put(_ definition: View, _ view: WriteView) throws(Diagnostic) {
        try put(definition, .view, definition.id, view)
    }

    package static func put(_ deployment: Deployment, _ view: WriteView) throws(Diagnostic) {
        try put(deployment, .deployment, deployment.id, view)
    }

    package static func put(_ statistics: TableStatistics, _ view: WriteView) throws(Diagnostic) {
        try put(statistics, .statistics, statistics.tableID, view)
    }

    /// Forgets what ANALYZE found out about a table.
    package static func removeStatistics(ofTable id: UInt32, _ view: WriteView) throws(Diagnostic) {
        try remove(.statistics, id, view)
    }

    package static func remove(_ table: Table, _ view: WriteView) throws(Diagnostic) {
        try remove(.table, table.id, view)
        try remove(.statistics, table.id, view)
        view.addToCounter(table.id, -(try rowCount(ofTable: table.id, view)))
    }

    package static func remove(_ index: Index, _ view: WriteView) throws(Diagnostic) {
        try remove(.index, index.id, view)
    }

    package static func remove(_ model: Model, _ view: WriteView) throws(Diagnostic) {
        try remove(.model, model.id, view)
    }

    package static func remove(_ definition: View, _ view: WriteView) throws(Diagnostic) {
        try remove(.view, definition.id, view)
    }

    package static func remove(_ deployment: Deployment, _ view: WriteView) throws(Diagnostic) {
        try remove(.deployment, deployment.id, view)
    }

    package static func addRows(_ count: Int, toTable id: UInt32, _ view: WriteView) {
        if count != 0 { view.addToCounter(id, Int64(count)) }
    }

    private static func key(_ kind: Kind, _ id: UInt32) -> KeyWriter {
        var key = KeyWriter(KeyPrefix(.catalog, kind.rawValue))
        key.append(rowNumber: Int64(id))
        return key
    }

    private static func put(
        _ definition: some Encodable, _ kind: Kind, _ id: UInt32, _ view: WriteView
    ) throws(Diagnostic) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data: Data
        do {
            data = try encoder.encode(definition)
        } catch {
            throw Diagnostic(.corrupt, "a definition cannot be written: \(error)")
        }
        try view.put(key(kind, id), [definitionVersion] + data)
        try raiseVersion(view)
    }

    private static func remove(_ kind: Kind, _ id: UInt32, _ view: WriteView) throws(Diagnostic) {
        _ = try view.delete(key(kind, id))
        try raiseVersion(view)
    }

    private static func raiseVersion(_ view: WriteView) throws(Diagnostic) {
        _ = try view.increment(KeyWriter(version))
    }
}
