// The documents of several segments, in the order of one.

import MartletCore

struct MergedDocuments: Sendable {
    /// Where a document comes from.
    struct Origin: Sendable {
        var source: Int32
        var document: Int32
    }

    static let gone = UInt32.max

    /// Of each new document.
    private(set) var origins: [Origin] = []
    /// For each source, the new ordinal of each document; `gone` for deleted ones.
    private(set) var newOrdinals: [[UInt32]]

    /// Merges the sources' live documents by key. O(documents · sources).
    init(_ sources: [SegmentMerger.Source], hasKeys: Bool) throws(Diagnostic) {
        newOrdinals = sources.map { [UInt32](repeating: Self.gone, count: $0.reader.documentCount) }
        var next = [Int](repeating: 0, count: sources.count)
        while true {
            var best: Int?
            for source in sources.indices {
                let reader = sources[source].reader
                while next[source] < reader.documentCount, sources[source].deleted?.contains(next[source]) ?? false {
                    next[source] += 1
                }
                guard next[source] < reader.documentCount else { continue }
                if let current = best,
                    try !Self.precedes(
                        reader, next[source], sources[current].reader, next[current], hasKeys: hasKeys)
                {
                    continue
                }
                best = source
            }
            guard let best else { return }
            guard origins.count < Int(Int32.max) else {
                throw Diagnostic(.limitExceeded, "a text segment holds at most \(Int32.max) documents")
            }
            newOrdinals[best][next[best]] = UInt32(origins.count)
            origins.append(Origin(source: Int32(best), document: Int32(next[best])))
            next[best] += 1
        }
    }

    private static func precedes(
        _ a: SegmentReader, _ documentA: Int, _ b: SegmentReader, _ documentB: Int, hasKeys: Bool
    ) throws(Diagnostic) -> Bool {
        if hasKeys {
            let difference = compare(try a.key(documentA), try b.key(documentB))
            if difference != 0 { return difference < 0 }
        }
        return try a.rowid(documentA) < b.rowid(documentB)
    }
}
