// Questions that people gave feedback for, found by their words.

/// One piece of feedback of a deployment.
package struct FeedbackRecord: Sendable {
    package var kind: FeedbackKind
    /// The question; of an association the one phrase.
    package var query: String
    /// The document by its key; of an association nothing.
    package var document: [UInt8]
    /// Of an association the other phrase.
    package var phrase: String
    package var rank: Int?

    package init(kind: FeedbackKind, query: String, document: [UInt8] = [], phrase: String = "", rank: Int? = nil) {
        self.kind = kind
        self.query = query
        self.document = document
        self.phrase = phrase
        self.rank = rank
    }
}

/// A question that is like the one that is asked.
package struct FeedbackRelation: Sendable {
    package var query: String
    /// From the threshold to 1.
    package var similarity: Float
    /// Whether it is the same question: the same text, but for case and spaces, or the same terms.
    package var isSame: Bool
    /// How far answers of like questions are answers at all, as the model's examples have it; 1 where nothing is known.
    package var transfer: Float
    package var tallies: [(document: [UInt8], tally: FeedbackTally)]

    package init(
        query: String, similarity: Float, isSame: Bool, transfer: Float = 1,
        tallies: [(document: [UInt8], tally: FeedbackTally)]
    ) {
        self.query = query
        self.similarity = similarity
        self.isSame = isSame
        self.transfer = transfer
        self.tallies = tallies
    }
}

/// Grows by one record at a time; what it finds depends on its records and their order alone.
///
/// Likeness is the mean of two cosines, of the terms' (1 + ln tf) · idf and of the terms all weighing the same, times
/// (1 − r)², where r is the share of the asked question's terms that the other has replaced: left-out words make a question
/// no other one, replaced ones do. Where the model has towers, and the questions' learned vectors are less alike, it is
/// the mean of both. Not for use from two threads.
package final class FeedbackIndex {
    /// Less similar questions have no say.
    package static let leastSimilarity: Float = 0.55
    /// Whose weighed terms have a lower cosine are not looked at.
    package static let leastCosine: Float = 0.45
    private static let sameSimilarity: Float = 0.9999
    private static let relationLimit = 50

    private struct Question {
        var text: String
        /// Of length 1, ascending by term.
        var weights: [(term: UInt32, value: Float)]
        var vector: [Float]
        var tallies: [(document: [UInt8], tally: FeedbackTally)] = []
    }

    private let model: RetrievalModel?
    private let reader: TermReader?
    private let transfer: Float
    /// A text's terms in order.
    private let terms: (String) -> [[UInt8]]
    private var questions: [Question] = []
    private var numbersByText: [String: Int] = [:]
    private var numbersByTerm: [[UInt8]: UInt32] = [:]
    private var inverseFrequencies: [Float] = []
    /// For each term, the questions that have it.
    private var postings: [[UInt32]] = []
    /// The pairs of phrases that mean the same.
    package private(set) var associations: [(phrase: String, other: String)] = []

    /// - Parameters:
    ///   - model: weighs terms, and compares by its towers; nil: all terms weigh the same.
    ///   - terms: the index's terms of a text.
    package init(_ model: RetrievalModel?, terms: @escaping (String) -> [[UInt8]]) {
        self.model = model
        reader = model.flatMap { try? $0.towerReader() }
        transfer = model?.answerTransfer(leastSimilarity: Self.leastSimilarity) ?? 1
        self.terms = terms
    }

    package var isEmpty: Bool { questions.isEmpty && associations.isEmpty }

    package func add(_ record: FeedbackRecord) {
        if record.kind == .association {
            associations.append((record.query, record.phrase))
            return
        }
        let folded = Self.folded(record.query)
        let number: Int
        if let known = numbersByText[folded] {
            number = known
        } else {
            number = questions.count
            numbersByText[folded] = number
            questions.append(question(record.query, number))
        }
        let place = questions[number].tallies.firstIndex { $0.document == record.document }
        if place == nil { questions[number].tallies.append((record.document, FeedbackTally())) }
        questions[number].tallies[place ?? questions[number].tallies.count - 1].tally.add(
            record.kind, rank: record.rank)
    }

    private func question(_ text: String, _ number: Int) -> Question {
        var counts: [UInt32: Float] = [:]
        for term in terms(text) { counts[self.number(of: term), default: 0] += 1 }
        var weights = counts.sorted { $0.key < $1.key }.map {
            (term: $0.key, value: inverseFrequencies[Int($0.key)] * (1 + Mathematics.logarithm($0.value)))
        }
        let length = weights.reduce(0) { $0 + $1.value * $1.value }.squareRoot()
        for place in weights.indices where length > 0 { weights[place].value /= length }
        for weight in weights { postings[Int(weight.term)].append(UInt32(number)) }
        return Question(text: text, weights: weights, vector: vector(text))
    }

    private func vector(_ text: String) -> [Float] {
        guard let model, let reader else { return [] }
        return model.towerVector(text, reader) ?? []
    }

    private func number(of term: [UInt8]) -> UInt32 {
        if let known = numbersByTerm[term] { return known }
        let number = UInt32(postings.count)
        numbersByTerm[term] = number
        postings.append([])
        inverseFrequencies.append(model?.inverseFrequency(of: term) ?? 1)
        return number
    }

    /// Without regard to case and to spaces more than one.
    package static func folded(_ text: String) -> String {
        text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    // MARK: Finding

    /// The questions like a text, the most similar first.
    ///
    /// Only questions that share enough of the text's rarer terms are looked at: a question that has none of them cannot be
    /// similar enough.
    package func related(to text: String) -> [FeedbackRelation] {
        if questions.isEmpty { return [] }
        var found: [Int: (similarity: Float, isSame: Bool)] = [:]
        if let same = numbersByText[Self.folded(text)] { found[same] = (1, true) }
        var counts: [[UInt8]: Float] = [:]
        for term in terms(text) { counts[term, default: 0] += 1 }
        var square: Float = 0
        var known: [(term: UInt32, value: Float)] = []
        for (term, count) in counts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let number = numbersByTerm[term]
            let inverse = number.map { inverseFrequencies[Int($0)] } ?? model?.inverseFrequency(of: term) ?? 1
            let value = inverse * (1 + Mathematics.logarithm(count))
            square += value * value
            if let number { known.append((number, value)) }
        }
        guard square > 0 else { return relations(found) }
        let length = square.squareRoot()
        var weightOf: [UInt32: Float] = [:]
        for place in known.indices {
            known[place].value /= length
            weightOf[known[place].term] = known[place].value
        }
        known.sort { $0.value != $1.value ? $0.value > $1.value : $0.term < $1.term }
        // What the terms from each on can add at most.
        var rest = known.reduce(0) { $0 + $1.value * $1.value }
        let vector = vector(text)
        var seen: Set<UInt32> = []
        for term in known {
            if rest.squareRoot() < Self.leastCosine { break }
            for number in postings[Int(term.term)] where seen.insert(number).inserted {
                let question = questions[Int(number)]
                var cosine: Float = 0
                var sharedCount = 0
                for weight in question.weights {
                    guard let own = weightOf[weight.term] else { continue }
                    cosine += weight.value * own
                    sharedCount += 1
                }
                if cosine < Self.leastCosine { continue }
                let isSame = cosine >= Self.sameSimilarity
                var similarity = Self.similarity(
                    cosine, shared: sharedCount, of: counts.count, and: question.weights.count)
                if !vector.isEmpty, question.vector.count == vector.count {
                    var learned: Float = 0
                    for index in vector.indices { learned += vector[index] * question.vector[index] }
                    similarity = min(similarity, (similarity + learned) / 2)
                }
                if isSame { similarity = 1 }
                guard similarity >= Self.leastSimilarity, found[Int(number)] == nil else { continue }
                found[Int(number)] = (min(1, similarity), isSame)
            }
            rest = max(0, rest - term.value * term.value)
        }
        return relations(found)
    }

    /// - Parameters:
    ///   - shared: how many terms both questions have.
    ///   - count: how many different ones the asked one has, `otherCount` the other.
    package static func similarity(_ cosine: Float, shared: Int, of count: Int, and otherCount: Int) -> Float {
        let plain = Float(shared) / (Float(count) * Float(otherCount)).squareRoot()
        let kept = 1 - Float(min(count, otherCount) - shared) / Float(count)
        return (cosine + plain) / 2 * kept * kept
    }

    private func relations(_ found: [Int: (similarity: Float, isSame: Bool)]) -> [FeedbackRelation] {
        let order = found.sorted {
            $0.value.similarity != $1.value.similarity
                ? $0.value.similarity > $1.value.similarity : $0.key < $1.key
        }
        return order.prefix(Self.relationLimit).map { number, found in
            FeedbackRelation(
                query: questions[number].text, similarity: found.similarity, isSame: found.isSame,
                transfer: transfer, tallies: questions[number].tallies)
        }
    }
}
