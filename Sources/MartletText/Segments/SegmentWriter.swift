// Puts a segment's sections together: what building and merging share.

import MartletCore
import MartletKernels

/// Takes documents in key order, then ranges of terms in byte order with their postings, then each document's terms.
struct SegmentWriter {
    let fieldCount: Int
    let defaultField: Int
    private let documentCount: Int
    private let hasKeys: Bool
    private let hasPositions: Bool
    let lengths: [[UInt32]]
    private let totals: [UInt64]
    private var rowids: [Int64]
    private var keys: ByteColumn
    private var terms: PostingsWriter
    private var forward = ForwardWriter()
    /// The term ordinals by rank, once all terms are here.
    private var termOrder: [UInt32] = []

    /// - Parameters:
    ///   - keys: a key for each document, or none at all.
    ///   - lengths: for each field, the length of each document.
    ///   - hasPositions: whether terms come with their words' places.
    init(rowids: [Int64], keys: ByteColumn?, lengths: [[UInt32]], hasPositions: Bool) {
        self.hasPositions = hasPositions
        precondition(!lengths.isEmpty && lengths.count <= SegmentFormat.maximumFieldCount)
        for field in lengths { precondition(field.count == rowids.count) }
        precondition(keys == nil || keys?.count == rowids.count)
        self.rowids = rowids
        self.keys = keys ?? ByteColumn()
        self.lengths = lengths
        hasKeys = keys != nil
        documentCount = rowids.count
        fieldCount = lengths.count
        totals = lengths.map { field in field.reduce(0) { $0 + UInt64($1) } }
        var best = 0
        for field in totals.indices where totals[field] > totals[best] { best = field }
        defaultField = best
        terms = PostingsWriter(lengths: lengths, defaultField: best, hasPositions: hasPositions)
    }

    /// Adds a range of terms above all earlier ones.
    mutating func append(_ range: PostingsWriter) throws(Diagnostic) { try terms.append(range) }

    /// Ends the terms: the rank of each among them, the most frequent first.
    mutating func rankTerms() -> [UInt32] {
        let frequencies = terms.documentFrequencies
        // Falling frequencies, then ascending ordinals, as one number.
        var keyed = frequencies.enumerated().map { UInt64(~$1) << 32 | UInt64($0) }
        keyed.sort()
        termOrder = keyed.map { UInt32(truncatingIfNeeded: $0) }
        var ranks = [UInt32](repeating: 0, count: termOrder.count)
        for (rank, term) in termOrder.enumerated() { ranks[Int(term)] = UInt32(truncatingIfNeeded: rank) }
        return ranks
    }

    /// Adds the terms of the next documents.
    mutating func append(_ range: ForwardWriter) throws(Diagnostic) { try forward.append(range) }

    /// The segment's bytes.
    consuming func finish() throws(Diagnostic) -> [UInt8] {
        let termCount = terms.termHashes.count
        precondition(forward.ends.count == documentCount && termOrder.count == termCount)
        let hashSlots = SegmentFormat.hashSlots(termCount: termCount)
        guard keys.bytes.count <= Int(UInt32.max) else {
            throw Diagnostic(.limitExceeded, "a text segment would be larger than 4 GiB")
        }
        var bytes = [UInt8]()
        bytes.reserveCapacity(
            SegmentFormat.bodyStart + documentCount * (24 + 4 * fieldCount) + keys.bytes.count + terms.termBytes.count
                + termCount * 16 + 4 * hashSlots + terms.postings.count + forward.bytes.count
                + terms.positions.count + terms.positionStarts.count * 4 + 512)
        bytes.append(contentsOf: repeatElement(0, count: SegmentFormat.bodyStart))
        var table: [UInt8] = []
        func section(_ write: (inout [UInt8]) -> Void) {
            while bytes.count % 8 != 0 { bytes.append(0) }
            let start = bytes.count
            write(&bytes)
            table.append(littleEndian: UInt64(start))
            table.append(littleEndian: UInt64(bytes.count - start))
            let checksum = bytes.withUnsafeBytes {
                Checksum.crc32c(UnsafeRawBufferPointer(rebasing: $0[start..<$0.count]))
            }
            table.append(littleEndian: checksum)
            table.append(littleEndian: UInt32(0))
        }
        section { FixedWidthNumbers.write(rowids, to: &$0) }
        section { FixedWidthNumbers.write(hasKeys ? rowOrder() : [], to: &$0) }
        section { FixedWidthNumbers.write(hasKeys ? keys.offsets : [], to: &$0) }
        section { $0.append(contentsOf: keys.bytes) }
        section { FixedWidthNumbers.write(Array(lengths.joined()), to: &$0) }
        section { for total in totals { $0.append(littleEndian: total) } }
        section { FixedWidthNumbers.write([0] + terms.termEnds, to: &$0) }
        section { $0.append(contentsOf: terms.termBytes) }
        section { FixedWidthNumbers.write(hashTable(hashSlots), to: &$0) }
        section { $0.append(array: terms.records) }
        section { $0.append(contentsOf: terms.postings) }
        section { FixedWidthNumbers.write([0] + forward.ends, to: &$0) }
        section { $0.append(contentsOf: forward.bytes) }
        section { FixedWidthNumbers.write(termOrder, to: &$0) }
        section { FixedWidthNumbers.write(terms.positionStarts, to: &$0) }
        section { $0.append(contentsOf: terms.positions) }
        while bytes.count % 8 != 0 { bytes.append(0) }

        var header: [UInt8] = []
        header.append(littleEndian: SegmentFormat.magic)
        header.append(littleEndian: SegmentFormat.version)
        header.append(
            littleEndian: (hasKeys ? SegmentFormat.hasKeysFlag : 0)
                | (hasPositions ? SegmentFormat.hasPositionsFlag : 0))
        header.append(littleEndian: UInt32(documentCount))
        header.append(littleEndian: UInt32(termCount))
        header.append(littleEndian: UInt16(fieldCount))
        header.append(littleEndian: UInt16(defaultField))
        header.append(littleEndian: UInt32(hashSlots))
        header.append(littleEndian: UInt64(bytes.count))
        header.append(contentsOf: table)
        header.append(littleEndian: Checksum.crc32c(header))
        header.append(littleEndian: UInt32(0))
        bytes.replaceSubrange(0..<header.count, with: header)
        return bytes
    }

    private func rowOrder() -> [UInt32] {
        var pairs = rowids.enumerated().map { (rowid: $1, ordinal: UInt32(truncatingIfNeeded: $0)) }
        let isOrdered = zip(pairs, pairs.dropFirst()).allSatisfy { $0.rowid <= $1.rowid }
        if !isOrdered { pairs.sort { ($0.rowid, $0.ordinal) < ($1.rowid, $1.ordinal) } }
        return pairs.map(\.ordinal)
    }

    private func hashTable(_ count: Int) -> [UInt32] {
        var slots = [UInt32](repeating: 0, count: count)
        for (term, hash) in terms.termHashes.enumerated() {
            var slot = SegmentFormat.hashSlot(hash, of: count)
            while slots[slot] != 0 { slot = slot + 1 == count ? 0 : slot + 1 }
            slots[slot] = UInt32(term + 1)
        }
        return slots
    }
}
