// One tower in training: a batch's vectors, and steps of the features that occur in it.

import MartletCore
import MartletKernels

/// `@unchecked Sendable`: one thread drives it; parallel parts write to dimensions or rows of their own.
final class Tower: @unchecked Sendable {
    private static let partWidth = 32
    private let rows: SparseRows
    private let team: WorkerTeam
    private(set) var table: EmbeddingTable
    private let dimension: Int
    private var firstMoments: [Float]
    private var secondMoments: [Float]
    /// How many steps each feature has had: its own correction of the moments' bias.
    private var steps: [Int32]
    /// The slot of each feature in this batch, plus one; 0: none.
    private var slots: [UInt32]
    private var numbers: [Int32] = []
    /// A vector a row, of length 1, and the lengths before.
    private(set) var vectors: UnsafeMutablePointer<Float>
    private var lengths: UnsafeMutablePointer<Float>
    /// The loss's derivatives by the vectors.
    private(set) var gradients: UnsafeMutablePointer<Float>
    private let capacity: Int

    /// - Parameter capacity: the rows of the largest batch.
    init(_ rows: SparseRows, _ table: EmbeddingTable, capacity: Int, _ team: WorkerTeam) {
        self.rows = rows
        self.table = table
        dimension = table.dimension
        self.team = team
        firstMoments = [Float](repeating: 0, count: table.values.count)
        secondMoments = firstMoments
        steps = [Int32](repeating: 0, count: table.featureCount)
        slots = [UInt32](repeating: 0, count: table.featureCount)
        self.capacity = capacity
        vectors = .allocate(capacity: capacity * table.dimension)
        gradients = .allocate(capacity: capacity * table.dimension)
        lengths = .allocate(capacity: capacity)
    }

    deinit {
        vectors.deallocate()
        gradients.deallocate()
        lengths.deallocate()
    }

    var count: Int { numbers.count }

    /// - Precondition: the table is as large.
    func restart(from other: EmbeddingTable) {
        precondition(other.values.count == table.values.count)
        table = other
    }

    func write(to writer: inout ModelWriter) {
        writer.write(table.values)
        writer.write(firstMoments)
        writer.write(secondMoments)
        writer.write(steps)
    }

    /// - Throws: `corrupt` for the state of another tower.
    func restore(from reader: inout ModelReader) throws(Diagnostic) {
        let values = try reader.readFloats()
        let first = try reader.readFloats()
        let second = try reader.readFloats()
        let counts = try reader.readNumbers(Int32.self)
        try reader.require(
            values.count == table.values.count && first.count == values.count && second.count == values.count
                && counts.count == steps.count && counts.allSatisfy { $0 >= 0 }, "a tower")
        table.values = values
        firstMoments = first
        secondMoments = second
        steps = counts
    }

    func forward(_ numbers: [Int32]) {
        precondition(numbers.count <= capacity)
        self.numbers = numbers
        table.embed(rows, numbers, into: vectors, lengths: lengths, team: team)
    }

    /// Through the division by the length, to the features.
    func backward(rate: Float) {
        for place in 0..<count {
            let base = place * dimension
            guard lengths[place] > 1e-20 else {
                for index in 0..<dimension { gradients[base + index] = 0 }
                continue
            }
            var along: Float = 0
            for index in 0..<dimension { along += gradients[base + index] * vectors[base + index] }
            let inverse = 1 / lengths[place]
            for index in 0..<dimension {
                gradients[base + index] = (gradients[base + index] - along * vectors[base + index]) * inverse
            }
        }
        var touched: [UInt32] = []
        var slotOfEntry: [UInt32] = []
        for number in numbers {
            for entry in rows.features(ofRow: Int(number)) {
                let feature = Int(rows.indices[entry])
                if slots[feature] == 0 {
                    touched.append(UInt32(feature))
                    slots[feature] = UInt32(touched.count)
                }
                slotOfEntry.append(slots[feature] - 1)
            }
        }
        for feature in touched {
            slots[Int(feature)] = 0
            steps[Int(feature)] &+= 1
        }
        update(touched, slotOfEntry, rate)
    }

    private func update(_ touched: [UInt32], _ slotOfEntry: [UInt32], _ rate: Float) {
        let parts = (dimension + Self.partWidth - 1) / Self.partWidth
        table.values.withUnsafeMutableBufferPointer { values in
            firstMoments.withUnsafeMutableBufferPointer { first in
                secondMoments.withUnsafeMutableBufferPointer { second in
                    guard let weights = values.baseAddress, let first = first.baseAddress,
                        let second = second.baseAddress
                    else { return }
                    nonisolated(unsafe) let pointers = (weights: weights, first: first, second: second)
                    team.run(parts) { part in
                        let low = part * Self.partWidth
                        let width = min(Self.partWidth, dimension - low)
                        var sums = [Float](repeating: 0, count: touched.count * width)
                        add(slotOfEntry, low: low, width: width, to: &sums)
                        for (slot, feature) in touched.enumerated() {
                            let at = Int(feature) * dimension + low
                            let corrections = Self.corrections(Int(steps[Int(feature)]))
                            sums.withUnsafeBufferPointer { sums in
                                guard let gradient = sums.baseAddress else { return }
                                NetworkKernels.adamStep(
                                    weights: pointers.weights + at, first: pointers.first + at,
                                    second: pointers.second + at, gradient: gradient + slot * width, count: width,
                                    rate: rate * corrections.rate, epsilon: 1e-8 * corrections.root, decay: 0)
                            }
                        }
                    }
                }
            }
        }
    }

    private func add(_ slotOfEntry: [UInt32], low: Int, width: Int, to sums: inout [Float]) {
        var entry = 0
        slotOfEntry.withUnsafeBufferPointer { slots in
            guard let slot = slots.baseAddress else { return }
            for (place, number) in numbers.enumerated() {
                let entries = rows.features(ofRow: Int(number))
                SparseKernels.add(
                    slot + entry, rows.values + entries.lowerBound, entries.count,
                    steps: gradients + place * dimension + low, to: &sums, width: width)
                entry += entries.count
            }
        }
    }

    /// √(1 - 0.999^n) and that over 1 - 0.9^n; 1 once they are.
    private static let correctionTable: [(rate: Float, root: Float)] = {
        var result: [(rate: Float, root: Float)] = [(1, 1)]
        var first = 1.0
        var second = 1.0
        for _ in 1...8_000 {
            first *= 0.9
            second *= 0.999
            let root = (1 - second).squareRoot()
            result.append((Float(root / (1 - first)), Float(root)))
        }
        return result
    }()

    private static func corrections(_ step: Int) -> (rate: Float, root: Float) {
        step < correctionTable.count ? correctionTable[step] : (1, 1)
    }
}

/// The softmax of cosines over a batch.
final class ContrastiveLoss {
    private let temperature: Float
    private let dimension: Int
    private let team: WorkerTeam
    private let product: MatrixProduct
    private let scores: UnsafeMutablePointer<Float>

    /// - Parameter capacity: the scores of the largest batch.
    init(temperature: Float, dimension: Int, capacity: Int, team: WorkerTeam) {
        scores = .allocate(capacity: capacity)
        self.temperature = temperature
        self.dimension = dimension
        self.team = team
        product = MatrixProduct(team: team)
    }

    deinit { scores.deallocate() }

    /// Fills both towers' gradients of the batch's mean loss and returns the sum of losses. Column i is row i's right side;
    /// columns that are the same row again, or a known pair, do not count against it.
    func derive(
        _ left: Tower, _ right: Tower, _ lefts: [Int32], _ rights: [Int32], isPair: (Int32, Int32) -> Bool
    ) -> Double {
        let (rows, columns) = (lefts.count, rights.count)
        product.multiply(
            MatrixView(left.vectors, rows: rows, columns: dimension),
            MatrixView(right.vectors, rows: columns, columns: dimension).transposed, into: scores)
        let inverse = 1 / temperature
        let share = inverse / Float(rows)
        var sum = 0.0
        for row in 0..<rows {
            let base = row * columns
            for column in 0..<columns {
                let isOther = column != row && (rights[column] == rights[row] || isPair(lefts[row], rights[column]))
                scores[base + column] = isOther ? -1e4 : scores[base + column] * inverse
            }
            Probabilities.softmax(scores + base, columns)
            var probability = scores[base + row]
            guard probability.isFinite else { return .nan }
            probability = max(probability, 1e-30)
            Elementwise.log(&probability, 1)
            sum -= Double(probability)
            for column in 0..<columns { scores[base + column] *= share }
            scores[base + row] -= share
        }
        let gradient = MatrixView(scores, rows: rows, columns: columns)
        product.multiply(gradient, MatrixView(right.vectors, rows: columns, columns: dimension), into: left.gradients)
        product.multiply(
            gradient.transposed, MatrixView(left.vectors, rows: rows, columns: dimension), into: right.gradients)
        return sum
    }
}
