// Large rows, packed end to end into blocks.
//
// LMDB gives a value of more than half a page pages of its own, whose rest stays empty: of rows with vectors, a third of
// the file and more. Packed rows lie in blocks of many pages instead, and under the row's key is only the place:
//
//   space    key after the object's prefix   value
//   row      row id                          u8 255, three zeros, u32 block, u32 offset, u32 bytes of the row
//   packed   block u32, big-endian           u32 bytes in use, u32 bytes of records that still count, u64 0; then records:
//                                            the 8 bytes of the row id's key, u32 bytes, u32 (1: deleted), the row
//
// Numbers in values are little-endian. A stored row never begins with 255 (see RowLayout), so that readers can tell.

package import MartletCore

/// Where a packed row lies.
struct PackedPlace {
    static let byteCount = 16
    private static let marker: UInt8 = 255

    var block: UInt32
    var offset: Int
    var count: Int

    init(block: UInt32, offset: Int, count: Int) {
        self.block = block
        self.offset = offset
        self.count = count
    }

    /// nil if the value is none.
    @inline(__always)
    init?(_ value: UnsafeRawBufferPointer) {
        guard value.count == Self.byteCount, value[0] == Self.marker else { return nil }
        block = value.u32(4)
        offset = Int(value.u32(8))
        count = Int(value.u32(12))
    }

    var encoded: [UInt8] {
        var bytes: [UInt8] = [Self.marker, 0, 0, 0]
        for number in [block, UInt32(truncatingIfNeeded: offset), UInt32(truncatingIfNeeded: count)] {
            withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}

/// A block's bytes.
struct PackedBlock {
    static let headerBytes = 16
    static let recordHeaderBytes = 16

    let bytes: UnsafeRawBufferPointer

    var usedBytes: Int { bytes.count < Self.headerBytes ? .max : Int(bytes.u32(0)) }
    var liveBytes: Int { bytes.count < Self.headerBytes ? 0 : Int(bytes.u32(4)) }

    /// The row at a place, if the block holds it for the row id that the key ends with.
    @inline(__always)
    func row(_ place: PackedPlace, suffix: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        let start = place.offset + Self.recordHeaderBytes
        guard suffix.count == 8, place.offset >= Self.headerBytes, start + place.count <= bytes.count,
            bytes.loadUnaligned(fromByteOffset: place.offset, as: UInt64.self) == suffix.loadUnaligned(as: UInt64.self),
            Int(bytes.u32(place.offset + 8)) == place.count
        else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<start + place.count])
    }

    struct Record {
        var suffix: [UInt8]
        var offset: Int
        var isDeleted: Bool
        var row: UnsafeRawBufferPointer
    }

    /// All records; nil if they do not follow each other as they should.
    func records() -> [Record]? {
        guard usedBytes <= bytes.count else { return nil }
        var records: [Record] = []
        var offset = Self.headerBytes
        while offset < usedBytes {
            let start = offset + Self.recordHeaderBytes
            guard start <= usedBytes else { return nil }
            let end = start + Int(bytes.u32(offset + 8))
            guard end <= usedBytes else { return nil }
            records.append(
                Record(
                    suffix: Array(bytes[offset..<offset + 8]), offset: offset,
                    isDeleted: bytes.u32(offset + 12) & 1 == 1,
                    row: UnsafeRawBufferPointer(rebasing: bytes[start..<end])))
            offset = end
        }
        return records
    }

    static func key(_ objectID: UInt32, _ block: UInt32) -> [UInt8] {
        KeyPrefix(.packed, objectID).bytes + withUnsafeBytes(of: block.bigEndian) { Array($0) }
    }
}

/// Writes the rows of one table, those of some size packed.
package struct PackedRows {
    private let view: WriteView
    private let objectID: UInt32
    private let packs: Bool
    /// The block that rows are added to; nil until it is looked for.
    private var open: UInt32?

    /// Smaller rows share pages well enough; of larger ones little of a page stays empty.
    private static let rowBytes = 700...(72 << 10)
    /// Of a block, or more where that is fewer rows than eight.
    private static let blockPages = 12...24
    private static let pageBytes = 4_096
    private static let pageHeaderBytes = 16

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
        guard packs, Self.rowBytes.contains(row.count) else { return try enter(row) }
        let place = try makeRoom(row.count)
        let isNew = try place.encoded.withRawBytes(enter)
        if isNew { try write(row, key, at: place) }
        return isNew
    }

    /// As `WriteView.put`.
    package mutating func put(_ key: UnsafeRawBufferPointer, _ row: UnsafeRawBufferPointer) throws(Diagnostic) {
        if let place = try place(key) {
            if packs, place.count == row.count { return try overwrite(row, at: place) }
            try forget(place)
        }
        guard packs, Self.rowBytes.contains(row.count) else { return try view.put(key, row) }
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
        if let last = open, let block = try block(last), block.usedBytes <= block.bytes.count - recordBytes {
            return PackedPlace(block: last, offset: block.usedBytes, count: rowBytes)
        }
        let newest = try lastBlock() ?? 0
        guard newest < .max else {
            throw Diagnostic(.limitExceeded, "a table has had too many large rows; copy it into a new one")
        }
        let number = newest + 1
        let capacity = Self.capacity(recordBytes)
        try PackedBlock.key(objectID, number).withRawBytes { (key) throws(Diagnostic) in
            try view.put(key, reserving: capacity) { $0.setU32(0, PackedBlock.headerBytes) }
        }
        try FormatRecord.raise(view, to: Environment.packedRowsVersion)
        open = number
        return PackedPlace(block: number, offset: PackedBlock.headerBytes, count: rowBytes)
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

    private func write(_ row: UnsafeRawBufferPointer, _ key: UnsafeRawBufferPointer, at place: PackedPlace)
        throws(Diagnostic)
    {
        let suffix = Array(TransactionView.suffix(key))
        let recordBytes = row.count + PackedBlock.recordHeaderBytes
        try change(place) { bytes in
            bytes.setU32(0, place.offset + recordBytes)
            bytes.setU32(4, Int(UnsafeRawBufferPointer(bytes).u32(4)) + recordBytes)
            for (index, byte) in suffix.enumerated() { bytes[place.offset + index] = byte }
            bytes.setU32(place.offset + 8, row.count)
            bytes.setU32(place.offset + 12, 0)
            UnsafeMutableRawBufferPointer(rebasing: bytes[(place.offset + PackedBlock.recordHeaderBytes)...])
                .copyMemory(from: row)
        }
    }

    private func overwrite(_ row: UnsafeRawBufferPointer, at place: PackedPlace) throws(Diagnostic) {
        try change(place) { bytes in
            UnsafeMutableRawBufferPointer(rebasing: bytes[(place.offset + PackedBlock.recordHeaderBytes)...])
                .copyMemory(from: row)
        }
    }

    private func change(
        _ place: PackedPlace, _ body: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(Diagnostic) {
        let end = place.offset + PackedBlock.recordHeaderBytes + place.count
        try PackedBlock.key(objectID, place.block).withRawBytes { (key) throws(Diagnostic) in
            try view.change(key, ofAtLeast: end, body)
        }
    }

    /// Counts a row as deleted; a block with few left is given up, and its rows move.
    private mutating func forget(_ place: PackedPlace) throws(Diagnostic) {
        guard let block = try block(place.block), place.offset + PackedBlock.recordHeaderBytes <= block.bytes.count
        else { throw Self.damaged }
        let recordBytes = place.count + PackedBlock.recordHeaderBytes
        let live = block.liveBytes - recordBytes
        guard live >= 0 else { throw Self.damaged }
        // The last one may yet be filled.
        let isLast = try lastBlock() == place.block
        if live > 0, isLast || live >= block.bytes.count / 2 {
            return try change(place) { bytes in
                bytes.setU32(4, live)
                bytes.setU32(place.offset + 12, 1)
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
                live += record.row.count + PackedBlock.recordHeaderBytes
                places += 1
                let key = KeyPrefix(.row, objectID).bytes + record.suffix
                let place = try key.withRawBytes { (key) throws(Diagnostic) in
                    try view.stored(key).flatMap { PackedPlace($0) }
                }
                guard let place, place.block == number, place.offset == record.offset, place.count == record.row.count
                else { throw damaged }
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

extension UnsafeRawBufferPointer {
    @inline(__always)
    fileprivate func u32(_ offset: Int) -> UInt32 {
        UInt32(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}

extension UnsafeMutableRawBufferPointer {
    fileprivate func setU32(_ offset: Int, _ value: Int) {
        storeBytes(of: UInt32(truncatingIfNeeded: value).littleEndian, toByteOffset: offset, as: UInt32.self)
    }
}
