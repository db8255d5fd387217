// The stored feedback: rows of sys.feedback, and a mark by which readers see what has changed.
//
//   key: prefix (setting, 6)     value: number of deletions 8 bytes, last id 8 bytes, both little-endian
//
// What takes the id of a deleted row counts as a deletion too. Two snapshots with the same mark have the same feedback, and
// one with the same number of deletions and a greater id has the rows up to the lesser id in common with the other: what
// was read of it need not be read again.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletRetrieval
import MartletStorage

enum FeedbackStore {
    struct Mark: Hashable {
        var deletions: UInt64 = 0
        var lastID: Int64 = 0
    }

    /// The places of columns.
    enum Place {
        static let deployment = 1
        static let model = 2
        static let kind = 3
        static let query = 4
        static let document = 5
        static let phrase = 6
        static let rank = 7
        static let at = 8
        static let key = 10
    }

    private static let markKey = KeyPrefix(.setting, SystemTable.feedback.id).bytes

    /// nil where no feedback was ever given. O(log n).
    ///
    /// - Throws: `corrupt`.
    static func mark(_ view: TransactionView) throws(Diagnostic) -> Mark? {
        guard let bytes = try view.get(markKey) else { return nil }
        guard bytes.count == 16 else { throw Diagnostic(.corrupt, "the mark of sys.feedback has \(bytes.count) bytes") }
        return Mark(
            deletions: UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)),
            lastID: Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: Int64.self)))
    }

    private static func put(_ mark: Mark, _ view: WriteView) throws(Diagnostic) {
        var bytes: [UInt8] = []
        withUnsafeBytes(of: mark.deletions.littleEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: mark.lastID.littleEndian) { bytes.append(contentsOf: $0) }
        try view.put(markKey, bytes)
    }

    /// - Returns: the id.
    static func append(_ values: [Value], _ context: ExecutionContext) throws(Diagnostic) -> Int64 {
        let view = try context.writable()
        let id = try SystemWriter.append(values, to: SystemTable.feedback, context)
        var mark = try mark(view) ?? Mark()
        // The id of a deleted row comes again: what was read since the deletion goes as far, and does not have it.
        if id <= mark.lastID { mark.deletions &+= 1 }
        mark.lastID = id
        try put(mark, view)
        return id
    }

    static func noteDeletion(_ view: WriteView) throws(Diagnostic) {
        var mark = try mark(view) ?? Mark()
        mark.deletions &+= 1
        try put(mark, view)
    }

    /// The rows with greater ids than `after`, in their order.
    ///
    /// - Throws: `corrupt`.
    static func read(
        after id: Int64, _ view: TransactionView, _ body: ([Value]) throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        let table = SystemTable.feedback
        let layout = table.layout
        var cursor = try view.cursor(KeyPrefix(.row, table.id))
        var found = try cursor.seek(toOrAfter: RowKey.key(table.id, id &+ 1))
        while found {
            try body(try RowReader(cursor.value, layout: layout).values())
            found = try cursor.next()
        }
    }

    /// Whether the rows are what searches take them for, and the mark covers them.
    static func check(_ view: TransactionView, _ problems: inout [String]) throws(Diagnostic) {
        do throws(Diagnostic) {
            let mark = try mark(view)
            var last: Int64 = 0
            var unreadable: [Int64] = []
            try read(after: .min, view) { row in
                guard case .integer(let id) = row[0] else { return }
                last = max(last, id)
                var isGood = false
                if case .text(let name) = row[Place.kind], let kind = FeedbackKind(rawValue: name) {
                    let wanted = kind == .association ? Place.phrase : Place.key
                    isGood = !row[Place.query].isNull && !row[wanted].isNull
                }
                if !isGood { unreadable.append(id) }
            }
            for id in unreadable.prefix(10) { problems.append("sys.feedback, row \(id): no feedback of a known kind") }
            if last > mark?.lastID ?? 0 {
                problems.append("sys.feedback has row \(last), which searches do not see")
            }
        } catch {
            // Rows that cannot be read were reported with their table.
            if error.code != .corrupt { throw error }
        }
    }

    /// What a row says; nil for one of another table's documents.
    static func record(_ row: [Value], documentsOf table: Table) -> FeedbackRecord? {
        guard case .text(let name) = row[Place.kind], let kind = FeedbackKind(rawValue: name),
            case .text(let query) = row[Place.query]
        else { return nil }
        if kind == .association {
            guard case .text(let phrase) = row[Place.phrase] else { return nil }
            return FeedbackRecord(kind: kind, query: query, phrase: phrase)
        }
        guard case .blob(let key) = row[Place.key], key.starts(with: DocumentKey.prefix(table)) else { return nil }
        var rank: Int?
        if case .integer(let number) = row[Place.rank] { rank = Int(clamping: number) }
        return FeedbackRecord(kind: kind, query: query, document: key, rank: rank)
    }
}
