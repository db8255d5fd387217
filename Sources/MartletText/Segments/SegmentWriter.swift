// Puts a segment's sections together: what building and merging share.

import MartletCore
import MartletKernels

/// Takes documents in key order, then ranges of terms in byte order with their postings, then each document's terms.
struct SegmentWriter: Sendable {
    let fieldCount: Int
    let defaultField: Int
    private let documentCount: Int
    private let hasKeys: Bool
    private let hasPositions: Bool
    let lengths: [[UInt32]]
    private let totals: [UInt64]
    private let rowids: [Int64]
    private let keys: ByteColumn
    /// Ranges of terms, and of documents, that follow each other.
    private var terms: [PostingsWriter] = []
    private var forward: [ForwardWriter] = []
    private var termCount = 0
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
    }

    /// Adds a range of terms above all earlier ones.
    mutating func append(_ range: PostingsWriter) throws(Diagnostic) {
        terms.append(range)
        termCount += range.termHashes.count
        try checkSize(terms.reduce(0) { $0 + $1.postings.count })
        try checkSize(terms.reduce(0) { $0 + $1.termBytes.count })
        try checkSize(terms.reduce(0) { $0 + $1.positions.count })
    }

    /// Ranks all terms, which must be here: the rank of each among them, the most frequent first.
    mutating func rankTerms() -> [UInt32] {
        var frequencies: [UInt32] = []
        frequencies.reserveCapacity(termCount)
        for range in terms {
            for place in stride(from: 0, to: range.records.count, by: 2) { frequencies.append(range.records[place]) }
        }
        return rankTerms(frequencies)
    }

    /// As above, for terms that may come later.
    ///
    /// - Parameter frequencies: for each term, how many documents have it.
    mutating func rankTerms(_ frequencies: [UInt32]) -> [UInt32] {
        // Falling frequencies, then ascending ordinals, as one number.
        var keyed = frequencies.enumerated().map { UInt64(~$1) << 32 | UInt64($0) }
        keyed.sort()
        termOrder = keyed.map { UInt32(truncatingIfNeeded: $0) }
        var ranks = [UInt32](repeating: 0, count: termOrder.count)
        for (rank, term) in termOrder.enumerated() { ranks[Int(term)] = UInt32(truncatingIfNeeded: rank) }
        return ranks
    }

    /// Adds the terms of the next documents.
    mutating func append(_ range: ForwardWriter) throws(Diagnostic) {
        forward.append(range)
        try checkSize(forward.reduce(0) { $0 + $1.bytes.count })
    }

    private func checkSize(_ byteCount: Int) throws(Diagnostic) {
        guard byteCount <= Int(UInt32.max) else {
            throw Diagnostic(.limitExceeded, "a text segment would be larger than 4 GiB")
        }
    }

    // MARK: Bytes

    /// The segment's bytes: its sections are made and put into their places by several threads.
    consuming func finish(threads: Int = 1) throws(Diagnostic) -> [UInt8] {
        precondition(forward.reduce(0) { $0 + $1.ends.count } == documentCount && termOrder.count == termCount)
        try checkSize(keys.bytes.count)
        let hashSlots = SegmentFormat.hashSlots(termCount: termCount)
        let threads = documentCount < 1 << 12 ? 1 : threads
        let writer = self
        let sections = try Parallel.map(count: Section.allCases.count, threads: threads) {
            (section) throws(Diagnostic) in writer.content(Section.allCases[section], hashSlots: hashSlots)
        }
        var starts: [Int] = []
        var end = SegmentFormat.bodyStart
        for section in sections {
            end = (end + 7) & ~7
            starts.append(end)
            end += section.byteCount
        }
        let byteCount = (end + 7) & ~7
        let limits = starts + [byteCount]
        // Made here, so that threads may write into it side by side.
        var checksums: [UInt32] = []
        var failure: Diagnostic?
        var bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            let target = SectionTarget(UnsafeMutableRawBufferPointer(buffer))
            target.clear(upTo: SegmentFormat.bodyStart)
            do throws(Diagnostic) {
                checksums = try Parallel.map(count: sections.count, threads: threads) {
                    (section) throws(Diagnostic) -> UInt32 in
                    target.write(sections[section], limits[section]..<limits[section + 1])
                }
                count = byteCount
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        var table: [UInt8] = []
        for (place, section) in sections.enumerated() {
            table.append(littleEndian: UInt64(starts[place]))
            table.append(littleEndian: UInt64(section.byteCount))
            table.append(littleEndian: checksums[place])
            table.append(littleEndian: UInt32(0))
        }
        let header = writer.header(table, byteCount: byteCount, hashSlots: hashSlots)
        bytes.replaceSubrange(0..<header.count, with: header)
        return bytes
    }

    private func header(_ table: [UInt8], byteCount: Int, hashSlots: Int) -> [UInt8] {
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
        header.append(littleEndian: UInt64(byteCount))
        header.append(contentsOf: table)
        header.append(littleEndian: Checksum.crc32c(header))
        header.append(littleEndian: UInt32(0))
        return header
    }

    /// In their order in the file.
    private enum Section: CaseIterable {
        case rowids, rowOrder, keyOffsets, keys, lengths, totals, termOffsets, terms, hashTable, records, postings
        case forwardOffsets, forward, termOrder, positionStarts, positions
    }

    private func content(_ section: Section, hashSlots: Int) -> SectionContent {
        switch section {
        case .rowids: SectionContent(numbers: rowids)
        case .rowOrder: SectionContent(numbers: hasKeys ? rowOrder() : [])
        case .keyOffsets: SectionContent(numbers: hasKeys ? keys.offsets : [])
        case .keys: SectionContent(pieces: [keys.bytes])
        case .lengths: SectionContent(numbers: Array(lengths.joined()))
        case .totals:
            SectionContent(
                pieces: [
                    totals.reduce(into: []) { bytes, total in bytes.append(littleEndian: total) }
                ])
        case .termOffsets: SectionContent(numbers: joined(terms, \.termEnds, \.termBytes.count, first: [0]))
        case .terms: SectionContent(pieces: terms.map(\.termBytes))
        case .hashTable: SectionContent(numbers: hashTable(hashSlots))
        case .records: SectionContent(pieces: [records()])
        case .postings: SectionContent(pieces: terms.map(\.postings))
        case .forwardOffsets: SectionContent(numbers: joined(forward, \.ends, \.bytes.count, first: [0]))
        case .forward: SectionContent(pieces: forward.map(\.bytes))
        case .termOrder: SectionContent(numbers: termOrder)
        case .positionStarts: SectionContent(numbers: joined(terms, \.positionStarts, \.positions.count, first: []))
        case .positions: SectionContent(pieces: terms.map(\.positions))
        }
    }

    /// Places in the bytes of ranges, as places in the bytes of all: sections are below 4 GiB.
    private func joined<Range, Number: FixedWidthInteger>(
        _ ranges: [Range], _ places: (Range) -> [Number], _ byteCount: (Range) -> Int, first: [Number]
    ) -> [Number] {
        var joined = first
        joined.reserveCapacity(first.count + ranges.reduce(0) { $0 + places($1).count })
        var before: Number = 0
        for range in ranges {
            let offset = before
            joined.append(contentsOf: places(range).lazy.map { $0 &+ offset })
            before &+= Number(truncatingIfNeeded: byteCount(range))
        }
        return joined
    }

    private func records() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 * termCount)
        var before: UInt32 = 0
        for range in terms {
            var records = range.records
            for place in stride(from: 1, to: records.count, by: 2) { records[place] &+= before }
            bytes.append(array: records)
            before &+= UInt32(truncatingIfNeeded: range.postings.count)
        }
        return bytes
    }

    private func rowOrder() -> [UInt32] {
        guard let lowest = rowids.min(), let highest = rowids.max() else { return [] }
        let span = UInt64(bitPattern: highest &- lowest)
        // Mostly they lie near each other: then each has a place of its own.
        if span / 4 < UInt64(rowids.count) {
            var next = [UInt32](repeating: 0, count: Int(span) + 2)
            for rowid in rowids { next[Int(rowid &- lowest) + 1] += 1 }
            for place in 1..<next.count { next[place] += next[place - 1] }
            var order = [UInt32](repeating: 0, count: rowids.count)
            for (ordinal, rowid) in rowids.enumerated() {
                let place = Int(rowid &- lowest)
                order[Int(next[place])] = UInt32(truncatingIfNeeded: ordinal)
                next[place] += 1
            }
            return order
        }
        var pairs = rowids.enumerated().map { (rowid: $1, ordinal: UInt32(truncatingIfNeeded: $0)) }
        let isOrdered = zip(pairs, pairs.dropFirst()).allSatisfy { $0.rowid <= $1.rowid }
        if !isOrdered { pairs.sort { ($0.rowid, $0.ordinal) < ($1.rowid, $1.ordinal) } }
        return pairs.map(\.ordinal)
    }

    private func hashTable(_ count: Int) -> [UInt32] {
        var slots = [UInt32](repeating: 0, count: count)
        var term: UInt32 = 0
        for range in terms {
            for hash in range.termHashes {
                term += 1
                var slot = SegmentFormat.hashSlot(hash, of: count)
                while slots[slot] != 0 { slot = slot + 1 == count ? 0 : slot + 1 }
                slots[slot] = term
            }
        }
        return slots
    }
}
