// Documents in, one segment out.

package import MartletCore
import MartletKernels
import Synchronization

/// Collects analysed documents in memory and makes a segment of them. The same documents give the same bytes in any order,
/// and with any number of threads.
///
/// Not for use from two threads; with several of its own it collects texts and hands them over by the quarter of a megabyte:
/// others analyse them while it goes on collecting, and helps when they are behind.
package final class SegmentBuilder {
    package let fieldCount: Int
    /// What postings may take on their way from documents to terms; with less, the documents are looked at more often.
    package var inversionBytes = 256 << 20
    private let hasKeys: Bool
    private let hasPositions: Bool
    private let definition: AnalyzerDefinition
    private let threads: Int
    /// The first is always there, those of the other threads from when they are needed.
    private var shares: [AnalyzedDocuments]
    private var spool: DocumentSpool
    /// Documents since the last `reset`, removed ones too.
    private var addedCount = 0
    private var removedCount = 0
    /// Texts that wait for a thread, and the threads that take them.
    private let queue = SpoolQueue()
    private var running: [(share: Int, task: ParallelTask)] = []
    private var placeByRowid: [Int64: Place]?

    private struct Place {
        var share: Int
        var document: Int
    }

    /// Texts beyond this are not kept waiting; fewer than the second are not worth a thread.
    private static let spoolBytes = 256 << 10
    private static let threadBytes = 64 << 10
    /// So many of them wait for each thread, so that none has to: then this thread analyses too.
    private static let spoolsPerThread = 3

    /// - Parameters:
    ///   - hasKeys: whether every document comes with a primary key; else the rowid is the key.
    ///   - hasPositions: whether the places of words are kept, so that phrases are found without the texts.
    ///   - threads: how many may work at once.
    package init(
        definition: AnalyzerDefinition, fieldCount: Int, hasKeys: Bool, hasPositions: Bool = false, threads: Int = 1
    ) throws(Diagnostic) {
        guard (1...SegmentFormat.maximumFieldCount).contains(fieldCount) else {
            throw Diagnostic(
                .limitExceeded, "a text index has 1 to \(SegmentFormat.maximumFieldCount) columns, not \(fieldCount)")
        }
        self.fieldCount = fieldCount
        self.hasKeys = hasKeys
        self.hasPositions = hasPositions
        self.definition = definition
        self.threads = min(64, max(1, threads))
        shares = []
        spool = DocumentSpool(fieldCount: fieldCount)
        try needShares(1)
    }

    private func needShares(_ count: Int) throws(Diagnostic) {
        while shares.count < count {
            shares.append(
                try AnalyzedDocuments(definition: definition, fieldCount: fieldCount, hasPositions: hasPositions))
        }
    }

    deinit {
        queue.removeAll()
        wait()
    }

    /// The documents that `finish` would write.
    package var documentCount: Int { addedCount - removedCount }

    /// About how much memory the documents take while they become a segment: the same for any number of threads, after
    /// ``drain()``.
    package var memoryBytes: Int {
        shares.reduce(0) { sum, share in
            sum + share.entries.count * 2 + share.count * (64 + 8 * fieldCount) + share.keyBytes.count
                + share.words.count * 12
        }
    }

    /// Adds a document; an absent or NULL text is an empty one.
    ///
    /// - Precondition: `texts` has at most `fieldCount` elements.
    package func add(rowid: Int64, key: [UInt8]? = nil, texts: [String?]) throws(Diagnostic) {
        try admit(hasKey: key != nil)
        if let key {
            try key.withRawBytes { (key) throws(Diagnostic) in try add(rowid: rowid, key: key, strings: texts) }
        } else {
            try add(rowid: rowid, key: nil, strings: texts)
        }
    }

    private func add(rowid: Int64, key: UnsafeRawBufferPointer?, strings: [String?]) throws(Diagnostic) {
        if threads > 1 {
            spool.append(rowid: rowid, key: key, strings: strings)
            if spool.byteCount > Self.spoolBytes { try handOver() }
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
        try admit(hasKey: key != nil)
        if threads > 1 {
            spool.append(rowid: rowid, key: key, texts: texts)
            if spool.byteCount > Self.spoolBytes { try handOver() }
            return
        }
        note(rowid)
        shares[0].add(rowid: rowid, key: key) { field, body in
            guard field < texts.count, let text = texts[field] else { return }
            text.withMemoryRebound(to: UInt8.self) { body($0) }
        }
    }

    /// Counts a document, if there may be one more.
    private func admit(hasKey: Bool) throws(Diagnostic) {
        guard hasKeys == hasKey else {
            throw Diagnostic(.corrupt, "a text index holds documents with and without a key")
        }
        guard documentCount < Int(Int32.max) - 1 else {
            throw Diagnostic(.limitExceeded, "a text segment holds at most \(Int32.max) documents")
        }
        addedCount += 1
    }

    private func note(_ rowid: Int64) {
        placeByRowid?[rowid] = Place(share: 0, document: shares[0].count)
    }

    /// Puts the texts that were collected into the queue, or analyses them here if it is full.
    private func handOver() throws(Diagnostic) {
        placeByRowid = nil
        running.removeAll { _, task in
            guard task.isDone else { return false }
            task.wait()
            return true
        }
        // The first share is this thread's.
        let free = (1..<threads).first { number in !running.contains { $0.share == number } }
        if queue.count < Self.spoolsPerThread * (threads - 1) {
            queue.add(spool)
            spool = DocumentSpool(fieldCount: fieldCount)
            guard let free else { return }
            try needShares(free + 1)
            let share = shares[free]
            if let task = ParallelTask({ [queue] in queue.analyze(into: share) }) {
                running.append((free, task))
                return
            }
            // No thread is to be had.
            return queue.analyze(into: shares[0])
        }
        spool.add(0..<spool.count, to: shares[0])
        spool.removeAll()
    }

    private func wait() {
        for (_, task) in running { task.wait() }
        running.removeAll()
    }

    /// Analyses the texts that wait.
    package func drain() throws(Diagnostic) {
        defer { wait() }
        queue.analyze(into: shares[0])
        if spool.count == 0 { return }
        placeByRowid = nil
        defer { spool.removeAll() }
        if !running.isEmpty { return spool.add(0..<spool.count, to: shares[0]) }
        let parts = spool.byteCount < Self.threadBytes ? 1 : threads
        try needShares(parts)
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
                for (document, rowid) in share.rowids.numbers.enumerated() where !share.isRemoved[document] {
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
        return try SegmentAssembly(
            shares, fieldCount: fieldCount, hasKeys: hasKeys, hasPositions: hasPositions, threads: threads,
            inversionBytes: inversionBytes
        ).run()
    }

    /// Empties the builder.
    package func reset() {
        queue.removeAll()
        wait()
        spool.removeAll()
        addedCount = 0
        removedCount = 0
        placeByRowid = nil
        for share in shares { share.reset() }
    }
}

/// Spooled texts that any thread may take.
private final class SpoolQueue: Sendable {
    private let spools = Mutex<[DocumentSpool]>([])

    var count: Int { spools.withLock { $0.count } }

    func add(_ spool: DocumentSpool) { spools.withLock { $0.append(spool) } }

    func removeAll() { spools.withLock { $0.removeAll() } }

    /// Analyses spools until there are none.
    func analyze(into share: AnalyzedDocuments) {
        while let spool = spools.withLock({ $0.popLast() }) { spool.add(0..<spool.count, to: share) }
    }
}
