// From analysed documents to a segment: orders documents and terms, and turns one's entries into the other's postings.

import MartletCore
import MartletKernels

/// The steps have parts that threads do side by side; what they make does not depend on how many there are.
struct SegmentAssembly {
    private let shares: [AnalyzedDocuments]
    private let fieldCount: Int
    private let hasKeys: Bool
    private let hasPositions: Bool
    private let threads: Int

    /// A live document: its share and its number there.
    private struct Source: Sendable {
        var share: Int32
        var document: Int32
    }

    /// A term of the segment: a share that knows it, and its number there.
    private struct Term: Sendable {
        var share: Int32
        var term: Int32
        var count: Int
    }

    init(_ shares: [AnalyzedDocuments], fieldCount: Int, hasKeys: Bool, hasPositions: Bool, threads: Int) {
        self.hasPositions = hasPositions
        self.threads = threads
        self.shares = shares.filter { $0.count > 0 }
        self.fieldCount = fieldCount
        self.hasKeys = hasKeys
    }

    func run() throws(Diagnostic) -> [UInt8] {
        let order = documentOrder()
        var lengths = [[UInt32]](repeating: [], count: fieldCount)
        for field in 0..<fieldCount {
            lengths[field] = order.map { shares[Int($0.share)].lengths[Int($0.document) * fieldCount + field] }
        }
        var keys = ByteColumn()
        if hasKeys { for source in order { keys.append(shares[Int(source.share)].keys[Int(source.document)]) } }
        var writer = SegmentWriter(
            rowids: order.map { shares[Int($0.share)].rowids[Int($0.document)] }, keys: hasKeys ? keys : nil,
            lengths: lengths, hasPositions: hasPositions)
        let (terms, ranks) = try rankTerms()
        try write(terms, ranks, order, to: &writer)
        return try writer.finish()
    }

    // MARK: Documents

    /// The live documents by key.
    private func documentOrder() -> [Source] {
        var sources: [Source] = []
        for (number, share) in shares.enumerated() {
            for document in share.rowids.indices where !share.isRemoved[document] {
                sources.append(Source(share: Int32(number), document: Int32(document)))
            }
        }
        // Sorted by a number first: by the whole key only what is equal in that.
        var keyed: [(prefix: UInt64, source: Source)] = sources.map { source in
            let share = shares[Int(source.share)]
            let document = Int(source.document)
            let prefix =
                hasKeys
                ? BytePrefix.of(share.keys[document])
                : UInt64(bitPattern: share.rowids[document]) ^ (1 << 63)
            return (prefix, source)
        }
        func precedes(_ a: (prefix: UInt64, source: Source), _ b: (prefix: UInt64, source: Source)) -> Bool {
            if a.prefix != b.prefix { return a.prefix < b.prefix }
            let first = shares[Int(a.source.share)]
            let second = shares[Int(b.source.share)]
            if hasKeys {
                let key = first.keys[Int(a.source.document)]
                let other = second.keys[Int(b.source.document)]
                if key.lexicographicallyPrecedes(other) { return true }
                if other.lexicographicallyPrecedes(key) { return false }
            }
            return first.rowids[Int(a.source.document)] < second.rowids[Int(b.source.document)]
        }
        if !zip(keyed, keyed.dropFirst()).allSatisfy({ precedes($0, $1) }) { keyed.sort(by: precedes) }
        return keyed.map(\.source)
    }

    // MARK: Terms

    /// The terms in byte order, and for each share the place of its terms among them.
    private func rankTerms() throws(Diagnostic) -> (terms: [Term], ranks: [[UInt32]]) {
        let shares = shares
        let rankings = try Parallel.map(count: shares.count, threads: threads) {
            (share) throws(Diagnostic) -> TermRanking in shares[share].ranking()
        }
        var ranks = shares.map { [UInt32](repeating: 0, count: $0.analyzer.termCount) }
        var next = [Int](repeating: 0, count: shares.count)
        var terms: [Term] = []
        terms.reserveCapacity(rankings.map(\.terms.count).max() ?? 0)
        if shares.count == 1 {
            for (rank, term) in rankings[0].terms.enumerated() {
                ranks[0][Int(term)] = UInt32(truncatingIfNeeded: rank)
                terms.append(Term(share: 0, term: term, count: Int(rankings[0].counts[Int(term)])))
            }
            return (terms, ranks)
        }
        /// The shares that have the lowest of the next terms.
        var lowest: [Int] = []
        while true {
            lowest.removeAll(keepingCapacity: true)
            for share in shares.indices where next[share] < rankings[share].terms.count {
                if let first = lowest.first {
                    let order = compare(rankings[share], next[share], share, rankings[first], next[first], first)
                    if order > 0 { continue }
                    if order < 0 { lowest.removeAll(keepingCapacity: true) }
                }
                lowest.append(share)
            }
            guard let first = lowest.first else { return (terms, ranks) }
            let rank = UInt32(truncatingIfNeeded: terms.count)
            var found = Term(share: Int32(first), term: rankings[first].terms[next[first]], count: 0)
            for share in lowest {
                let term = Int(rankings[share].terms[next[share]])
                ranks[share][term] = rank
                found.count += Int(rankings[share].counts[term])
                next[share] += 1
            }
            terms.append(found)
        }
    }

    /// Below, at or above zero as a term of one share sorts before, with or after one of another; mostly their first bytes
    /// tell.
    @inline(__always)
    private func compare(
        _ ranking: TermRanking, _ place: Int, _ share: Int, _ other: TermRanking, _ otherPlace: Int, _ otherShare: Int
    ) -> Int {
        let prefix = ranking.prefixes[place]
        let otherPrefix = other.prefixes[otherPlace]
        if prefix != otherPrefix { return prefix < otherPrefix ? -1 : 1 }
        return shares[share].analyzer.compare(
            Int(ranking.terms[place]), with: Int(other.terms[otherPlace]), of: shares[otherShare].analyzer)
    }

    // MARK: Postings

    /// Inverted entries that are in memory at once.
    private static let inversionBytes = 128 << 20

    /// Inverts the entries by ranges of terms, and writes their postings; then writes the forward index in as many parts as
    /// there are threads.
    private func write(
        _ terms: [Term], _ ranks: [[UInt32]], _ order: [Source], to writer: inout SegmentWriter
    ) throws(Diagnostic) {
        var ends = [0]
        ends.reserveCapacity(terms.count + 1)
        for term in terms { ends.append(ends[ends.count - 1] + term.count) }
        let starts = ends
        let total = starts[terms.count]
        let assembly = self
        let lengths = writer.lengths
        let defaultField = writer.defaultField
        let parts = total < 1 << 16 ? 1 : threads
        let ranges = max(parts, total * 4 * (1 + fieldCount) / (Self.inversionBytes / parts))
        /// Ranges of terms with about as many postings each.
        let rankLimits = (0...ranges).map { part in
            part == ranges ? terms.count : starts.lowerBound(total / ranges * part)
        }
        let written = try Parallel.map(count: ranges, threads: parts) { (part) throws(Diagnostic) -> PostingsWriter in
            let range = rankLimits[part]..<max(rankLimits[part], rankLimits[part + 1])
            return try assembly.postings(
                of: range, terms, ranks, order, starts,
                PostingsWriter(lengths: lengths, defaultField: defaultField, hasPositions: assembly.hasPositions))
        }
        for postings in written { try writer.append(postings) }
        let byFrequency = writer.rankTerms()
        // A share also knows terms that no document has any more.
        let frequencyRanks = ranks.map { $0.map { $0 < byFrequency.count ? byFrequency[Int($0)] : 0 } }
        let forward = try Parallel.map(count: parts, threads: parts) { (part) throws(Diagnostic) -> ForwardWriter in
            let first = order.count * part / parts
            let last = order.count * (part + 1) / parts
            return try assembly.forward(order[first..<last], frequencyRanks)
        }
        for part in forward { try writer.append(part) }
    }

    /// The postings of some terms.
    private func postings(
        of wanted: Range<Int>, _ terms: [Term], _ ranks: [[UInt32]], _ order: [Source], _ starts: [Int],
        _ empty: PostingsWriter
    ) throws(Diagnostic) -> PostingsWriter {
        var writer = empty
        let first = starts[wanted.lowerBound]
        let stride = 1 + fieldCount
        let entries = UnsafeMutableBufferPointer<UInt32>.allocate(
            capacity: (starts[wanted.upperBound] - first) * stride)
        defer { entries.deallocate() }
        try invert(wanted, ranks, order, starts[wanted].map { $0 - first }, into: entries)
        let positions = hasPositions ? try self.positions(wanted, ranks, order) : nil
        var documents: [UInt32] = []
        var frequencies: [UInt32] = []
        for rank in wanted {
            documents.removeAll(keepingCapacity: true)
            frequencies.removeAll(keepingCapacity: true)
            for place in starts[rank] - first..<starts[rank + 1] - first {
                documents.append(entries[place * stride])
                for field in 1...fieldCount { frequencies.append(entries[place * stride + field]) }
            }
            try documents.withUnsafeBufferPointer { (documents) throws(Diagnostic) in
                try frequencies.withUnsafeBufferPointer { (frequencies) throws(Diagnostic) in
                    try writer.add(
                        shares[Int(terms[rank].share)].analyzer.bytes(ofTerm: Int(terms[rank].term)),
                        documents: documents, frequencies: frequencies,
                        positions: positions?.of(rank - wanted.lowerBound))
                }
            }
        }
        return writer
    }

    /// Puts the postings of some terms into their places: a counting sort over the documents in their order.
    ///
    /// - Parameters:
    ///   - starts: the place of each term's first posting.
    ///   - entries: for each posting its document and the frequency in each field, side by side: they are written in no
    ///     order, and each place that memory has to be waited for costs as much as all else.
    private func invert(
        _ wanted: Range<Int>, _ ranks: [[UInt32]], _ order: [Source], _ starts: [Int],
        into entries: UnsafeMutableBufferPointer<UInt32>
    ) throws(Diagnostic) {
        guard let target = entries.baseAddress else { return }
        let lowest = UInt32(truncatingIfNeeded: wanted.lowerBound)
        let count = UInt32(truncatingIfNeeded: wanted.count)
        var next = starts
        let fieldCount = fieldCount
        try withViews(ranks) { (views) throws(Diagnostic) in
            next.withUnsafeMutableBufferPointer { next in
                for (ordinal, source) in order.enumerated() {
                    let view = views[Int(source.share)]
                    var reader = view.reader(Int(source.document))
                    while let term = reader.next(fieldCount: fieldCount) {
                        let offset = view.ranks[term] &- lowest
                        guard offset < count else {
                            reader.skipFrequencies(fieldCount: fieldCount)
                            continue
                        }
                        let entry = target + next[Int(offset)] * (1 + fieldCount)
                        next[Int(offset)] += 1
                        entry.pointee = UInt32(truncatingIfNeeded: ordinal)
                        reader.readFrequencies(fieldCount: fieldCount, into: entry + 1)
                    }
                }
            }
        }
    }

    /// What a loop over documents reads of a share.
    private struct ShareView {
        var starts: UnsafeBufferPointer<Int>
        var entries: UnsafeBufferPointer<UInt8>
        var ranks: UnsafeBufferPointer<UInt32>

        @inline(__always)
        func reader(_ document: Int) -> EntryReader { EntryReader(entries, starts[document]..<starts[document + 1]) }
    }

    /// Calls `body` with a view of each share.
    private func withViews<R>(
        _ ranks: [[UInt32]], _ body: (UnsafeBufferPointer<ShareView>) throws(Diagnostic) -> R
    ) throws(Diagnostic) -> R {
        func add(_ views: [ShareView]) throws(Diagnostic) -> R {
            if views.count == shares.count {
                return try views.withUnsafeBufferPointer { (views) throws(Diagnostic) in try body(views) }
            }
            let share = shares[views.count]
            defer { withExtendedLifetime(share) {} }
            return try ranks[views.count].withUnsafeBufferPointer { (ranks) throws(Diagnostic) in
                try add(
                    views + [
                        ShareView(starts: share.entryStarts.numbers, entries: share.entries.numbers, ranks: ranks)
                    ])
            }
        }
        return try add([])
    }

    /// The places of some terms' words: by term, document, field and place.
    private func positions(
        _ wanted: Range<Int>, _ ranks: [[UInt32]], _ order: [Source]
    ) throws(Diagnostic) -> TermPositions {
        let lowest = UInt32(truncatingIfNeeded: wanted.lowerBound)
        let count = UInt32(truncatingIfNeeded: wanted.count)
        var result = TermPositions(termCount: wanted.count)
        /// Calls `body` with each word of a wanted term, in order.
        func forEachWord(_ body: (_ term: Int, _ position: UInt32) -> Void) throws(Diagnostic) {
            var offsets: [UInt32] = []
            try withViews(ranks) { (views) throws(Diagnostic) in
                for source in order {
                    let share = shares[Int(source.share)]
                    let view = views[Int(source.share)]
                    let document = Int(source.document)
                    offsets.removeAll(keepingCapacity: true)
                    var reader = view.reader(document)
                    while let term = reader.next(fieldCount: fieldCount) {
                        offsets.append(view.ranks[term] &- lowest)
                        reader.skipFrequencies(fieldCount: fieldCount)
                    }
                    var word = share.wordStarts[document]
                    for field in 0..<fieldCount {
                        for position in 0..<share.lengths[document * fieldCount + field] {
                            let offset = offsets[Int(share.words[word])]
                            word += 1
                            if offset < count { body(Int(offset), position) }
                        }
                    }
                }
            }
        }
        try forEachWord { term, _ in result.ends[term] += 1 }
        result.makeRoom()
        try forEachWord { term, position in result.append(position, to: term) }
        return result
    }

    /// - Parameter ranks: for each share the ranks of its terms.
    private func forward(_ order: ArraySlice<Source>, _ ranks: [[UInt32]]) throws(Diagnostic) -> ForwardWriter {
        var writer = ForwardWriter()
        var terms: [UInt32] = []
        try withViews(ranks) { (views) throws(Diagnostic) in
            for source in order {
                let view = views[Int(source.share)]
                terms.removeAll(keepingCapacity: true)
                var reader = view.reader(Int(source.document))
                while let term = reader.next(fieldCount: fieldCount) {
                    terms.append(view.ranks[term])
                    reader.skipFrequencies(fieldCount: fieldCount)
                }
                terms.withUnsafeMutableBufferPointer { Self.sort($0) }
                try writer.add(terms)
            }
        }
        return writer
    }

    /// Most documents have few terms.
    private static func sort(_ numbers: UnsafeMutableBufferPointer<UInt32>) {
        if numbers.count > 64 {
            var numbers = numbers
            numbers.sort()
            return
        }
        for end in numbers.indices.dropFirst() {
            let number = numbers[end]
            var place = end
            while place > 0, numbers[place - 1] > number {
                numbers[place] = numbers[place - 1]
                place -= 1
            }
            numbers[place] = number
        }
    }
}

/// Positions grouped by term: counted first, then put in.
private struct TermPositions {
    /// At first how many a term has; then where they end, as far as they are here.
    var ends: [Int]
    private var starts: [Int] = []
    private var positions: [UInt32] = []

    init(termCount: Int) { ends = [Int](repeating: 0, count: termCount) }

    mutating func makeRoom() {
        var total = 0
        for term in ends.indices {
            let count = ends[term]
            ends[term] = total
            total += count
        }
        starts = ends + [total]
        positions = [UInt32](repeating: 0, count: total)
    }

    mutating func append(_ position: UInt32, to term: Int) {
        positions[ends[term]] = position
        ends[term] += 1
    }

    func of(_ term: Int) -> ArraySlice<UInt32> { positions[starts[term]..<starts[term + 1]] }
}
