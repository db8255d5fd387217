// Questions that were answered before, and what they answer now.

import MartletKernels

/// The questions of examples by their terms; similar ones vote for their documents.
struct PastQueries: Sendable {
    static let neighbourCount = 20
    /// Less similar ones have no vote.
    private static let leastSimilarity: Float = 0.1

    struct Vote: Sendable {
        var document: Int
        var sum: Float
        var maximum: Float
        var count: Float
    }

    struct Neighbour: Sendable {
        var query: Int
        var similarity: Float
    }

    struct Answer: Sendable {
        var document: Int32
        /// How well it answers, from 0 to 1.
        var weight: Float
    }

    /// Weighed terms, of length 1.
    var rows: SparseMatrix
    /// Those of all questions, one after the other, and where each question's begin.
    var answers: [Answer]
    var starts: [Int]
    /// As they were asked.
    var texts: [String]
    /// The nDCG of each when it was held out; below 0 where it was not judged.
    var figures: [Float]
    private var columns: SparseMatrix

    /// - Precondition: starts ascend from 0 to the number of answers, one more than there are rows, texts and figures.
    init(rows: SparseMatrix, answers: [Answer], starts: [Int], texts: [String], figures: [Float]) {
        self.texts = texts
        self.figures = figures
        self.rows = rows
        self.answers = answers
        self.starts = starts
        columns = rows.transposed
    }

    init(rows: SparseMatrix, answers: [[(document: Int32, weight: Float)]], texts: [String]) {
        var starts = [0]
        var all: [Answer] = []
        for answers in answers {
            all += answers.map { Answer(document: $0.document, weight: $0.weight) }
            starts.append(all.count)
        }
        self.init(
            rows: rows, answers: all, starts: starts, texts: texts,
            figures: [Float](repeating: -1, count: texts.count))
    }

    func answers(of query: Int) -> ArraySlice<Answer> { answers[starts[query]..<starts[query + 1]] }

    /// The most similar questions, by falling similarity.
    ///
    /// - Parameter scores: 0 for each question, and again when it returns; made larger if it is too small.
    func neighbours(
        _ weights: [(column: UInt32, value: Float)], scores: inout [Float], where accepts: (Int) -> Bool = { _ in true }
    ) -> [Neighbour] {
        if scores.count < rows.rowCount { scores = [Float](repeating: 0, count: rows.rowCount) }
        var touched: [UInt32] = []
        scores.withUnsafeMutableBufferPointer { scores in
            columns.columns.withUnsafeBufferPointer { queries in
                columns.values.withUnsafeBufferPointer { values in
                    for weight in weights where Int(weight.column) < columns.rowCount {
                        let range = columns[Int(weight.column)]
                        // A word of every second question tells none from another, and costs the most.
                        if range.count > 64, range.count * 2 > rows.rowCount { continue }
                        for entry in range {
                            let query = Int(queries[entry])
                            if scores[query] == 0 { touched.append(queries[entry]) }
                            scores[query] += weight.value * values[entry]
                        }
                    }
                }
            }
        }
        var top = TopK(Self.neighbourCount)
        for query in touched {
            let score = scores[Int(query)]
            scores[Int(query)] = 0
            if score >= Self.leastSimilarity, score >= top.threshold, accepts(Int(query)) {
                top.offer(score: score, ordinal: query)
            }
        }
        return top.sorted().map { Neighbour(query: Int($0.ordinal), similarity: $0.score) }
    }

    /// What similar questions say for each of their documents, the most first.
    func votes(_ neighbours: [Neighbour]) -> [Vote] {
        var votes: [Vote] = []
        var places: [Int: Int] = [:]
        for neighbour in neighbours {
            for answer in answers(of: neighbour.query) {
                let part = neighbour.similarity * answer.weight
                let document = Int(answer.document)
                if let place = places[document] {
                    votes[place].sum += part
                    votes[place].maximum = max(part, votes[place].maximum)
                    votes[place].count += 1
                } else {
                    places[document] = votes.count
                    votes.append(Vote(document: document, sum: part, maximum: part, count: 1))
                }
            }
        }
        return votes.sorted { $0.sum != $1.sum ? $0.sum > $1.sum : $0.document < $1.document }
    }
}
