// Small made tables and texts for the learners' tests.

import MartletCore
import MartletLearning

struct MadeTable {
    var matrix: FeatureMatrix
    var labels: [Float]

    /// Two numbers from -1 to 1, a category of six, and a column of noise; the label by `label`.
    init(
        rows: Int, seed: UInt64 = 1, missing: Double = 0,
        label: (_ x: Float, _ y: Float, _ category: Int) -> Float
    ) throws {
        var random = SeededRandom(seed: seed)
        var values: [Float] = []
        labels = []
        for _ in 0..<rows {
            let x = Float.random(in: -1...1, using: &random)
            let y = Float.random(in: -1...1, using: &random)
            let category = Int.random(in: 0..<6, using: &random)
            let isMissing = Double.random(in: 0..<1, using: &random) < missing
            values += [isMissing ? .nan : x, y, Float(category), Float.random(in: 0...1, using: &random)]
            labels.append(label(isMissing ? .nan : x, y, category))
        }
        matrix = try FeatureMatrix(
            kinds: [.numeric, .numeric, .category(count: 6), .numeric], values: values)
    }
}

/// The share of rows whose largest of `classes` numbers is the label's.
func accuracy(_ probabilities: [Float], _ labels: [Float], classes: Int) -> Double {
    var right = 0
    for (row, label) in labels.enumerated() {
        let numbers = probabilities[row * classes..<(row + 1) * classes]
        if numbers.firstIndex(of: numbers.max() ?? 0).map({ $0 - numbers.startIndex }) == Int(label) { right += 1 }
    }
    return Double(right) / Double(labels.count)
}

/// Damages the bytes in many ways; every one must be an error.
func expectDamageIsFound<Model>(_ bytes: [UInt8], _ read: ([UInt8]) throws(Diagnostic) -> Model) -> [String] {
    var problems: [String] = []
    var random = SeededRandom(seed: 99)
    func attempt(_ bytes: [UInt8], _ what: String) {
        do throws(Diagnostic) {
            _ = try read(bytes)
            problems.append("\(what) was not found")
        } catch {
            if ![.corrupt, .newerFormat, .wrongModelKind].contains(error.code) { problems.append("\(what): \(error)") }
        }
    }
    for count in [0, 3, 11, 12, bytes.count / 2, bytes.count - 1] {
        attempt(Array(bytes.prefix(count)), "end at \(count)")
    }
    for _ in 0..<200 {
        var damaged = bytes
        let place = Int.random(in: 0..<bytes.count, using: &random)
        damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        attempt(damaged, "a bit of byte \(place)")
    }
    return problems
}
