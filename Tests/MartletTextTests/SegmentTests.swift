// Segments: the same bytes however made, the same results as brute force, and nothing out of bounds.

import MartletCore
import MartletKernels
import MartletText
import Testing

private let definition = AnalyzerDefinition(language: "none", stopwords: false)

private struct Row {
    var rowid: Int64
    var key: [UInt8]?
    var texts: [String?]
}

private func rows(count: Int, fieldCount: Int, hasKeys: Bool, texts: inout RandomTexts) -> [Row] {
    (0..<count).map { index in
        let number = UInt32(truncatingIfNeeded: SeededRandom.mix(UInt64(index + 1)))
        let key = withUnsafeBytes(of: number.bigEndian) { Array($0) }
        return Row(
            rowid: Int64(index) * 3 - 50, key: hasKeys ? key : nil,
            texts: (0..<fieldCount).map { field in field == 1 && index % 5 == 0 ? nil : texts.text(upTo: 12) })
    }
}

private func build(
    _ rows: [Row], fieldCount: Int, hasKeys: Bool, hasPositions: Bool = false, threads: Int = 1,
    inversionBytes: Int? = nil
) throws -> [UInt8] {
    let builder = try SegmentBuilder(
        definition: definition, fieldCount: fieldCount, hasKeys: hasKeys, hasPositions: hasPositions, threads: threads)
    if let inversionBytes { builder.inversionBytes = inversionBytes }
    for row in rows { try builder.add(rowid: row.rowid, key: row.key, texts: row.texts) }
    return try builder.finish()
}

private func withReaders<R>(_ segments: [[UInt8]], _ body: ([SegmentReader]) throws -> R) throws -> R {
    // Copies whose address stays put while the readers look into them.
    let copies = segments.map { bytes in
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        copy.copyBytes(from: bytes)
        return copy
    }
    defer { for copy in copies { copy.deallocate() } }
    return try body(copies.map { try SegmentReader(UnsafeRawBufferPointer($0)) })
}

@Suite struct SegmentTests {
    @Test(arguments: [(1, true), (1, false), (2, true), (3, false)], [false, true])
    func orderOfInsertionDoesNotMatter(_ shape: (fieldCount: Int, hasKeys: Bool), hasPositions: Bool) throws {
        let (fieldCount, hasKeys) = shape
        var texts = RandomTexts(seed: 7)
        var all = rows(count: 700, fieldCount: fieldCount, hasKeys: hasKeys, texts: &texts)
        let expected = try build(all, fieldCount: fieldCount, hasKeys: hasKeys, hasPositions: hasPositions)
        all.shuffle(using: &texts.random)
        #expect(try build(all, fieldCount: fieldCount, hasKeys: hasKeys, hasPositions: hasPositions) == expected)
        try withReaders([expected]) { try $0[0].check() }

        // Merged parts, with documents removed, equal one build of what is left.
        let builder = try SegmentBuilder(
            definition: definition, fieldCount: fieldCount, hasKeys: hasKeys, hasPositions: hasPositions)
        let parts = try [all[0..<50], all[50..<400], all[400..<700]].map { part in
            for row in part { try builder.add(rowid: row.rowid, key: row.key, texts: row.texts) }
            return try builder.finish()
        }
        var left: [Row] = []
        try withReaders(parts) { readers in
            var sources = readers.map { SegmentMerger.Source(reader: $0) }
            let whole = try SegmentMerger.merge(sources, fieldCount: fieldCount, hasKeys: hasKeys)
            #expect(whole == expected)
            for index in sources.indices {
                sources[index].deleted = OrdinalBitmap(capacity: readers[index].documentCount)
            }
            for row in all {
                if row.rowid % 4 != 0 {
                    left.append(row)
                    continue
                }
                for index in sources.indices {
                    if let document = try readers[index].document(rowid: row.rowid) {
                        sources[index].deleted?.insert(document)
                    }
                }
            }
            let merged = try SegmentMerger.merge(sources, fieldCount: fieldCount, hasKeys: hasKeys)
            #expect(
                merged == (try build(left, fieldCount: fieldCount, hasKeys: hasKeys, hasPositions: hasPositions)))
        }
    }

    @Test(arguments: [true, false], [false, true])
    func threadsDoNotMatter(hasKeys: Bool, hasPositions: Bool) throws {
        var texts = RandomTexts(seed: 5, words: 900)
        // Enough text that it is worth a thread, and enough postings.
        let all = rows(count: 9_000, fieldCount: 2, hasKeys: hasKeys, texts: &texts)
        let expected = try build(all, fieldCount: 2, hasKeys: hasKeys, hasPositions: hasPositions)
        for threads in [2, 3] {
            let made = try build(all, fieldCount: 2, hasKeys: hasKeys, hasPositions: hasPositions, threads: threads)
            #expect(made == expected)
        }
        // With less memory the postings are inverted one part after the other.
        for threads in [1, 2] {
            let made = try build(
                all, fieldCount: 2, hasKeys: hasKeys, hasPositions: hasPositions, threads: threads,
                inversionBytes: 100_000)
            #expect(made == expected)
        }
    }

    /// Frequencies in several fields and high ones, row ids near and far from each other, against what merging makes.
    @Test(arguments: [1, 2, 3, 5], [Int64(1), 1 << 40])
    func unusualFrequenciesAndRowids(fieldCount: Int, spread: Int64) throws {
        var texts = RandomTexts(seed: 21, words: 300)
        var all = rows(count: 6_000, fieldCount: fieldCount, hasKeys: true, texts: &texts)
        for index in all.indices {
            all[index].rowid *= spread
            if index % 7 == 0 { all[index].texts = all[index].texts.map { _ in "both fields both" } }
            let repeats = [1_020, 341, 512, 1_023, 1_024, 5_000][index % 6]
            if index % 500 < 6 {
                all[index].texts[index % fieldCount] = String(repeating: "often ", count: repeats) + "once"
            }
        }
        let expected = try build(all, fieldCount: fieldCount, hasKeys: true)
        for threads in [2, 3] {
            #expect(try build(all, fieldCount: fieldCount, hasKeys: true, threads: threads) == expected)
        }
        let parts = try (0..<60).map { part in
            try build(Array(all[part * 100..<(part + 1) * 100]), fieldCount: fieldCount, hasKeys: true)
        }
        try withReaders(parts) { readers in
            let sources = readers.map { SegmentMerger.Source(reader: $0) }
            for threads in [1, 3] {
                let merged = try SegmentMerger.merge(
                    sources, fieldCount: fieldCount, hasKeys: true, threads: threads)
                #expect(merged == expected)
            }
        }
        try withReaders([expected]) { readers in
            try readers[0].check()
            #expect(try readers[0].find(Array("often".utf8))?.documentFrequency == 72)
        }
    }

    @Test func fewNumbersAreSorted() {
        var random = SeededRandom(seed: 9)
        for count in 0...80 {
            var numbers: Set<UInt32> = []
            while numbers.count < count { numbers.insert(UInt32(truncatingIfNeeded: random.next() >> 40) << 6) }
            var sorted = Array(numbers)
            sorted.withUnsafeMutableBufferPointer { ShortSort.sort($0) }
            #expect(sorted == numbers.sorted())
        }
    }

    @Test func emptySegmentsAndEmptyDocuments() throws {
        try withReaders([try build([], fieldCount: 2, hasKeys: false)]) { readers in
            try readers[0].check()
            #expect(readers[0].documentCount == 0)
            #expect(try readers[0].find(Array("x".utf8)) == nil)
        }
        let empty = [Row(rowid: 1, key: nil, texts: [nil, ""]), Row(rowid: 2, key: nil, texts: [])]
        try withReaders([try build(empty, fieldCount: 2, hasKeys: false)]) { readers in
            try readers[0].check()
            let searcher = try TextSearcher(
                segments: [SearchSegment(readers[0])], fieldCount: 2, parameters: TextParameters(weights: [1, 1]))
            #expect(try searcher.search(TextQuery(terms: [Array("x".utf8)]), k: 5) == [])
        }
    }

    @Test func builderForgetsRemovedDocuments() throws {
        let builder = try SegmentBuilder(definition: definition, fieldCount: 1, hasKeys: false)
        for rowid in 0..<10 { try builder.add(rowid: Int64(rowid), texts: ["word\(rowid) common"]) }
        #expect(try builder.remove(rowid: 3))
        #expect(try !builder.remove(rowid: 3))
        try builder.add(rowid: 3, texts: ["again"])
        #expect(try builder.remove(rowid: 4))
        #expect(builder.documentCount == 9)
        let expected = try build(
            [0, 1, 2, 5, 6, 7, 8, 9].map { Row(rowid: $0, key: nil, texts: ["word\($0) common"]) }
                + [Row(rowid: 3, key: nil, texts: ["again"])], fieldCount: 1, hasKeys: false)
        #expect(try builder.finish() == expected)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6])
    func resultsEqualBruteForce(seed: UInt64) throws {
        var texts = RandomTexts(seed: seed)
        let fieldCount = 1 + Int(seed % 3)
        let hasKeys = seed % 2 == 0
        let all = rows(count: 600, fieldCount: fieldCount, hasKeys: hasKeys, texts: &texts)
        let analyzer = try Analyzer(definition)
        var brute = BruteForce(analyzer: analyzer, fieldCount: fieldCount)
        var parts = [[Row]](repeating: [], count: 4)
        for row in all { parts[Int(texts.random.next() % 3)].append(row) }
        let deleted = Set(all.filter { _ in texts.random.next() % 4 == 0 }.map(\.rowid))
        for row in all where !deleted.contains(row.rowid) {
            brute.add(rowid: row.rowid, key: row.key ?? [], texts: row.texts)
        }
        try withReaders(try parts.map { try build($0, fieldCount: fieldCount, hasKeys: hasKeys) }) { readers in
            let segments = try readers.map { reader in
                var bitmap = OrdinalBitmap(capacity: reader.documentCount)
                for document in 0..<reader.documentCount where deleted.contains(try reader.rowid(document)) {
                    bitmap.insert(document)
                }
                return try SearchSegment(reader, deleted: bitmap)
            }
            for round in 0..<12 {
                var weights = (0..<fieldCount).map { _ in Float(Int.random(in: 0...3, using: &texts.random)) }
                weights[Int(texts.random.next() % UInt64(fieldCount))] = 2.5
                let parameters = TextParameters(k1: round == 0 ? 0 : 1.2, b: round == 1 ? 0 : 0.75, weights: weights)
                let searcher = try TextSearcher(segments: segments, fieldCount: fieldCount, parameters: parameters)
                // Every second time in small windows, looking up what cannot matter much.
                if round % 2 == 1 {
                    searcher.tuning = SearchTuning(exhaustive: 0, dense: 8 << (round % 4), sparse: 64)
                }
                let query = TextQuery(texts.text(upTo: 6) + " absent", analyzer: analyzer)
                for k in [1, 10, 1_000] {
                    let hits = try searcher.search(query, k: k)
                    let expected = brute.search(query, parameters: parameters, k: k)
                    #expect(hits.map(\.rowid) == expected.map(\.rowid), "seed \(seed), k \(k)")
                    #expect(hits.map(\.score.bitPattern) == expected.map(\.score.bitPattern), "seed \(seed), k \(k)")
                }
                let allowed = all.map(\.rowid).filter { $0 % 7 == 0 }
                let expected = brute.search(query, parameters: parameters, k: 10) { $0 % 7 == 0 }
                let byRowids = try searcher.search(query, k: 10, filter: .rowids(allowed))
                #expect(byRowids.map(\.rowid) == expected.map(\.rowid), "seed \(seed)")
                let byClosure = try searcher.search(query, k: 10, filter: .matching { $0 % 7 == 0 })
                #expect(byClosure == byRowids, "seed \(seed)")
            }
        }
    }

    @Test(arguments: [UInt64(1), 2, 3]) func damagedBytesAreNeverReadOutside(seed: UInt64) throws {
        var texts = RandomTexts(seed: seed)
        let sound = try build(
            rows(count: 400, fieldCount: 2, hasKeys: seed != 2, texts: &texts), fieldCount: 2, hasKeys: seed != 2)
        let query = TextQuery(terms: texts.vocabulary.prefix(20).map { Array($0.utf8) })
        var refused = 0
        for round in 0..<80 {
            var bytes = sound
            for _ in 0...Int(texts.random.next() % 4) {
                let place = Int(texts.random.next() % UInt64(bytes.count))
                bytes[place] = UInt8(truncatingIfNeeded: texts.random.next())
            }
            if round % 10 == 0 { bytes.removeLast(Int(texts.random.next() % UInt64(bytes.count))) }
            // The header must be believed for damage to go deeper.
            let headerBytes = 32 + 24 * 14
            if bytes.count > headerBytes + 8 {
                let checksum = Checksum.crc32c(Array(bytes[0..<headerBytes]))
                withUnsafeBytes(of: checksum.littleEndian) {
                    bytes.replaceSubrange(headerBytes..<headerBytes + 4, with: $0)
                }
            }
            if bytes == sound { continue }
            do {
                try withReaders([bytes]) { readers in
                    let reader = readers[0]
                    #expect(throws: Diagnostic.self, "seed \(seed), round \(round)") { try reader.check() }
                    let searcher = try TextSearcher(
                        segments: [SearchSegment(reader)], fieldCount: 2,
                        parameters: TextParameters(weights: [3, 1]))
                    _ = try searcher.search(query, k: 10)
                    _ = try SegmentMerger.merge(
                        [SegmentMerger.Source(reader: reader), SegmentMerger.Source(reader: reader)], fieldCount: 2,
                        hasKeys: reader.hasKeys)
                }
            } catch is Diagnostic {
                refused += 1
            }
        }
        #expect(refused > 0)
    }

    /// Whatever is damaged, and whichever search meets it: the segment is named.
    @Test(arguments: [UInt64(1), 2]) func damageHasItsSegment(seed: UInt64) throws {
        var texts = RandomTexts(seed: seed)
        let definition = AnalyzerDefinition(language: "none", stopwords: false)
        let builder = try SegmentBuilder(definition: definition, fieldCount: 1, hasKeys: false, hasPositions: true)
        for rowID in 0..<300 { try builder.add(rowid: Int64(rowID), texts: [texts.text(upTo: 12)]) }
        let sound = try builder.finish()
        let analyzer = try Analyzer(definition)
        let bag = TextQuery(texts.vocabulary.prefix(4).joined(separator: " "), analyzer: analyzer)
        let text = "\"\(texts.vocabulary[0]) \(texts.vocabulary[1])\"~3 OR w*"
        let query = try StructuredQuery(
            QueryParser.parse(text), text: text, analyzer: analyzer, fields: ["t"], searched: [true])
        let resources = QueryResources(analyzer: analyzer, texts: HeldTexts()) {}
        let bodyStart = 32 + 24 * 14 + 8
        var messages: Set<String> = []
        for _ in 0..<300 {
            var bytes = sound
            let place = bodyStart + Int(texts.random.next() % UInt64(bytes.count - bodyStart))
            let end = min(place + Int(texts.random.next() % 32), bytes.count)
            for damaged in place..<end { bytes[damaged] = 0xFF }
            try bytes.withUnsafeBytes { bytes in
                guard var segment = try? SearchSegment(SegmentReader(bytes)) else { return }
                segment.id = 5
                let searcher = try TextSearcher(
                    segments: [segment], fieldCount: 1, parameters: TextParameters(weights: [1]))
                let forms = try WordForms(searcher, analyzer: analyzer, texts: HeldTexts())
                let searches: [() throws -> Void] = [
                    { for hit in try searcher.search(bag, k: 400) { _ = try searcher.explain(bag, hit) } },
                    { for hit in try searcher.search(query, k: 9, resources) { _ = try searcher.key(hit) } },
                    { _ = try searcher.completions(of: "w", limit: 5, forms, check: {}) },
                    { _ = try searcher.corrections(of: "wwww", forms, check: {}) },
                ]
                for search in searches {
                    do {
                        try search()
                    } catch let error as Diagnostic {
                        messages.insert(error.message)
                        // Counts over all segments name the word instead.
                        let names = error.message.hasSuffix(" documents") || error.place == "segment 5"
                        #expect(names, "\(error)")
                    }
                }
            }
        }
        #expect(messages.contains { $0.contains("of the positions at byte") }, "\(messages)")
    }
}
