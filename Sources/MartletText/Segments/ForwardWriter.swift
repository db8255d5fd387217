// Each document's terms as bytes.

import MartletCore

/// A range of a segment's forward index.
struct ForwardWriter: Sendable {
    /// Ends of the documents.
    private(set) var ends: [UInt32] = []
    private(set) var bytes: [UInt8] = []

    private static let numberBytes = 5

    /// Adds the next document's terms, as ascending ranks.
    mutating func add(sorted terms: UnsafeBufferPointer<UInt32>) throws(Diagnostic) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, terms.count * Self.numberBytes)) { room in
            guard let start = room.baseAddress else { return }
            var place = start
            var previous: UInt32 = .max
            for term in terms {
                // From -1 on.
                place.put(varint: UInt64(term &- previous))
                previous = term
            }
            bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: place - start))
        }
        guard bytes.count <= Int(UInt32.max) else {
            throw Diagnostic(.limitExceeded, "a text segment would be larger than 4 GiB")
        }
        ends.append(UInt32(bytes.count))
    }
}
