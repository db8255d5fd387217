// A text segment, read where it lies.

package import MartletCore
import MartletKernels

/// A view of a segment's bytes: opening checks the header only, O(1); nothing is copied.
///
/// It must not outlive the transaction (or array) whose bytes it looks into. Damaged bytes throw `corrupt` or give wrong
/// answers; they are never read out of bounds. ``check()`` finds all damage.
package struct SegmentReader {
    package let documentCount: Int
    package let termCount: Int
    package let fieldCount: Int
    package let hasKeys: Bool
    package let hasPositions: Bool
    package let defaultField: Int
    private let hashSlots: Int
    private let whole: UnsafeRawBufferPointer
    private let rowids: FixedWidthNumbers
    private let rowOrder: FixedWidthNumbers
    private let keyOffsets: FixedWidthNumbers
    private let keyBytes: ByteView
    private let lengths: FixedWidthNumbers
    private let totals: ByteView
    private let termOffsets: FixedWidthNumbers
    private let termBytes: ByteView
    private let termHash: FixedWidthNumbers
    private let termRecords: ByteView
    private let postings: ByteView
    private let forwardOffsets: FixedWidthNumbers
    private let forward: ByteView
    private let termRanks: FixedWidthNumbers
    private let positionStarts: FixedWidthNumbers
    private let positions: ByteView

    /// A term's place: valid for the segment that gave it.
    package struct Term: Hashable, Sendable {
        package let ordinal: Int
        package let documentFrequency: Int
        let offset: Int
    }

    package init(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
        whole = bytes
        let view = ByteView(bytes)
        guard bytes.count >= SegmentFormat.bodyStart, try view.u32(0) == SegmentFormat.magic else {
            throw Self.damaged("it does not begin with a segment's mark")
        }
        let version = try view.u16(4)
        guard version >= SegmentFormat.version else {
            throw Diagnostic(
                .olderFormat, "a text index has format \(version); this build reads format \(SegmentFormat.version)",
                hint: "REINDEX makes it anew from the rows")
        }
        guard version == SegmentFormat.version else {
            throw Diagnostic(
                .newerFormat, "a text index has format \(version); this build reads format \(SegmentFormat.version)",
                hint: "use a newer version of Martlet")
        }
        let checkedBytes = SegmentFormat.bodyStart - 8
        guard try view.u32(checkedBytes) == Checksum.crc32c(try view.slice(0, checkedBytes)) else {
            throw Self.damaged("its header's checksum does not match")
        }
        let flags = try view.u16(6)
        guard flags & ~(SegmentFormat.hasKeysFlag | SegmentFormat.hasPositionsFlag) == 0 else {
            throw Diagnostic(.newerFormat, "a text segment has flags that are not known")
        }
        hasKeys = flags & SegmentFormat.hasKeysFlag != 0
        hasPositions = flags & SegmentFormat.hasPositionsFlag != 0
        documentCount = Int(try view.u32(8))
        termCount = Int(try view.u32(12))
        fieldCount = Int(try view.u16(16))
        defaultField = Int(try view.u16(18))
        hashSlots = Int(try view.u32(20))
        guard (1...SegmentFormat.maximumFieldCount).contains(fieldCount), defaultField < fieldCount,
            hashSlots > termCount,
            try view.u64(24) == UInt64(bytes.count)
        else { throw Self.damaged("its header does not fit its length") }

        func section(_ section: SegmentFormat.Section, count: Int? = nil) throws(Diagnostic) -> ByteView {
            let (start, end) = try Self.range(of: section, in: view)
            if let count, end - start != count { throw Self.damaged("section \(section) has a wrong length") }
            return ByteView(try view.slice(start, end))
        }
        func numbers(_ section: SegmentFormat.Section, count: Int) throws(Diagnostic) -> FixedWidthNumbers {
            let (start, end) = try Self.range(of: section, in: view)
            return try FixedWidthNumbers(try view.slice(start, end), count: count)
        }
        rowids = try numbers(.rowids, count: documentCount)
        rowOrder = try numbers(.rowOrder, count: hasKeys ? documentCount : 0)
        keyOffsets = try numbers(.keyOffsets, count: hasKeys ? documentCount + 1 : 0)
        keyBytes = try section(.keyBytes)
        lengths = try numbers(.lengths, count: documentCount * fieldCount)
        totals = try section(.totals, count: fieldCount * 8)
        termOffsets = try numbers(.termOffsets, count: termCount + 1)
        termBytes = try section(.termBytes)
        termHash = try numbers(.termHash, count: hashSlots)
        termRecords = try section(.termRecords, count: termCount * 8)
        postings = try section(.postings)
        forwardOffsets = try numbers(.forwardOffsets, count: documentCount + 1)
        forward = try section(.forward)
        termRanks = try numbers(.termRanks, count: termCount)
        positionStarts = try numbers(.positionStarts, count: hasPositions ? termCount : 0)
        positions = try section(.positions)
    }

    private static func range(
        of section: SegmentFormat.Section, in view: ByteView
    ) throws(Diagnostic) -> (Int, Int) {
        let record = SegmentFormat.headerBytes + section.rawValue * SegmentFormat.sectionRecordBytes
        let start = try view.u64(record)
        let (end, overflow) = start.addingReportingOverflow(try view.u64(record + 8))
        guard !overflow, start >= SegmentFormat.bodyStart, end <= UInt64(view.count) else { throw ByteView.outside }
        return (Int(start), Int(end))
    }

    static func damaged(_ reason: String) -> Diagnostic {
        Diagnostic(.corrupt, "a text segment is damaged: \(reason)")
    }

    package var byteCount: Int { whole.count }

    /// Whether these are the very bytes that the reader looks at.
    func isOf(_ bytes: UnsafeRawBufferPointer) -> Bool {
        whole.baseAddress == bytes.baseAddress && whole.count == bytes.count
    }

    // MARK: Documents

    package func rowid(_ document: Int) throws(Diagnostic) -> Int64 {
        try rowids[document]
    }

    /// The document with a rowid, O(log documents).
    package func document(rowid wanted: Int64) throws(Diagnostic) -> Int? {
        var low = 0
        var high = documentCount
        while low < high {
            let middle = (low + high) / 2
            let document = hasKeys ? try rowOrder.u32(middle) : middle
            let found = try rowid(document)
            if found == wanted { return document }
            if found < wanted { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// The documents of rows given in ascending order; rows that are not here are left out.
    ///
    /// O(1) a row where the segment's row ids follow each other without gaps, else O(log of the distance to the row before).
    func documents(rowids: [Int64]) throws(Diagnostic) -> OrdinalBitmap {
        var result = OrdinalBitmap(capacity: documentCount)
        guard documentCount > 0, !rowids.isEmpty else { return result }
        func ordinal(_ place: Int) throws(Diagnostic) -> Int {
            hasKeys ? try rowOrder.u32(place) : place
        }
        let first = try rowid(try ordinal(0))
        let last = try rowid(try ordinal(documentCount - 1))
        if last >= first, last.subtractingReportingOverflow(first) == (Int64(documentCount - 1), false) {
            for rowid in rowids where rowid >= first && rowid <= last {
                result.insert(try ordinal(Int(rowid - first)))
            }
            return result
        }
        var place = 0
        for wanted in rowids where wanted >= first && wanted <= last {
            var step = 1
            while place + step < documentCount, try rowid(try ordinal(place + step)) <= wanted {
                place += step
                step *= 2
            }
            var high = min(place + step, documentCount)
            // The row at `place` is not above the wanted one; the one at `high` is.
            while high - place > 1 {
                let middle = (place + high) / 2
                if try rowid(try ordinal(middle)) <= wanted { place = middle } else { high = middle }
            }
            let found = try ordinal(place)
            if try rowid(found) == wanted { result.insert(found) }
        }
        return result
    }

    /// The document's primary key in memcomparable form; empty when the rowid is the key.
    package func key(_ document: Int) throws(Diagnostic) -> UnsafeRawBufferPointer {
        guard hasKeys else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        guard document >= 0, document < documentCount else { throw ByteView.outside }
        return try keyBytes.slice(try keyOffsets.u32(document), try keyOffsets.u32(document + 1))
    }

    /// The number of tokens in a field of a document.
    package func length(_ document: Int, field: Int) throws(Diagnostic) -> UInt32 {
        guard document >= 0, document < documentCount, field >= 0, field < fieldCount else { throw ByteView.outside }
        return UInt32(truncatingIfNeeded: try lengths.u32(field * documentCount + document))
    }

    /// The lengths of a field for a range of documents, into as many places.
    func lengths(
        field: Int, of documents: Range<Int>, into target: UnsafeMutableBufferPointer<UInt32>
    ) throws(Diagnostic) {
        let start = field * documentCount
        for document in documents {
            target[document - documents.lowerBound] = UInt32(truncatingIfNeeded: try lengths.u32(start + document))
        }
    }

    /// The sum of a field's lengths over all documents, deleted ones too.
    package func totalLength(field: Int) throws(Diagnostic) -> UInt64 {
        try totals.u64(field * 8)
    }

    // MARK: Terms

    /// The term's bytes.
    package func bytes(ofTerm ordinal: Int) throws(Diagnostic) -> UnsafeRawBufferPointer {
        guard ordinal >= 0, ordinal < termCount else { throw ByteView.outside }
        return try termBytes.slice(try termOffsets.u32(ordinal), try termOffsets.u32(ordinal + 1))
    }

    package func term(_ ordinal: Int) throws(Diagnostic) -> Term {
        guard ordinal >= 0, ordinal < termCount else { throw ByteView.outside }
        return Term(
            ordinal: ordinal, documentFrequency: Int(try termRecords.u32(ordinal * 8)),
            offset: Int(try termRecords.u32(ordinal * 8 + 4)))
    }

    /// Looks a term up, O(1).
    package func find(_ term: UnsafeRawBufferPointer) throws(Diagnostic) -> Term? {
        if termCount == 0 { return nil }
        let hash = term.withMemoryRebound(to: UInt8.self) { ByteStringTable.hash($0) }
        var slot = SegmentFormat.hashSlot(hash, of: hashSlots)
        // At most as many steps as slots, should the table be damaged.
        for _ in 0..<hashSlots {
            let entry = try termHash.u32(slot)
            if entry == 0 { return nil }
            if compare(try bytes(ofTerm: entry - 1), term) == 0 { return try self.term(entry - 1) }
            slot = slot + 1 == hashSlots ? 0 : slot + 1
        }
        return nil
    }

    package func find(_ term: [UInt8]) throws(Diagnostic) -> Term? {
        var result: Result<Term?, Diagnostic> = .success(nil)
        term.withUnsafeBytes { bytes in
            do throws(Diagnostic) {
                result = .success(try find(bytes))
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    /// The terms that begin with some bytes, O(log terms).
    func terms(withPrefix prefix: [UInt8]) throws(Diagnostic) -> Range<Int> {
        try prefix.withRawBytes { (prefix) throws(Diagnostic) in
            // By the beginnings of terms, as long as the prefix, compared with it.
            func first(where isBefore: (Int) -> Bool) throws(Diagnostic) -> Int {
                var low = 0
                var high = termCount
                while low < high {
                    let middle = (low + high) / 2
                    let beginning = UnsafeRawBufferPointer(rebasing: try bytes(ofTerm: middle).prefix(prefix.count))
                    if isBefore(compare(beginning, prefix)) { low = middle + 1 } else { high = middle }
                }
                return low
            }
            let start = try first { $0 < 0 }
            return start..<max(start, try first { $0 <= 0 })
        }
    }

    /// Calls `body` with the ordinals of a document's terms, the frequent ones first.
    package func forEachTerm(
        ofDocument document: Int, _ body: (Int) throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        guard document >= 0, document < documentCount else { throw ByteView.outside }
        var position = try forwardOffsets.u32(document)
        let end = try forwardOffsets.u32(document + 1)
        var rank = -1
        while position < end {
            let gap = Int(try forward.varint(&position))
            guard gap > 0, gap <= termCount else { throw Self.damaged("a document's terms are not in order") }
            rank += gap
            guard rank < termCount else { throw Self.damaged("a document's term does not exist") }
            try body(try termRanks.u32(rank))
        }
    }

    // MARK: Postings

    /// Starts reading a term's postings.
    package func cursor(_ term: Term) throws(Diagnostic) -> PostingCursor { PostingCursor(try blocks(term)) }

    func blocks(_ term: Term) throws(Diagnostic) -> PostingBlocks {
        guard term.documentFrequency > 0, term.documentFrequency <= documentCount else {
            throw Self.damaged("a term occurs in more documents than there are")
        }
        return try PostingBlocks(
            postings: postings, term: term, fieldCount: fieldCount, defaultField: defaultField,
            documentCount: documentCount)
    }

    /// Where a term's words are.
    ///
    /// - Precondition: the segment has positions.
    func positions(_ term: Term) throws(Diagnostic) -> PostingPositions {
        try PostingPositions(
            positions, start: try positionStarts.u32(term.ordinal), documentFrequency: term.documentFrequency,
            fieldCount: fieldCount)
    }

    // MARK: Integrity

    /// Checks every checksum, order and count. Costs a full read.
    package func check() throws(Diagnostic) {
        let view = ByteView(whole)
        var position = SegmentFormat.bodyStart - 4
        for section in SegmentFormat.Section.allCases {
            let (start, end) = try Self.range(of: section, in: view)
            try checkPadding(from: position, to: start)
            position = end
            let record = SegmentFormat.headerBytes + section.rawValue * SegmentFormat.sectionRecordBytes
            guard try view.u32(record + 16) == Checksum.crc32c(try view.slice(start, end)) else {
                throw Self.damaged("the checksum of section \(section) does not match")
            }
            guard try view.u32(record + 20) == 0 else { throw Self.damaged("a reserved number is set") }
        }
        try checkPadding(from: position, to: whole.count)
        for numbers in [
            rowids, rowOrder, keyOffsets, lengths, termOffsets, termHash, forwardOffsets, termRanks, positionStarts,
        ] {
            try numbers.check()
        }
        try checkDocuments()
        try checkRanks()
        var postingCount = 0
        var counts = [Int](repeating: 0, count: documentCount)
        let buffer = PostingBuffer(fieldCount: fieldCount)
        var places = hasPositions ? PlaceCounts(count: documentCount * fieldCount) : nil
        for ordinal in 0..<termCount {
            if ordinal > 0, !isLess(try bytes(ofTerm: ordinal - 1), try bytes(ofTerm: ordinal)) {
                throw Self.damaged("terms are not in order")
            }
            let term = try term(ordinal)
            guard try find(try bytes(ofTerm: ordinal)) == term else { throw Self.damaged("a term cannot be found") }
            var cursor = try cursor(term)
            var previous = -1
            var seen = 0
            let positions = hasPositions ? try positions(term) : nil
            while try cursor.next(into: buffer) {
                if let positions { try places?.add(positions, block: seen / SegmentFormat.blockCount, buffer) }
                for index in 0..<buffer.count {
                    let document = Int(buffer.documents[index])
                    guard document > previous else { throw Self.damaged("postings are not in order") }
                    previous = document
                    counts[document] += 1
                }
                seen += buffer.count
            }
            guard seen == term.documentFrequency else { throw Self.damaged("a term's postings are incomplete") }
            postingCount += seen
        }
        for document in 0..<documentCount {
            var terms = 0
            try forEachTerm(ofDocument: document) { (_) throws(Diagnostic) in terms += 1 }
            guard terms == counts[document] else { throw Self.damaged("the forward index and the postings differ") }
            postingCount -= terms
        }
        guard postingCount == 0 else { throw Self.damaged("the forward index and the postings differ") }
        try places?.check()
    }

    /// Sections follow each other with fewer than eight zero bytes between them.
    private func checkPadding(from start: Int, to end: Int) throws(Diagnostic) {
        guard start <= end, end - start < 8, try ByteView(whole).slice(start, end).allSatisfy({ $0 == 0 }) else {
            throw Self.damaged("its sections do not follow each other")
        }
    }

    private func checkRanks() throws(Diagnostic) {
        var previous: Term?
        for rank in 0..<termCount {
            let term = try term(try termRanks.u32(rank))
            if let previous, (previous.documentFrequency, -previous.ordinal) <= (term.documentFrequency, -term.ordinal)
            {
                throw Self.damaged("the ranks of its terms are not in order")
            }
            previous = term
        }
    }

    private func checkDocuments() throws(Diagnostic) {
        for document in 0..<documentCount {
            guard try self.document(rowid: try rowid(document)) == document else {
                throw Self.damaged("a row cannot be found")
            }
            guard document > 0 else { continue }
            let isOrdered =
                hasKeys
                ? isLess(try key(document - 1), try key(document)) : try rowid(document - 1) < rowid(document)
            guard isOrdered else { throw Self.damaged("documents are not in the order of their keys") }
        }
        for field in 0..<fieldCount {
            var total: UInt64 = 0
            for document in 0..<documentCount { total += UInt64(try length(document, field: field)) }
            guard try totalLength(field: field) == total else { throw Self.damaged("lengths do not add up") }
        }
    }
}
