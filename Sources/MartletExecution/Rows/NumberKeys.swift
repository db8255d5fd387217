// The keys of a new index of one INTEGER, REAL or TIMESTAMP column, sorted before they are written.

import MartletCore

/// As `IndexKeys`, with numbers instead of bytes.
struct NumberKeys {
    private let order: KeyOrder
    private var tag: UInt8 = 0
    private var items: [WordSort.Item] = []
    /// Rows with NULL.
    private var nullRows: [Int64] = []

    init(_ order: KeyOrder) { self.order = order }

    var count: Int { items.count + nullRows.count }

    /// About the memory that the entries take, and take again for the sort.
    var byteCount: Int { 2 * items.count * MemoryLayout<WordSort.Item>.stride + nullRows.count * 8 }

    /// - Parameter words: of the column, in the index's order.
    mutating func append(_ column: Column, _ words: KeyWords, _ rowIDs: [Int64]) {
        tag = words.tag
        for (index, rowID) in rowIDs.enumerated() {
            if column.isNull(index) {
                nullRows.append(rowID)
            } else {
                items.append(WordSort.Item(word: words.words[index], payload: UInt64(bitPattern: rowID)))
            }
        }
    }

    /// As `IndexKeys.drain`.
    mutating func drain(isUnique: Bool, _ body: IndexKeys.Body) throws(Diagnostic) {
        WordSort.sort(&items)
        let (items, nullRows, tag) = (items, nullRows, tag)
        self = NumberKeys(order)
        if order == .ascending { try drainNulls(nullRows, body) }
        var part = [UInt8](repeating: tag, count: 9)
        var before: UInt64?
        for item in items {
            part.withUnsafeMutableBytes { $0.storeBytes(of: item.word.bigEndian, toByteOffset: 1, as: UInt64.self) }
            let row = IndexKeys.Row(id: Int64(bitPattern: item.payload), isInKey: !isUnique)
            try part.withRawBytes { (part) throws(Diagnostic) in try body(part, row, item.word == before) }
            before = item.word
        }
        if order == .descending { try drainNulls(nullRows, body) }
    }

    private func drainNulls(_ rows: [Int64], _ body: IndexKeys.Body) throws(Diagnostic) {
        var part = KeyWriter()
        part.append(.null, order)
        for id in rows {
            try part.withUnsafeBytes { (part) throws(Diagnostic) in
                try body(part, IndexKeys.Row(id: id, isInKey: true), false)
            }
        }
    }
}
