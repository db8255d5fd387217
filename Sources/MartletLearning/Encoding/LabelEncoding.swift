// What a model predicts: classes or a number.

package import MartletCore

package struct LabelEncoding: Hashable, Sendable {
    package let column: InputColumn
    /// The classes as text, ordered; nil for a number.
    package let classes: [String]?

    package init(column: InputColumn, classes: [String]?) {
        self.column = column
        self.classes = classes
    }

    /// INTEGER labels with at most so many different values are classes.
    package static let integerClassLimit = 50
    package static let classLimit = 100_000

    /// The type of a prediction.
    package var resultType: DataType { classes == nil ? .real : column.type }

    package func value(ofClass code: Int) -> Value {
        guard let classes, classes.indices.contains(code) else { return .null }
        return switch column.type {
        case .integer: Int64(classes[code]).map { .integer($0) } ?? .null
        case .boolean: .boolean(classes[code] == "true")
        default: .text(classes[code])
        }
    }

    /// The code of a class; nil if the model does not know it.
    package func code(of value: Value) -> Int? {
        let name = Self.name(of: value)
        return classes?.firstIndex(of: name)
    }

    /// A class as it is named among the classes.
    package static func name(of value: Value) -> String {
        switch value {
        case .integer(let number): String(number)
        case .boolean(let flag): flag ? "true" : "false"
        case .text(let text): text
        default: ""
        }
    }
}

/// The labels of rows, as codes of classes or as numbers.
package struct EncodedLabels: Sendable {
    package var encoding: LabelEncoding
    /// One a row; NaN for NULL, and -1 for a class that is not known.
    package var values: [Float]

    /// Reads the labels of all rows, and decides what they are.
    ///
    /// - Parameter task: nil: by the labels.
    /// - Throws: `trainingFailed`, `typeMismatch`, `limitExceeded`.
    package static func fit(
        _ column: InputColumn, at position: Int, of rows: some RowBatches, task: LearningTask?
    ) throws(Diagnostic) -> EncodedLabels {
        var classifies: Bool
        switch column.type {
        case .text: classifies = true
        case .boolean: classifies = task != .regression
        case .real: classifies = false
        case .integer: classifies = task == nil || task == .classification
        default:
            throw Diagnostic(
                .typeMismatch, "label '\(column.name)' is \(column.type); labels are TEXT, BOOLEAN, INTEGER or REAL")
        }
        if column.type == .text, task == .regression || task == .ranking {
            throw Diagnostic(.typeMismatch, "label '\(column.name)' is TEXT; a regression needs numbers")
        }
        if column.type == .real, task == .classification {
            throw Diagnostic(
                .typeMismatch, "label '\(column.name)' is REAL; classes are TEXT, BOOLEAN or INTEGER",
                hint: "CAST(\(column.name) AS INTEGER)")
        }
        var values = [Float](repeating: .nan, count: rows.rowCount)
        if classifies {
            var codes = CategoryIndex()
            for index in 0..<rows.batchCount {
                let batch = try rows.batch(index)
                let first = rows.firstRow(ofBatch: index)
                let labels = batch.columns[position]
                labels.forEachText { row, text in
                    if codes.count <= LabelEncoding.classLimit || codes.find(text) != nil {
                        values[first + row] = Float(codes.insert(text))
                    }
                }
            }
            if column.type == .integer, task == nil, codes.count > LabelEncoding.integerClassLimit {
                classifies = false
            } else {
                guard codes.count <= LabelEncoding.classLimit else {
                    throw Diagnostic(
                        .limitExceeded, "label '\(column.name)' has more than \(LabelEncoding.classLimit) classes")
                }
                return sorted(column, codes, values)
            }
        }
        for index in 0..<rows.batchCount {
            let batch = try rows.batch(index)
            let first = rows.firstRow(ofBatch: index)
            batch.columns[position].forEachNumber { row, number in values[first + row] = Float(number) }
        }
        return EncodedLabels(encoding: LabelEncoding(column: column, classes: nil), values: values)
    }

    /// Gives classes their codes by order: numbers by size, texts by bytes.
    private static func sorted(_ column: InputColumn, _ codes: CategoryIndex, _ values: [Float]) -> EncodedLabels {
        let names = (0..<codes.count).map { codes.name($0) }
        let order = names.indices.sorted { left, right in
            if column.type == .integer { return (Int64(names[left]) ?? 0) < (Int64(names[right]) ?? 0) }
            return names[left].utf8.lexicographicallyPrecedes(names[right].utf8)
        }
        var rank = [Float](repeating: 0, count: names.count)
        for (place, code) in order.enumerated() { rank[code] = Float(place) }
        return EncodedLabels(
            encoding: LabelEncoding(column: column, classes: order.map { names[$0] }),
            values: values.map { $0.isNaN ? $0 : rank[Int($0)] })
    }

    /// The labels of rows by a model's encoding.
    package static func codes(_ labels: Column, _ encoding: LabelEncoding) -> [Float] {
        var values = [Float](repeating: .nan, count: labels.count)
        if let classes = encoding.classes {
            let index = CategoryIndex(classes)
            labels.forEachText { row, text in values[row] = index.find(text).map { Float($0) } ?? -1 }
        } else {
            labels.forEachNumber { row, number in values[row] = Float(number) }
        }
        return values
    }
}

/// What is learned from labels.
package enum LearningTask: String, Hashable, Sendable, CaseIterable {
    case classification, regression, ranking
}

extension Column {
    /// Calls `body` with each value that is not NULL, as text.
    func forEachText(_ body: (Int, UnsafeBufferPointer<UInt8>) -> Void) {
        func each(_ count: Int, _ text: (Int) -> String) {
            for row in 0..<count where !isNull(row) {
                var utf8 = text(row)
                utf8.withUTF8 { body(row, $0) }
            }
        }
        switch storage {
        case .bytes(let values): values.withEach { row, text in if !isNull(row) { body(row, text) } }
        case .integers(let values): each(values.count) { String(values[$0]) }
        case .booleans(let values): each(values.count) { values[$0] ? "true" : "false" }
        case .reals(let values): each(values.count) { String(values[$0]) }
        case .nulls: break
        }
    }

    /// Calls `body` with each value that is not NULL, as a number.
    func forEachNumber(_ body: (Int, Double) -> Void) {
        switch storage {
        case .integers(let values): for row in values.indices where !isNull(row) { body(row, Double(values[row])) }
        case .reals(let values): for row in values.indices where !isNull(row) { body(row, values[row]) }
        case .booleans(let values): for row in values.indices where !isNull(row) { body(row, values[row] ? 1 : 0) }
        case .bytes, .nulls: break
        }
    }
}
