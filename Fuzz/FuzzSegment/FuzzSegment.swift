// Text segments of any bytes, and sound ones with changed bytes: reported or wrong, never read outside. And any bytes as
// texts to be analysed.

import FuzzSupport
import MartletCore
import MartletKernels
import MartletText

private let words = ["martlet", "swift", "never", "lands", "nest", "wing", "a", "the", "river", "cloud"]

/// Segments to change: with and without keys and positions, of one field and of three, of few documents and of several
/// blocks.
private let segments: [[UInt8]] = [
    (1, false, 3, true), (3, true, 9, false), (2, true, 300, true), (1, false, 700, false),
].map { shape in
    do throws(Diagnostic) {
        let builder = try SegmentBuilder(
            definition: AnalyzerDefinition(language: "none", stopwords: false), fieldCount: shape.0, hasKeys: shape.1,
            hasPositions: shape.3)
        var random = SeededRandom(seed: UInt64(shape.2))
        for row in 0..<shape.2 {
            let texts: [String?] = (0..<shape.0).map { _ in
                let count = Int.random(in: 0...8, using: &random)
                return (0..<count).map { _ in words[Int.random(in: 0..<words.count, using: &random)] }
                    .joined(separator: " ") + " w\(row % 37)"
            }
            let key = shape.1 ? Array("\(SeededRandom.mix(UInt64(row)))".utf8) : nil
            try builder.add(rowid: Int64(row) * 3 - 5, key: key, texts: texts)
        }
        return try builder.finish()
    } catch {
        fatalError("\(error)")
    }
}

/// Used by the one thread that calls the target.
nonisolated(unsafe) private let analyzers: [Analyzer] = [AnalyzerDefinition.Units.words, .identifiers, .grams(2...4)]
    .map { units in
        do throws(Diagnostic) {
            return try Analyzer(
                AnalyzerDefinition(
                    language: "english", stemming: units == .words, stopwords: units == .words, units: units))
        } catch {
            fatalError("\(error)")
        }
    }

/// Tokens lie in the text, in the order of their starts.
private func analyze(_ text: [UInt8]) {
    for analyzer in analyzers {
        if analyzer.termCount > 100_000 { analyzer.reset() }
        var tokens: [Token] = []
        text.withUnsafeBufferPointer { analyzer.analyze($0, into: &tokens) }
        var last: Token?
        for token in tokens {
            guard token.start < token.end, Int(token.end) <= text.count, token.start >= last?.start ?? 0,
                token.position >= last?.position ?? 0, Int(token.term) < analyzer.termCount
            else { fatalError("\(analyzer.definition.units): \(text)") }
            last = token
        }
        _ = analyzer.queryTokens(of: String(decoding: text, as: UTF8.self))
    }
}

/// Where the header's checksum stands: behind 14 section records of 24 bytes each.
private let headerBytes = 32 + 24 * 14
private let sectionCount = 14

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = ByteInput(data, count)
    let mode = input.number(below: 8)
    if mode == 0 {
        use([input.rest()], mustBeDamaged: false)
        return 0
    }
    if mode == 1 {
        analyze(input.rest())
        return 0
    }
    let sound = segments[input.number(below: segments.count)]
    var bytes = sound
    while !input.isAtEnd {
        let kind = input.byte()
        let place = (Int(input.byte()) << 16 | input.word16()) % bytes.count
        switch kind % 5 {
        case 0: bytes[place] = input.byte()
        case 1: bytes[place % min(bytes.count, headerBytes)] = input.byte()
        case 2:
            // A whole number at a time: counts, offsets and lengths.
            let start = min(place % 2 == 0 ? place : place % headerBytes & ~3, max(0, bytes.count - 4))
            for (index, byte) in input.bytes(4).enumerated() where start + index < bytes.count {
                bytes[start + index] = byte
            }
        case 3: bytes[place] ^= 1 << (input.byte() & 7)
        default: bytes.removeLast(min(bytes.count - 1, Int(input.byte())))
        }
    }
    if mode >= 4 { repairSections(&bytes) }
    if mode >= 2 { repairHeader(&bytes) }
    // A header whose checksum was made to match may say something else that is just as sound.
    let isNoticed = mode == 1 || bytes.prefix(headerBytes) == sound.prefix(headerBytes)
    use([bytes, sound], mustBeDamaged: mode < 4 && isNoticed && bytes != sound)
    return 0
}

/// The header must be believed for damage to go deeper.
private func repairHeader(_ bytes: inout [UInt8]) {
    guard bytes.count >= headerBytes + 8 else { return }
    store(Checksum.crc32c(Array(bytes[0..<headerBytes])), at: headerBytes, in: &bytes)
}

private func repairSections(_ bytes: inout [UInt8]) {
    guard bytes.count >= headerBytes + 8 else { return }
    for section in 0..<sectionCount {
        let record = 32 + 24 * section
        let (start, length) = bytes.withUnsafeBytes { raw in
            (
                UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: record, as: UInt64.self)),
                UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: record + 8, as: UInt64.self))
            )
        }
        let (end, overflow) = start.addingReportingOverflow(length)
        guard !overflow, end <= UInt64(bytes.count) else { continue }
        store(Checksum.crc32c(Array(bytes[Int(start)..<Int(end)])), at: record + 16, in: &bytes)
    }
}

private func store(_ value: UInt32, at place: Int, in bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { bytes.replaceSubrange(place..<place + 4, with: $0) }
}

/// Everything that is done with a segment: opening, checking, looking up, searching, explaining, merging.
private func use(_ segments: [[UInt8]], mustBeDamaged: Bool) {
    withExactBytes(segments[0]) { first in
        withExactBytes(segments.count > 1 ? segments[1] : []) { second in
            guard let reader = try? SegmentReader(first) else { return }
            let isSound = (try? reader.check()) != nil
            require(!(mustBeDamaged && isSound), "changed bytes pass the check")
            for document in [0, 1, reader.documentCount - 1, reader.documentCount, -1, .max] {
                _ = try? reader.key(document)
                _ = try? reader.length(document, field: 0)
                try? reader.forEachTerm(ofDocument: document) { (term) throws(Diagnostic) in
                    _ = try reader.bytes(ofTerm: term)
                }
            }
            for rowid in [-5, 0, 1, 13, .min, .max] as [Int64] { _ = try? reader.document(rowid: rowid) }
            _ = try? reader.find([])
            search([reader])
            var sources = [SegmentMerger.Source(reader: reader), SegmentMerger.Source(reader: reader)]
            _ = try? SegmentMerger.merge(sources, fieldCount: reader.fieldCount, hasKeys: reader.hasKeys)
            if let other = try? SegmentReader(second), other.fieldCount == reader.fieldCount,
                other.hasKeys == reader.hasKeys
            {
                search([reader, other])
                var deleted = OrdinalBitmap(capacity: other.documentCount)
                for document in 0..<min(other.documentCount, 5) { deleted.insert(document) }
                sources = [SegmentMerger.Source(reader: reader), SegmentMerger.Source(reader: other, deleted: deleted)]
                _ = try? SegmentMerger.merge(sources, fieldCount: reader.fieldCount, hasKeys: reader.hasKeys)
            }
        }
    }
}

private final class NoTexts: DocumentTexts {
    func text(ofRow rowID: Int64, field: Int) -> UnsafeRawBufferPointer? { nil }
}

private func search(_ readers: [SegmentReader]) {
    let query = TextQuery(terms: (words + ["w3", "absent"]).map { Array($0.utf8) })
    guard let parts = try? readers.map({ try SearchSegment($0) }),
        let searcher = try? TextSearcher(
            segments: parts, fieldCount: readers[0].fieldCount,
            parameters: TextParameters(weights: (0..<readers[0].fieldCount).map { Float($0 + 1) }))
    else { return }
    for k in [1, 10] {
        guard let hits = try? searcher.search(query, k: k) else { continue }
        for hit in hits.prefix(2) { _ = try? searcher.explain(query, hit) }
    }
    _ = try? searcher.search(query, k: 10, filter: .rowids([-5, 1, 4, 700]))
    _ = try? searcher.search(query, k: 10, filter: .matching { $0 % 2 == 0 })
    let strict = #""swift never"~2 "the wing" +(w3 w4 mart*) -river nesst~1 [l TO m]"#
    guard let parsed = try? QueryParser.parse(strict),
        let structured = try? StructuredQuery(
            parsed, text: strict, analyzer: analyzers[0], fields: ["a", "b", "c"], searched: [true, true, true])
    else { return }
    let resources = QueryResources(analyzer: analyzers[0], texts: NoTexts()) {}
    _ = try? searcher.search(structured, k: 10, resources)
}
