// The terms of several segments with their postings, as those of one.

import MartletCore
import MartletKernels

/// Merges the sources' dictionaries, in as many ranges as there are threads: each range holds about as many postings.
struct TermMerge {
    private let sources: [SegmentMerger.Source]
    private let documents: MergedDocuments
    private let fieldCount: Int

    init(_ sources: [SegmentMerger.Source], _ documents: MergedDocuments, fieldCount: Int) {
        self.sources = sources
        self.documents = documents
        self.fieldCount = fieldCount
    }

    /// Fewer terms are not worth a second thread.
    private static let parallelTerms = 4_096

    /// Adds all terms to a segment; for each source, the new ordinal of each term that stays.
    func run(
        into writer: inout SegmentWriter, threads: Int, _ check: @Sendable () throws(Diagnostic) -> Void
    ) throws(Diagnostic) -> [[UInt32]] {
        var limits = [sources.map { _ in 0 }]
        if threads > 1, let largest = sources.indices.max(by: { termCount($0) < termCount($1) }),
            termCount(largest) >= Self.parallelTerms
        {
            for term in try cuts(largest, parts: threads) {
                let bytes = try sources[largest].reader.bytes(ofTerm: term)
                var limit: [Int] = []
                for source in sources.indices { limit.append(try firstTerm(of: source, notBelow: bytes)) }
                limits.append(limit)
            }
        }
        limits.append(sources.indices.map(termCount))
        let ranges = (1..<limits.count).map { part in zip(limits[part - 1], limits[part]).map { $0..<max($0, $1) } }
        let lengths = writer.lengths
        let defaultField = writer.defaultField
        let hasPositions = sources.first?.reader.hasPositions ?? false
        let view = SegmentMerger.Shared(self)
        let merged = try Parallel.map(count: ranges.count, threads: threads) { (part) throws(Diagnostic) in
            let postings = PostingsWriter(lengths: lengths, defaultField: defaultField, hasPositions: hasPositions)
            var range = TermRangeMerge(view.value.sources, view.value.documents, ranges[part], postings)
            try range.run(check)
            return (postings: range.writer, newTerms: range.newTerms)
        }
        var newTerms = sources.map { _ in [UInt32]() }
        var first: UInt32 = 0
        for part in merged {
            for source in sources.indices {
                for term in part.newTerms[source] {
                    newTerms[source].append(term == MergedDocuments.gone ? term : term + first)
                }
            }
            first += UInt32(part.postings.termHashes.count)
            try writer.append(part.postings)
        }
        return newTerms
    }

    private func termCount(_ source: Int) -> Int { sources[source].reader.termCount }

    /// The terms of a source between parts of about as many postings.
    private func cuts(_ source: Int, parts: Int) throws(Diagnostic) -> [Int] {
        let reader = sources[source].reader
        var total = 0
        for term in 0..<reader.termCount { total += try reader.term(term).documentFrequency }
        var cuts: [Int] = []
        var seen = 0
        for term in 0..<reader.termCount where cuts.count < parts - 1 {
            if seen >= total / parts * (cuts.count + 1) { cuts.append(term) }
            seen += try reader.term(term).documentFrequency
        }
        return cuts
    }

    private func firstTerm(of source: Int, notBelow bytes: UnsafeRawBufferPointer) throws(Diagnostic) -> Int {
        var low = 0
        var high = termCount(source)
        while low < high {
            let middle = (low + high) / 2
            if compare(try sources[source].reader.bytes(ofTerm: middle), bytes) < 0 {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}

/// Merges some of the terms.
private struct TermRangeMerge {
    private let sources: [SegmentMerger.Source]
    private let documents: MergedDocuments
    private let ranges: [Range<Int>]
    private let fieldCount: Int
    private let hasPositions: Bool
    private let buffer: PostingBuffer
    private(set) var writer: PostingsWriter
    /// For each source, the new ordinals of its range, counted from the first of this one.
    private(set) var newTerms: [[UInt32]]

    // Of one term: its postings as they come, document above place, then in order.
    private var gathered: [UInt64] = []
    private var frequencies: [UInt32] = []
    private var positions: [UInt32] = []
    private var positionStarts: [Int] = []
    private var orderedDocuments: [UInt32] = []
    private var orderedFrequencies: [UInt32] = []
    private var orderedPositions: [UInt32] = []

    init(
        _ sources: [SegmentMerger.Source], _ documents: MergedDocuments, _ ranges: [Range<Int>],
        _ writer: PostingsWriter
    ) {
        self.sources = sources
        self.documents = documents
        self.ranges = ranges
        self.writer = writer
        fieldCount = writer.fieldCount
        hasPositions = writer.hasPositions
        buffer = PostingBuffer(fieldCount: fieldCount)
        newTerms = ranges.map { [UInt32](repeating: MergedDocuments.gone, count: $0.count) }
    }

    mutating func run(_ check: () throws(Diagnostic) -> Void) throws(Diagnostic) {
        var next = ranges.map(\.lowerBound)
        /// The first bytes of each source's next term.
        var prefixes: [UInt64] = []
        for source in sources.indices { prefixes.append(try prefix(source, next[source])) }
        /// The sources that have the lowest of the next terms.
        var lowest: [Int] = []
        var rounds = 0
        while true {
            lowest.removeAll(keepingCapacity: true)
            for source in sources.indices where next[source] < ranges[source].upperBound {
                if let first = lowest.first {
                    if prefixes[source] > prefixes[first] { continue }
                    var order = -1
                    if prefixes[source] == prefixes[first] {
                        order = compare(
                            try sources[source].reader.bytes(ofTerm: next[source]),
                            try sources[first].reader.bytes(ofTerm: next[first]))
                    }
                    if order > 0 { continue }
                    if order < 0 { lowest.removeAll(keepingCapacity: true) }
                }
                lowest.append(source)
            }
            guard let first = lowest.first else { return }
            if rounds % 1_024 == 0 { try check() }
            rounds += 1
            try merge(lowest, next, try sources[first].reader.bytes(ofTerm: next[first]))
            for source in lowest {
                next[source] += 1
                prefixes[source] = try prefix(source, next[source])
            }
        }
    }

    private func prefix(_ source: Int, _ term: Int) throws(Diagnostic) -> UInt64 {
        guard term < ranges[source].upperBound else { return .max }
        return BytePrefix.of(try sources[source].reader.bytes(ofTerm: term))
    }

    /// Adds one term, of the sources that have it.
    private mutating func merge(
        _ having: [Int], _ next: [Int], _ bytes: UnsafeRawBufferPointer
    ) throws(Diagnostic) {
        gathered.removeAll(keepingCapacity: true)
        frequencies.removeAll(keepingCapacity: true)
        positions.removeAll(keepingCapacity: true)
        positionStarts.removeAll(keepingCapacity: true)
        let number = UInt32(writer.termHashes.count)
        for source in having {
            let known = gathered.count
            try gather(source, try sources[source].reader.term(next[source]))
            if gathered.count > known { newTerms[source][next[source] - ranges[source].lowerBound] = number }
        }
        if gathered.isEmpty { return }
        try order()
        let (documents, frequencies, positions) = (orderedDocuments, orderedFrequencies, orderedPositions)
        try documents.withUnsafeBufferPointer { (documents) throws(Diagnostic) in
            try frequencies.withUnsafeBufferPointer { (frequencies) throws(Diagnostic) in
                try writer.add(
                    bytes, documents: documents, frequencies: frequencies,
                    positions: hasPositions ? positions[...] : nil)
            }
        }
    }

    /// The live postings of a source's term, by their new documents.
    private mutating func gather(_ source: Int, _ term: SegmentReader.Term) throws(Diagnostic) {
        let reader = sources[source].reader
        let places = hasPositions ? try reader.positions(term) : nil
        var cursor = try reader.cursor(term)
        var block = 0
        let fieldCount = fieldCount
        while try cursor.next(into: buffer) {
            let own = try places?.decode(block, buffer)
            block += 1
            let room = buffer.room
            let old = room.documents
            documents.newOrdinals[source].withUnsafeBufferPointer { newOrdinals in
                for index in old.indices {
                    let document = newOrdinals[Int(old[index])]
                    if document == MergedDocuments.gone { continue }
                    gathered.append(UInt64(document) << 32 | UInt64(gathered.count))
                    for field in 0..<fieldCount { frequencies.append(room.frequencies(field: field)[index]) }
                    if let own {
                        positionStarts.append(positions.count)
                        positions.append(contentsOf: own.of(index))
                    }
                }
            }
        }
    }

    /// Puts what was gathered into the order of the documents.
    private mutating func order() throws(Diagnostic) {
        var isOrdered = true
        for index in gathered.indices.dropFirst() where gathered[index] < gathered[index - 1] { isOrdered = false }
        if !isOrdered { gathered.sort() }
        orderedDocuments.removeAll(keepingCapacity: true)
        orderedFrequencies.removeAll(keepingCapacity: true)
        orderedPositions.removeAll(keepingCapacity: true)
        for posting in gathered {
            let document = UInt32(truncatingIfNeeded: posting >> 32)
            let place = Int(UInt32(truncatingIfNeeded: posting))
            guard orderedDocuments.last != document else { throw SegmentReader.damaged("a posting occurs twice") }
            orderedDocuments.append(document)
            for field in 0..<fieldCount { orderedFrequencies.append(frequencies[place * fieldCount + field]) }
            if hasPositions {
                let end = place + 1 < positionStarts.count ? positionStarts[place + 1] : positions.count
                orderedPositions.append(contentsOf: positions[positionStarts[place]..<end])
            }
        }
    }
}
