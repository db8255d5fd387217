// The terms of a corpus.

/// Terms by number, one after the other in one array, and how many documents each occurs in; found by hash.
package struct RetrievalVocabulary: Sendable {
    package private(set) var letters: [UInt8] = []
    /// Where each term begins, and the end.
    package private(set) var starts: [UInt32] = [0]
    /// Numbers plus one by hash, with open addressing; 0 is free. Its size is a power of two.
    private var table = [UInt32](repeating: 0, count: 1_024)
    /// Of each term's bytes.
    private var hashes: [UInt32] = []
    package var frequencies: [UInt32] = []
    var documentCount = 0

    package var count: Int { starts.count - 1 }

    package init() {}

    /// - Precondition: starts ascend from 0 to the number of letters.
    package init(letters: [UInt8], starts: [UInt32], frequencies: [UInt32], documentCount: Int) {
        self.letters = letters
        self.starts = starts
        self.frequencies = frequencies
        self.documentCount = documentCount
        hashes = letters.withUnsafeBufferPointer { letters in
            zip(starts, starts.dropFirst()).map { start, end in
                Self.hash(UnsafeBufferPointer(rebasing: letters[Int(start)..<Int(end)]))
            }
        }
        grow(to: starts.count)
    }

    package func bytes(ofTerm number: Int) -> ArraySlice<UInt8> {
        letters[Int(starts[number])..<Int(starts[number + 1])]
    }

    package func number(of term: [UInt8]) -> UInt32? {
        let entry = table[place(of: term, hash: Self.hash(term))]
        return entry == 0 ? nil : entry - 1
    }

    package mutating func add(_ term: [UInt8]) -> UInt32 {
        let hash = Self.hash(term)
        let place = place(of: term, hash: hash)
        if table[place] != 0 { return table[place] - 1 }
        let number = UInt32(count)
        letters += term
        starts.append(UInt32(letters.count))
        hashes.append(hash)
        frequencies.append(0)
        table[place] = number + 1
        if count * 2 > table.count { grow(to: count) }
        return number
    }

    /// A hash of a term's bytes: the same in every vocabulary.
    func hash(ofTerm number: UInt32) -> UInt32 { hashes[Int(number)] }

    /// BM25's; the greatest for a term that no document has.
    func inverseFrequency(_ term: UInt32) -> Float {
        let frequency = Int(term) < frequencies.count ? Float(frequencies[Int(term)]) : 0
        return Mathematics.logarithm(1 + (Float(documentCount) - frequency + 0.5) / (frequency + 0.5))
    }

    /// Where a term is in the table, or may be put.
    private func place(of term: [UInt8], hash: UInt32) -> Int {
        let mask = table.count - 1
        return term.withUnsafeBufferPointer { term in
            letters.withUnsafeBufferPointer { letters in
                var place = Int(hash) & mask
                while table[place] != 0 {
                    let number = Int(table[place] - 1)
                    let (start, end) = (Int(starts[number]), Int(starts[number + 1]))
                    if end - start == term.count,
                        term.indices.allSatisfy({ letters[start + $0] == term[$0] })
                    {
                        break
                    }
                    place = (place + 1) & mask
                }
                return place
            }
        }
    }

    private mutating func grow(to count: Int) {
        var size = 1_024
        while size < 4 * count { size *= 2 }
        var table = [UInt32](repeating: 0, count: size)
        for number in 0..<self.count {
            var place = Int(hashes[number]) & (size - 1)
            while table[place] != 0 { place = (place + 1) & (size - 1) }
            table[place] = UInt32(number + 1)
        }
        self.table = table
    }

    private static func hash(_ term: [UInt8]) -> UInt32 { term.withUnsafeBufferPointer { hash($0) } }

    /// The lower half of FNV-1a, with its upper half folded into it.
    private static func hash(_ term: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in term { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
