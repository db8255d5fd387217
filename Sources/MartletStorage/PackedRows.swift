// Large rows, packed end to end into blocks (see PackedBlock).
//
// LMDB gives a value of more than half a page pages of its own, whose rest stays empty, and of smaller ones a page has
// room for a few and a rest: of rows with vectors, a third of the file and more. Packed rows lie in blocks of many pages
// instead, and under the row's key is only the place.

package import MartletCore

/// Writes the rows of one table, those of some size packed.
package struct PackedRows {
    private let view: WriteView
    private let objectID: UInt32
    private let packs: Bool
    /// The block that rows are added to; nil until it is looked for.
    private var open: UInt32?

    /// Smaller rows share pages well enough; of larger ones little of a page stays empty.
    private static let rowBytes = 500...(72 << 10)
    /// Of a block, or more where that is fewer rows than eight.
    private static let blockPages = 12...24
    private static let pageBytes = 4_096
    private static let pageHeaderBytes = 16
    /// LMDB's own for a value in a page: its header and place, and the key.
    private static let entryBytes = 10 + KeyPrefix.byteCount + 8

    /// - Parameter packs: false to store all rows plainly, whatever they replace.
    package init(_ view: WriteView, objectID: UInt32, packs: Bool = true) {
        self.view = view
        self.objectID = objectID
        self.packs = packs
    }

    /// As `WriteView.insert`, or `append(ifLast:)`.
    package mutating func insert(
        _ key: UnsafeRawBufferPointer, _ row: UnsafeRawBufferPointer, asLast: Bool = false
    ) throws(Diagnostic) -> Bool {
        let view = view
        return try insert(key, row) { (value) throws(Diagnostic) in
            asLast ? try view.append(ifLast: key, value) : try view.insert(key, value)
        }
    }

    /// As `WriteView.insert`, filling pages completely if the key comes after all others of the file.
    package mutating func insertFillingPages(
        _ key: UnsafeRawBufferPointer, _ row: UnsafeRawBufferPointer
    ) throws(Diagnostic) -> Bool {
        let view = view
        return try insert(key, row) { (value) throws(Diagnostic) in
            if try view.append(ifLast: key, value) { return true }
            return try view.insert(key, value)
        }
    }

    /// - Parameter enter: puts the row, or where it lies, under its key; false if it may not.
    private mutating func insert(
        _ key: UnsafeRawBufferPointer, _ row: UnsafeRawBufferPointer,
        _ enter: (UnsafeRawBufferPointer) throws(Diagnostic) -> Bool
    ) throws(Diagnostic) -> Bool {
        guard isPacked(row.count) else { return try enter(row) }
        let place = try makeRoom(row.count)
        let isNew = try place.encoded.withRawBytes(enter)
        if isNew { try write(row, key, at: place) }
        return isNew
    }

    /// As `WriteView.put`.
    package mutating func put(_ key: UnsafeRawBufferPointer, _ row: UnsafeRawBufferPointer) throws(Diagnostic) {
        if let place = try place(key) {
            guard let old = try block(place.block)?.row(at: place.offset) else { throw Self.damaged }
            if packs, old.count == row.count { return try overwrite(row, at: place) }
            try forget(place)
        }
        guard isPacked(row.count) else { return try view.put(key, row) }
        let place = try makeRoom(row.count)
        try place.encoded.withRawBytes { (bytes) throws(Diagnostic) in try view.put(key, bytes) }
        try write(row, key, at: place)
    }

    /// As `WriteView.delete`.
    package mutating func delete(_ key: UnsafeRawBufferPointer) throws(Diagnostic) -> Bool {
        let place = try place(key)
        guard try view.delete(key) else { return false }
        if let place { try forget(place) }
        return true
    }

    /// Removes all packed rows of a table.
    package static func drop(objectID: UInt32, in view: WriteView) throws(Diagnostic) {
        try view.deleteAll(KeyPrefix(.packed, objectID))
    }

    // MARK: Blocks

    /// Whether a row takes noticeably less of the file in a block than in a page that it shares with others.
    private func isPacked(_ rowBytes: Int) -> Bool {
        guard packs, Self.rowBytes.contains(rowBytes) else { return false }
        let rowsPerPage = (Self.pageBytes - Self.pageHeaderBytes) / (Self.entryBytes + rowBytes)
        let packedBytes = rowBytes + PackedBlock.recordHeaderBytes + Self.entryBytes + PackedPlace.byteCount
        return rowsPerPage < 2 || packedBytes + packedBytes / 64 < Self.pageBytes / rowsPerPage
    }

    private func place(_ key: UnsafeRawBufferPointer) throws(Diagnostic) -> PackedPlace? {
        try view.stored(key).flatMap { PackedPlace($0) }
    }

    private func block(_ number: UInt32) throws(Diagnostic) -> PackedBlock? {
        try view.get(PackedBlock.key(objectID, number)).map { PackedBlock(bytes: $0) }
    }

    /// Where a row of so many bytes goes: into the open block, or a new one.
    private mutating func makeRoom(_ rowBytes: Int) throws(Diagnostic) -> PackedPlace {
        let recordBytes = rowBytes + PackedBlock.recordHeaderBytes
        if open == nil { open = try lastBlock() }
        if let last = open, let block = try block(last), block.isCompact,
            block.usedBytes <= block.bytes.count - recordBytes
        {
            return PackedPlace(block: last, offset: block.usedBytes)
        }
        let newest = try lastBlock() ?? 0
        guard newest < .max else {
            throw Diagnostic(.limitExceeded, "a table has had too many large rows; copy it into a new one")
        }
        let number = newest + 1
        let capacity = Self.capacity(recordBytes)
        try PackedBlock.key(objectID, number).withRawBytes { (key) throws(Diagnostic) in
            try view.put(key, reserving: capacity) { bytes in
                bytes.setU32(0, PackedBlock.headerBytes)
                bytes[PackedBlock.formatOffset] = PackedBlock.format
            }
        }
        open = number
        return PackedPlace(block: number, offset: PackedBlock.headerBytes)
    }

    private func lastBlock() throws(Diagnostic) -> UInt32? {
        var cursor = try view.cursor(KeyPrefix(.packed, objectID))
        guard try cursor.last(), cursor.keySuffix.count == 4 else { return nil }
        return UInt32(bigEndian: cursor.keySuffix.loadUnaligned(as: UInt32.self))
    }

    /// The size of a block that records of this size fill best.
    private static func capacity(_ recordBytes: Int) -> Int {
        func capacity(_ pages: Int) -> Int { pages * pageBytes - pageHeaderBytes }
        let least = max(blockPages.lowerBound, 8 * recordBytes / pageBytes + 1)
        let pages = (least...2 * least).min { first, second in
            func waste(_ pages: Int) -> Double {
                Double((capacity(pages) - PackedBlock.headerBytes) % recordBytes) / Double(pages)
            }
            return waste(first) < waste(second)
        }
        return capacity(pages ?? least)
    }

    /// Writes a row behind all others of a block that is made now.
    private func write(
        _ row: UnsafeRawBufferPointer, _ key: UnsafeRawBufferPointer, at place: PackedPlace
    ) throws(Diagnostic) {
        let suffix = Array(TransactionView.suffix(key))
        let start = place.offset + PackedBlock.recordHeaderBytes
        try change(place.block, upTo: start + row.count) { bytes in
            let live = PackedBlock(bytes: UnsafeRawBufferPointer(bytes)).liveBytes
            bytes.setU32(0, start + row.count)
            bytes.setU32(4, live + PackedBlock.recordHeaderBytes + row.count)
            for (index, byte) in suffix.enumerated() { bytes[place.offset + index] = byte }
            bytes.setU32(place.offset + 8, row.count)
            UnsafeMutableRawBufferPointer(rebasing: bytes[start...]).copyMemory(from: row)
        }
    }

    private func overwrite(_ row: UnsafeRawBufferPointer, at place: PackedPlace) throws(Diagnostic) {
        guard let block = try block(place.block) else { throw Self.damaged }
        let start = place.offset + block.recordHeaderBytes
        try change(place.block, upTo: start + row.count) { bytes in
            UnsafeMutableRawBufferPointer(rebasing: bytes[start...]).copyMemory(from: row)
        }
    }

    private func change(
        _ block: UInt32, upTo end: Int, _ body: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(Diagnostic) {
        try PackedBlock.key(objectID, block).withRawBytes { (key) throws(Diagnostic) in
            try view.change(key, ofAtLeast: end, body)
        }
    }

    /// Counts a row as deleted; a block with few left is given up, and its rows move.
    private mutating func forget(_ place: PackedPlace) throws(Diagnostic) {
        guard let block = try block(place.block), let row = block.row(at: place.offset) else { throw Self.damaged }
        let headerBytes = block.recordHeaderBytes
        let live = block.liveBytes - headerBytes - row.count
        guard live >= 0 else { throw Self.damaged }
        // The last one may yet be filled.
        let isLast = try lastBlock() == place.block
        if live > 0, isLast || live >= block.bytes.count / 2 {
            let isCompact = block.isCompact
            let count = row.count
            return try change(place.block, upTo: place.offset + headerBytes + count) { bytes in
                bytes.setU32(4, live)
                if isCompact {
                    bytes.setU32(place.offset + 8, count | Int(PackedBlock.deletedBit))
                } else {
                    bytes.setU32(place.offset + 12, 1)
                }
            }
        }
        guard let records = block.records() else { throw Self.damaged }
        let moving = records.filter { !$0.isDeleted && $0.offset != place.offset }.map { ($0.suffix, Array($0.row)) }
        _ = try view.delete(PackedBlock.key(objectID, place.block))
        if open == place.block { open = nil }
        for (suffix, row) in moving {
            let key = KeyPrefix(.row, objectID).bytes + suffix
            let place = try makeRoom(row.count)
            try view.put(key, place.encoded)
            try key.withRawBytes { (key) throws(Diagnostic) in
                try row.withRawBytes { (row) throws(Diagnostic) in try write(row, key, at: place) }
            }
        }
    }

    private static let damaged = Diagnostic(.corrupt, "a block of packed rows is damaged")

    // MARK: Integrity

    /// Checks that each record that counts is where its row says, and that the counts are right. Full read.
    package static func check(objectID: UInt32, in view: TransactionView) throws(Diagnostic) {
        var cursor = try view.cursor(KeyPrefix(.packed, objectID))
        var places = 0
        while try cursor.next() {
            guard cursor.keySuffix.count == 4 else { throw damaged }
            let number = UInt32(bigEndian: cursor.keySuffix.loadUnaligned(as: UInt32.self))
            let block = PackedBlock(bytes: cursor.value)
            guard let records = block.records() else { throw damaged }
            var live = 0
            for record in records where !record.isDeleted {
                live += record.row.count + block.recordHeaderBytes
                places += 1
                let key = KeyPrefix(.row, objectID).bytes + record.suffix
                let place = try key.withRawBytes { (key) throws(Diagnostic) in
                    try view.stored(key).flatMap { PackedPlace($0) }
                }
                guard let place, place.block == number, place.offset == record.offset else { throw damaged }
            }
            guard live == block.liveBytes else { throw damaged }
        }
        var rows = try view.cursor(KeyPrefix(.row, objectID))
        while try rows.next() {
            if PackedPlace(rows.storedValue) != nil { places -= 1 }
        }
        guard places == 0 else { throw damaged }
    }
}
