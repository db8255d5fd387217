// Choosing and fitting the encoders of columns.

package import MartletCore

/// What is found out about one column while its rows pass by.
package final class EncoderFit {
    private let type: DataType
    private let isText: Bool
    private var categories = CategoryIndex()
    private var counts: [Int] = []
    private var isFull = false
    private var words = 0
    private var memberNames: Set<String> = []
    package private(set) var rows = 0
    package private(set) var nulls = 0
    private var first: Value?
    /// Whether all values that are not NULL are equal.
    package private(set) var isConstant: Bool

    /// More different texts than this are not counted.
    private static let distinctLimit = 200_000

    /// - Parameter isText: the learner reads texts as they are, so that their values are not counted.
    package init(_ type: DataType, isText: Bool = false) {
        self.type = type
        self.isText = isText
        // Vectors are not looked at.
        isConstant = !type.isVector
    }

    /// How many different texts there are, as far as they were counted.
    package var distinct: Int { categories.count }

    package func add(_ column: Column) {
        rows += column.count
        for row in 0..<column.count where column.isNull(row) { nulls += 1 }
        switch (type, column.storage) {
        case (.text, .bytes(let values)) where isText:
            if !isConstant { return }
            values.withEach { row, text in
                if !isConstant || column.isNull(row) { return }
                isConstant = categories.insert(text) == 0
            }
        case (.text, .bytes(let values)):
            values.withEach { row, text in
                if column.isNull(row) { return }
                WordBuckets.forEachWord(text) { _ in words += 1 }
                if isFull, categories.find(text) == nil { return }
                let number = categories.insert(text)
                if number == counts.count { counts.append(0) }
                counts[number] += 1
                if categories.count >= Self.distinctLimit { isFull = true }
            }
            isConstant = categories.count < 2
        case (.json, .bytes(let values)):
            isConstant = false
            values.withEach { row, text in
                if memberNames.count > FeatureEncoder.categoryLimit || column.isNull(row) { return }
                for (name, _) in JSONNumbers.members(text) { memberNames.insert(name) }
            }
        case (_, .integers(let values)): findVariation(values, column)
        case (_, .reals(let values)): findVariation(values, column)
        case (_, .booleans(let values)): findVariation(values, column)
        case (_, .nulls): break
        default: isConstant = false
        }
    }

    private func findVariation(_ values: [some Equatable], _ column: Column) {
        guard isConstant, let place = values.indices.first(where: { !column.isNull($0) }) else { return }
        if first == nil { first = column[place] }
        let known = values[place]
        isConstant =
            column[place] == first
            && values.indices.allSatisfy { values[$0] == known || column.isNull($0) }
    }

    /// The encoder of the column.
    ///
    /// - Throws: `limitExceeded` for too many members of JSON.
    package func finish(_ name: String) throws(Diagnostic) -> FeatureEncoder {
        switch type {
        case .timestamp: return .time
        case .vector(let dimension, let element): return .vector(dimension: dimension, element: element)
        case .json:
            guard memberNames.count <= FeatureEncoder.categoryLimit else {
                throw Diagnostic(
                    .limitExceeded,
                    "column '\(name)' holds more than \(FeatureEncoder.categoryLimit) different JSON numbers",
                    hint: "select the wanted ones with json_extract()")
            }
            return .members(memberNames.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        case .text:
            if isText { return .words }
            let values = rows - nulls
            if values > 100, categories.count * 2 > values, words >= 3 * values { return .words }
            let order = counts.indices.sorted { left, right in
                counts[left] != counts[right] ? counts[left] > counts[right] : left < right
            }
            let names = order.prefix(FeatureEncoder.categoryLimit).map { categories.name($0) }
            return .category(.init(names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }))
        default: return .number
        }
    }
}
