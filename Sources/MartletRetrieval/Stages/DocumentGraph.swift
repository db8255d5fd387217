// The nearest documents of every document.

import MartletCore
import MartletKernels

/// Up to `degree` neighbours a document by cosine, with weights that sum to 1.
struct DocumentGraph: Sendable {
    static let degree = 20
    /// Of a document, so many of the heaviest terms are looked up in the others.
    private static let lookedUp = 80
    /// Between so many documents the statement may end.
    private static let checkedCount = 1_024

    /// `degree` places a document; unused ones weigh 0.
    var neighbours: [UInt32]
    var weights: [Float]

    init(neighbours: [UInt32], weights: [Float]) {
        self.neighbours = neighbours
        self.weights = weights
    }

    /// - Parameters:
    ///   - rows: documents of length 1.
    ///   - columns: the same by terms.
    init(
        _ rows: SparseMatrix, _ columns: SparseMatrix, team: WorkerTeam, check: () throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        let count = rows.rowCount
        let degree = Self.degree
        neighbours = [UInt32](repeating: 0, count: count * degree)
        weights = [Float](repeating: 0, count: count * degree)
        for first in stride(from: 0, to: count, by: Self.checkedCount) {
            try check()
            find(first..<min(count, first + Self.checkedCount), rows, columns, team)
        }
    }

    private mutating func find(
        _ range: Range<Int>, _ rows: SparseMatrix, _ columns: SparseMatrix, _ team: WorkerTeam
    ) {
        let count = rows.rowCount
        let degree = Self.degree
        neighbours.withUnsafeMutableBufferPointer { neighbours in
            weights.withUnsafeMutableBufferPointer { weights in
                nonisolated(unsafe) let target = (neighbours: neighbours, weights: weights)
                team.forEachRange(range.count, step: 128) { documents in
                    var scores = [Float](repeating: 0, count: count)
                    var touched: [Int] = []
                    for document in documents.lowerBound + range.lowerBound..<documents.upperBound + range.lowerBound {
                        let heaviest = rows[document].sorted {
                            rows.values[$0] != rows.values[$1] ? rows.values[$0] > rows.values[$1] : $0 < $1
                        }
                        touched.removeAll(keepingCapacity: true)
                        for entry in heaviest.prefix(Self.lookedUp) {
                            let value = rows.values[entry]
                            for other in columns[Int(rows.columns[entry])] {
                                let number = Int(columns.columns[other])
                                if scores[number] == 0 { touched.append(number) }
                                scores[number] += value * columns.values[other]
                            }
                        }
                        var top = TopK(degree)
                        for number in touched {
                            if number != document {
                                top.offer(score: scores[number], ordinal: UInt32(number))
                            }
                            scores[number] = 0
                        }
                        let found = top.sorted()
                        let sum = found.reduce(Float(0)) { $0 + $1.score }
                        for (place, item) in found.enumerated() where sum > 0 {
                            target.neighbours[document * degree + place] = item.ordinal
                            target.weights[document * degree + place] = item.score / sum
                        }
                    }
                }
            }
        }
    }
}
