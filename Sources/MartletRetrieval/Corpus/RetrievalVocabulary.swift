// The terms of a corpus.

/// Terms by number, and how many documents each occurs in.
package struct RetrievalVocabulary: Sendable {
    private(set) var terms: [[UInt8]] = []
    private var numbers: [[UInt8]: UInt32] = [:]
    var frequencies: [UInt32] = []
    var documentCount = 0

    var count: Int { terms.count }

    init() {}

    init(terms: [[UInt8]], frequencies: [UInt32], documentCount: Int) {
        self.terms = terms
        self.frequencies = frequencies
        self.documentCount = documentCount
        numbers.reserveCapacity(terms.count)
        for (number, term) in terms.enumerated() { numbers[term] = UInt32(number) }
    }

    func number(of term: [UInt8]) -> UInt32? { numbers[term] }

    mutating func add(_ term: [UInt8]) -> UInt32 {
        if let known = numbers[term] { return known }
        let number = UInt32(terms.count)
        terms.append(term)
        frequencies.append(0)
        numbers[term] = number
        return number
    }

    /// BM25's; the greatest for a term that no document has.
    func inverseFrequency(_ term: UInt32) -> Float {
        let frequency = Int(term) < frequencies.count ? Float(frequencies[Int(term)]) : 0
        return Mathematics.logarithm(1 + (Float(documentCount) - frequency + 0.5) / (frequency + 0.5))
    }
}
