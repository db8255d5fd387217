// Questions that were answered before, and what they answer now.

import MartletKernels

/// The questions of examples by their terms; similar ones vote for their documents.
struct PastQueries: Sendable {
    static let neighbourCount = 20
    /// Less similar ones have no vote.
    private static let leastSimilarity: Float = 0.1

    struct Vote: Sendable {
        var sum: Float = 0
        var maximum: Float = 0
        var count: Float = 0
    }

    struct Neighbour: Sendable {
        var query: Int
        var similarity: Float
    }

    /// Weighed terms, of length 1.
    var rows: SparseMatrix
    /// For each question, the documents that answer it and how well, from 0 to 1.
    var answers: [[(document: Int32, weight: Float)]]
    private var columns: SparseMatrix

    init(rows: SparseMatrix, answers: [[(document: Int32, weight: Float)]]) {
        self.rows = rows
        self.answers = answers
        columns = rows.transposed
    }

    /// The most similar questions, by falling similarity.
    func neighbours(
        _ weights: [(column: UInt32, value: Float)], where accepts: (Int) -> Bool = { _ in true }
    ) -> [Neighbour] {
        var scores: [Int: Float] = [:]
        for weight in weights where Int(weight.column) < columns.rowCount {
            let range = columns[Int(weight.column)]
            // A word of every second question tells none from another, and costs the most.
            if range.count > 64, range.count * 2 > rows.rowCount { continue }
            for entry in range {
                scores[Int(columns.columns[entry]), default: 0] += weight.value * columns.values[entry]
            }
        }
        var top = TopK(Self.neighbourCount)
        for (query, score) in scores where score >= Self.leastSimilarity && accepts(query) {
            top.offer(score: score, ordinal: UInt32(query))
        }
        return top.sorted().map { Neighbour(query: Int($0.ordinal), similarity: $0.score) }
    }

    func votes(_ neighbours: [Neighbour]) -> [Int: Vote] {
        var votes: [Int: Vote] = [:]
        for neighbour in neighbours {
            for answer in answers[neighbour.query] {
                let part = neighbour.similarity * answer.weight
                votes[Int(answer.document), default: Vote()].sum += part
                votes[Int(answer.document), default: Vote()].maximum = max(
                    part, votes[Int(answer.document)]?.maximum ?? 0)
                votes[Int(answer.document), default: Vote()].count += 1
            }
        }
        return votes
    }
}
