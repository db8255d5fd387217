// Terms that begin alike, by how many documents they are in.

package import MartletCore

/// The terms of an index with a prefix, by falling number of live documents, equal ones by their bytes.
///
/// Making it reads the dictionaries' part with the prefix, O(terms with it); each term that it gives costs O(log of them),
/// and a look at deleted documents where there are some.
package struct FrequentTerms {
    private let searcher: TextSearcher
    /// For each term, in the order of bytes, a segment with it and its place there.
    private var places: [(segment: Int32, ordinal: UInt32)] = []
    /// A heap with the largest first: the number of documents, deleted ones perhaps too, above the term's place from behind.
    private var heap: [UInt64] = []

    /// - Parameter check: called every now and then; what it throws ends the reading.
    package init(
        prefix: [UInt8], in searcher: TextSearcher, check: () throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        self.searcher = searcher
        var ranges: [Range<Int>] = []
        for segment in searcher.segments {
            ranges.append(try segment.reading { (reader) throws(Diagnostic) in try reader.terms(withPrefix: prefix) })
        }
        while let first = ranges.firstIndex(where: { !$0.isEmpty }) {
            if places.count % 4_096 == 0 { try check() }
            var lowest = [first]
            var bytes = try searcher.segments[first].bytes(ofTerm: ranges[first].lowerBound)
            for index in ranges.indices.dropFirst(first + 1) where !ranges[index].isEmpty {
                let other = try searcher.segments[index].bytes(ofTerm: ranges[index].lowerBound)
                let difference = compare(other, bytes)
                if difference > 0 { continue }
                if difference < 0 { lowest.removeAll(keepingCapacity: true) }
                lowest.append(index)
                bytes = other
            }
            var count = 0
            for index in lowest {
                let ordinal = ranges[index].lowerBound
                count += try searcher.segments[index].reading { (reader) throws(Diagnostic) in
                    try reader.term(ordinal).documentFrequency
                }
                ranges[index] = ordinal + 1..<ranges[index].upperBound
                if index == lowest[0] { places.append((Int32(index), UInt32(ordinal))) }
            }
            heap.append(Self.entry(count, places.count - 1))
        }
        for place in stride(from: heap.count / 2 - 1, through: 0, by: -1) { siftDown(place) }
    }

    private static func entry(_ count: Int, _ place: Int) -> UInt64 {
        UInt64(UInt32(clamping: count)) << 32 | UInt64(UInt32.max - UInt32(truncatingIfNeeded: place))
    }

    /// The next term; nil at the end.
    package mutating func next() throws(Diagnostic) -> (term: [UInt8], documentFrequency: Int)? {
        while let top = heap.first {
            let place = Int(UInt32.max - UInt32(truncatingIfNeeded: top))
            let (segment, ordinal) = places[place]
            let term = Array(try searcher.segments[Int(segment)].bytes(ofTerm: Int(ordinal)))
            let live = try searcher.documentFrequency(of: term)
            // Fewer than thought: it has its turn later.
            let entry = Self.entry(live, place)
            if live > 0, entry < top {
                heap[0] = entry
            } else {
                heap[0] = heap[heap.count - 1]
                heap.removeLast()
            }
            siftDown(0)
            if live > 0, entry >= top { return (term, live) }
        }
        return nil
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { return }
            if child + 1 < heap.count, heap[child + 1] > heap[child] { child += 1 }
            guard heap[child] > heap[parent] else { return }
            heap.swapAt(parent, child)
            parent = child
        }
    }
}

extension TextSearcher {
    /// The number of live documents with a term, in any field.
    package func documentFrequency(of term: [UInt8]) throws(Diagnostic) -> Int {
        try locate(TextQuery(terms: [term])).first?.documentFrequency ?? 0
    }
}
