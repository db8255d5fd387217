// From the values of a column to numbers.
//
// type         encoder    numbers
// INTEGER REAL number     the value, in single precision
// BOOLEAN      number     0 or 1
// TIMESTAMP    time       days since 2000, the day of the year, the day of the week, the hour, in UTC
// TEXT         category   the code of the value among those of the training rows, at most 1,000, the most frequent ones
// TEXT         words      for texts that mostly differ: how often each of 256 buckets of words occurs
// VECTOR       vector     its elements
// JSON         members    a number, an array's or an object's numbers, by their place or name, at most 1,000
//
// NULL, and a category or member that training did not meet, is a missing value: NaN. Learners state what they make of it:
// trees learn a side for it at each split; linear models, networks and clusters take the mean of numbers, and of categories
// none.

package import MartletCore
import MartletFormats

package enum FeatureEncoder: Hashable, Sendable {
    case number
    case time
    case category(CategoryNames)
    case words
    case vector(dimension: Int, element: VectorElement)
    case members([String])

    /// The values of a category, by code.
    package struct CategoryNames: Hashable, Sendable {
        let index: CategoryIndex

        package init(_ names: [String]) { index = CategoryIndex(names) }

        package var count: Int { index.count }
        package var names: [String] { (0..<index.count).map { index.name($0) } }
    }

    /// The most categories of a column, and the most members of a JSON column.
    package static let categoryLimit = 1_000
    static let wordBuckets = 256

    package var kinds: [FeatureKind] {
        switch self {
        case .number: [.numeric]
        case .time: [FeatureKind](repeating: .numeric, count: 4)
        case .category(let names): [.category(count: names.count)]
        case .words: [FeatureKind](repeating: .numeric, count: Self.wordBuckets)
        case .vector(let dimension, _): [FeatureKind](repeating: .numeric, count: dimension)
        case .members(let names): [FeatureKind](repeating: .numeric, count: names.count)
        }
    }

    package var width: Int {
        switch self {
        case .number, .category: 1
        case .time: 4
        case .words: Self.wordBuckets
        case .vector(let dimension, _): dimension
        case .members(let names): names.count
        }
    }

    /// For EXPLAIN and sys.runs.
    package var summary: String {
        switch self {
        case .number: "number"
        case .time: "time"
        case .category(let names): "category of \(names.count)"
        case .words: "\(Self.wordBuckets) buckets of words"
        case .vector(let dimension, _): "vector of \(dimension)"
        case .members(let names): "\(names.count) JSON numbers"
        }
    }

    /// What each number stands for, for importance and contributions.
    package func names(of column: String) -> [String] {
        switch self {
        case .number, .category: [column]
        case .time: ["days", "day_of_year", "day_of_week", "hour"].map { "\(column).\($0)" }
        case .words, .vector: (0..<width).map { "\(column)[\($0)]" }
        case .members(let names): names.map { "\(column).\($0)" }
        }
    }

    /// Writes the numbers of each row, `stride` apart.
    ///
    /// - Precondition: the column has the type that the encoder is for.
    func encode(_ column: Column, into target: UnsafeMutablePointer<Float>, stride: Int) {
        let rows = column.count
        let width = width
        switch (self, column.storage) {
        case (.number, .integers(let values)):
            values.withUnsafeBufferPointer { for row in 0..<rows { target[row * stride] = Float($0[row]) } }
        case (.number, .reals(let values)):
            values.withUnsafeBufferPointer { for row in 0..<rows { target[row * stride] = Float($0[row]) } }
        case (.number, .booleans(let values)):
            values.withUnsafeBufferPointer { for row in 0..<rows { target[row * stride] = $0[row] ? 1 : 0 } }
        case (.time, .integers(let values)):
            for row in 0..<rows { TimeNumbers.write(values[row], into: target + row * stride) }
        case (.category(let names), .bytes(let values)):
            values.withEach { row, text in
                target[row * stride] = names.index.find(text).map { Float($0) } ?? .nan
            }
        case (.words, .bytes(let values)):
            values.withEach { row, text in WordBuckets.count(text, into: target + row * stride, Self.wordBuckets) }
        case (.vector(_, let element), .bytes(let values)):
            values.withEach { row, bytes in VectorNumbers.write(bytes, element, width, into: target + row * stride) }
        case (.members(let names), .bytes(let values)):
            values.withEach { row, text in JSONNumbers.write(text, names, into: target + row * stride) }
        default: for row in 0..<rows { Self.erase(target + row * stride, width) }
        }
        guard let nulls = column.nulls else { return }
        for row in 0..<rows where nulls[row] { Self.erase(target + row * stride, width) }
    }

    private static func erase(_ target: UnsafeMutablePointer<Float>, _ width: Int) {
        for index in 0..<width { target[index] = .nan }
    }
}

extension ByteColumn {
    /// Calls `body` with each element's bytes.
    func withEach(_ body: (Int, UnsafeBufferPointer<UInt8>) -> Void) {
        bytes.withUnsafeBufferPointer { all in
            for row in 0..<count {
                body(row, UnsafeBufferPointer(rebasing: all[offsets[row]..<offsets[row + 1]]))
            }
        }
    }
}
