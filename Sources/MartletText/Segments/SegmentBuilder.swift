// Documents in, one segment out.

package import MartletCore
import MartletKernels

/// Collects analysed documents in memory and makes a segment of them. The same documents give the same bytes in any order,
/// and with any number of threads.
///
/// Not for use from two threads; with several of its own it collects texts, and analyses some megabytes at once.
package final class SegmentBuilder {
    package let fieldCount: Int
    private let hasKeys: Bool
    private let definition: AnalyzerDefinition
    private let threads: Int
    /// The first is always there, those of the other threads from when they are needed.
    private var shares: [AnalyzedDocuments]
    private var spool: DocumentSpool
    private var removedCount = 0
    private var placeByRowid: [Int64: Place]?

    private struct Place {
        var share: Int
        var document: Int
    }

    /// Texts beyond this are not kept waiting; fewer than the second are not worth a thread.
    private static let spoolBytes = 4 << 20
    private static let threadBytes = 64 << 10

    /// - Parameters:
    ///   - hasKeys: whether every document comes with a primary key; else the rowid is the key.
    ///   - threads: how many may work at once.
    package init(
        definition: AnalyzerDefinition, fieldCount: Int, hasKeys: Bool, threads: Int = 1
    ) throws(Diagnostic) {
        guard (1...SegmentFormat.maximumFieldCount).contains(fieldCount) else {
            throw Diagnostic(
                .limitExceeded, "a text index has 1 to \(SegmentFormat.maximumFieldCount) columns, not \(fieldCount)")
        }
        self.fieldCount = fieldCount
        self.hasKeys = hasKeys
        self.definition = definition
        self.threads = min(64, max(1, threads))
        shares = [try AnalyzedDocuments(definition: definition, fieldCount: fieldCount)]
        spool = DocumentSpool(fieldCount: fieldCount)
    }

    /// The documents that `finish` would write.
    package var documentCount: Int { shares.reduce(spool.count) { $0 + $1.count } - removedCount }

    /// About how much memory the documents take while they become a segment: the same for any number of threads, after
    /// ``drain()``.
    package var memoryBytes: Int {
        shares.reduce(0) { sum, share in
            sum + share.entryTerms.count * (12 + 8 * fieldCount) + share.count * (64 + 8 * fieldCount)
                + share.keys.bytes.count
        }
    }

    /// Adds a document; an absent or NULL text is an empty one.
    ///
    /// - Precondition: `texts` has at most `fieldCount` elements.
    package func add(rowid: Int64, key: [UInt8]? = nil, texts: [String?]) throws(Diagnostic) {
        try check(hasKey: key != nil)
        if let key {
            try key.withRawBytes { (key) throws(Diagnostic) in try add(rowid: rowid, key: key, strings: texts) }
        } else {
            try add(rowid: rowid, key: nil, strings: texts)
        }
    }

    private func add(rowid: Int64, key: UnsafeRawBufferPointer?, strings: [String?]) throws(Diagnostic) {
        if threads > 1 {
            spool.append(rowid: rowid, key: key, strings: strings)
            if spool.byteCount > Self.spoolBytes { try drain() }
            return
        }
        note(rowid)
        shares[0].add(rowid: rowid, key: key) { field, body in
            guard field < strings.count, var text = strings[field] else { return }
            text.withUTF8 { body($0) }
        }
    }

    /// Adds a document whose texts are UTF-8 in memory; nil is an empty text.
    package func add(
        rowid: Int64, key: UnsafeRawBufferPointer?, texts: [UnsafeRawBufferPointer?]
    ) throws(Diagnostic) {
        try check(hasKey: key != nil)
        if threads > 1 {
            spool.append(rowid: rowid, key: key, texts: texts)
            if spool.byteCount > Self.spoolBytes { try drain() }
            return
        }
        note(rowid)
        shares[0].add(rowid: rowid, key: key) { field, body in
            guard field < texts.count, let text = texts[field] else { return }
            text.withMemoryRebound(to: UInt8.self) { body($0) }
        }
    }

    private func check(hasKey: Bool) throws(Diagnostic) {
        guard hasKeys == hasKey else {
            throw Diagnostic(.corrupt, "a text index holds documents with and without a key")
        }
        guard documentCount < Int(Int32.max) - 1 else {
            throw Diagnostic(.limitExceeded, "a text segment holds at most \(Int32.max) documents")
        }
    }

    private func note(_ rowid: Int64) {
        placeByRowid?[rowid] = Place(share: 0, document: shares[0].count)
    }

    /// Analyses the texts that wait.
    package func drain() throws(Diagnostic) {
        if spool.count == 0 { return }
        placeByRowid = nil
        defer { spool.removeAll() }
        let parts = spool.byteCount < Self.threadBytes ? 1 : threads
        while shares.count < parts {
            shares.append(try AnalyzedDocuments(definition: definition, fieldCount: fieldCount))
        }
        let spool = spool
        let shares = shares
        _ = try Parallel.map(count: parts, threads: parts) { (part) throws(Diagnostic) -> Bool in
            spool.add(spool.count * part / parts..<spool.count * (part + 1) / parts, to: shares[part])
            return true
        }
    }

    /// Takes a document out again; false if it is not here.
    package func remove(rowid: Int64) throws(Diagnostic) -> Bool {
        try drain()
        if placeByRowid == nil {
            var made: [Int64: Place] = [:]
            for (number, share) in shares.enumerated() {
                for (document, rowid) in share.rowids.enumerated() where !share.isRemoved[document] {
                    made[rowid] = Place(share: number, document: document)
                }
            }
            placeByRowid = made
        }
        guard let place = placeByRowid?.removeValue(forKey: rowid) else { return false }
        shares[place.share].remove(place.document)
        removedCount += 1
        return true
    }

    /// The segment of all documents added and not removed; the builder is then empty.
    ///
    /// Costs O(postings) and a sort of the different terms and, unless they come in the order of their keys, of the
    /// documents.
    package func finish() throws(Diagnostic) -> [UInt8] {
        defer { reset() }
        try drain()
        return try SegmentAssembly(shares, fieldCount: fieldCount, hasKeys: hasKeys, threads: threads).run()
    }

    /// Empties the builder.
    package func reset() {
        spool.removeAll()
        removedCount = 0
        placeByRowid = nil
        for share in shares { share.reset() }
    }
}
