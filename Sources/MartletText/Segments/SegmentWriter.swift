// Puts a segment's sections together: what building and merging share.

import MartletCore
import MartletKernels

/// Takes documents in key order, then terms in byte order with their postings, then each document's terms.
struct SegmentWriter {
    let fieldCount: Int
    let defaultField: Int
    private let documentCount: Int
    private let hasKeys: Bool
    private let lengths: [[UInt32]]
    private let totals: [UInt64]
    private var rowids: [Int64]
    private var keys: ByteColumn
    private var termOffsets: [UInt32] = [0]
    private var termBytes: [UInt8] = []
    private var termHashes: [UInt32] = []
    private var termRecords: [UInt8] = []
    private var postings: [UInt8] = []
    private var forwardOffsets: [UInt32] = [0]
    private var forward: [UInt8] = []
    private var gaps = [UInt32](repeating: 0, count: SegmentFormat.blockCount)

    /// - Parameters:
    ///   - keys: a key for each document, or none at all.
    ///   - lengths: for each field, the length of each document.
    init(rowids: [Int64], keys: ByteColumn?, lengths: [[UInt32]]) {
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
    }

    /// Adds a term above all earlier ones.
    ///
    /// - Parameters:
    ///   - documents: ascending ordinals, at least one.
    ///   - frequencies: for each document, the frequency in each field.
    mutating func addTerm(
        _ term: UnsafeBufferPointer<UInt8>, documents: UnsafeBufferPointer<UInt32>,
        frequencies: UnsafeBufferPointer<UInt32>
    ) throws(Diagnostic) {
        precondition(!documents.isEmpty && frequencies.count == documents.count * fieldCount)
        guard postings.count < Int(UInt32.max) - (64 << 20), termBytes.count < Int(UInt32.max) - (1 << 20) else {
            throw Diagnostic(.limitExceeded, "a text segment would be larger than 4 GiB")
        }
        termHashes.append(ByteStringTable.hash(term))
        termBytes.append(contentsOf: term)
        termOffsets.append(UInt32(termBytes.count))
        termRecords.append(littleEndian: UInt32(documents.count))
        termRecords.append(littleEndian: UInt32(postings.count))
        let blocks = documents.count / SegmentFormat.blockCount
        let tailStart = blocks * SegmentFormat.blockCount
        if blocks > 0 {
            writeBlocks(blocks, documents: documents, frequencies: frequencies)
        }
        var previous: UInt32 = tailStart > 0 ? documents[tailStart - 1] : 0
        for index in tailStart..<documents.count {
            let gap = UInt64(documents[index] - previous)
            previous = documents[index]
            let own = index * fieldCount
            var isSimple = true
            for field in 0..<fieldCount where frequencies[own + field] != (field == defaultField ? 1 : 0) {
                isSimple = false
            }
            postings.append(varint: gap << 1 | (isSimple ? 1 : 0))
            if !isSimple {
                for field in 0..<fieldCount { postings.append(varint: UInt64(frequencies[own + field])) }
            }
        }
    }

    private mutating func writeBlocks(
        _ blocks: Int, documents: UnsafeBufferPointer<UInt32>, frequencies: UnsafeBufferPointer<UInt32>
    ) {
        let blockCount = SegmentFormat.blockCount
        let bias: UInt32 = fieldCount == 1 ? 1 : 0
        var packed: [UInt8] = []
        var previous: UInt32 = 0
        var start = 0
        while start < documents.count {
            let end = min(start + blockCount, documents.count)
            postings.append(littleEndian: documents[end - 1])
            postings.append(littleEndian: UInt32(packed.count))
            let isFull = end - start == blockCount
            if isFull {
                for index in start..<end {
                    gaps[index - start] = documents[index] - previous
                    previous = documents[index]
                }
            }
            postings.append(isFull ? packBlock(into: &packed) : 0)
            for field in 0..<fieldCount {
                var highest: UInt32 = 0
                var lowest = UInt32.max
                for index in start..<end {
                    let frequency = frequencies[index * fieldCount + field]
                    highest = max(highest, frequency)
                    lowest = min(lowest, lengths[field][Int(documents[index])])
                    if isFull { gaps[index - start] = frequency &- bias }
                }
                postings.append(isFull ? packBlock(into: &packed) : 0)
                postings.append(littleEndian: UInt16(clamping: highest))
                postings.append(littleEndian: UInt16(clamping: lowest))
            }
            start = end
        }
        postings.append(contentsOf: packed)
    }

    private func packBlock(into bytes: inout [UInt8]) -> UInt8 {
        gaps.withUnsafeBufferPointer { gaps in
            let bits = BlockPacking.bits(for: gaps)
            BlockPacking.pack(gaps, bits: bits, to: &bytes)
            return UInt8(bits)
        }
    }

    /// Adds the next document's terms, as ascending term ordinals.
    mutating func addForward(_ terms: some Sequence<UInt32>) throws(Diagnostic) {
        var previous: Int64 = -1
        for term in terms {
            forward.append(varint: UInt64(bitPattern: Int64(term) - previous))
            previous = Int64(term)
        }
        guard forward.count <= Int(UInt32.max) else {
            throw Diagnostic(.limitExceeded, "a text segment would be larger than 4 GiB")
        }
        forwardOffsets.append(UInt32(forward.count))
    }

    /// The segment's bytes.
    consuming func finish() throws(Diagnostic) -> [UInt8] {
        let termCount = termHashes.count
        precondition(forwardOffsets.count == documentCount + 1)
        let hashBits = SegmentFormat.hashBits(termCount: termCount)
        guard keys.bytes.count <= Int(UInt32.max) else {
            throw Diagnostic(.limitExceeded, "a text segment would be larger than 4 GiB")
        }
        var bytes = [UInt8]()
        bytes.reserveCapacity(
            SegmentFormat.bodyStart + documentCount * (24 + 4 * fieldCount) + keys.bytes.count + termBytes.count
                + termCount * 12 + (4 << hashBits) + postings.count + forward.count + 256)
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
        section { for rowid in rowids { $0.append(littleEndian: rowid) } }
        section { bytes in
            guard hasKeys else { return }
            let order = rowids.indices.sorted { (rowids[$0], $0) < (rowids[$1], $1) }
            bytes.append(array: order.map { UInt32($0) })
        }
        section { bytes in
            if hasKeys { bytes.append(array: keys.offsets.map { UInt32($0) }) }
        }
        section { $0.append(contentsOf: keys.bytes) }
        section { for field in lengths { $0.append(array: field) } }
        section { for total in totals { $0.append(littleEndian: total) } }
        section { $0.append(array: termOffsets) }
        section { $0.append(contentsOf: termBytes) }
        section { $0.append(array: hashTable(bits: hashBits)) }
        section { $0.append(contentsOf: termRecords) }
        section { $0.append(contentsOf: postings) }
        section { $0.append(array: forwardOffsets) }
        section { $0.append(contentsOf: forward) }
        section { _ in }
        while bytes.count % 8 != 0 { bytes.append(0) }

        var header: [UInt8] = []
        header.append(littleEndian: SegmentFormat.magic)
        header.append(littleEndian: SegmentFormat.version)
        header.append(littleEndian: hasKeys ? SegmentFormat.hasKeysFlag : 0)
        header.append(littleEndian: UInt32(documentCount))
        header.append(littleEndian: UInt32(termCount))
        header.append(littleEndian: UInt16(fieldCount))
        header.append(littleEndian: UInt16(defaultField))
        header.append(littleEndian: UInt32(hashBits))
        header.append(littleEndian: UInt64(bytes.count))
        header.append(contentsOf: table)
        header.append(littleEndian: Checksum.crc32c(header))
        header.append(littleEndian: UInt32(0))
        bytes.replaceSubrange(0..<header.count, with: header)
        return bytes
    }

    private func hashTable(bits: Int) -> [UInt32] {
        var slots = [UInt32](repeating: 0, count: 1 << bits)
        let mask = slots.count - 1
        for (term, hash) in termHashes.enumerated() {
            var slot = Int(hash) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(term + 1)
        }
        return slots
    }
}
