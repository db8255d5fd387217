// A physical plan as EXPLAIN prints it.

/// What EXPLAIN ANALYZE measured of one operator.
package struct OperatorMeasurement: Sendable {
    package var rows: Int
    package var batches: Int
    /// With the inputs' time.
    package var nanoseconds: Int

    package init(rows: Int = 0, batches: Int = 0, nanoseconds: Int = 0) {
        self.rows = rows
        self.batches = batches
        self.nanoseconds = nanoseconds
    }

    package static func + (left: Self, right: Self) -> Self {
        OperatorMeasurement(
            rows: left.rows + right.rows, batches: left.batches + right.batches,
            nanoseconds: left.nanoseconds + right.nanoseconds)
    }
}

/// One line of EXPLAIN: an operator, what it works on, and its inputs.
package struct PlanText: Sendable {
    package var title: String
    package var detail: String
    package var children: [PlanText]
    package var measurement: OperatorMeasurement?

    package init(_ title: String, _ detail: String = "", children: [PlanText] = []) {
        self.title = title
        self.detail = detail
        self.children = children
    }

    /// The tree with measurements for the operators whose title begins with one of the given words.
    package func measured(_ measurements: [String: OperatorMeasurement]) -> PlanText {
        var copy = self
        copy.children = children.map { $0.measured(measurements) }
        let word = title.prefix { $0 != " " }
        if let measurement = measurements[String(word)] { copy.measurement = measurement }
        return copy
    }

    /// The tree, an operator a line:
    /// ```
    /// Project id, score
    /// └─ Search docs            'lmdb' in docs_text (title × 3, body)
    /// ```
    package var lines: [String] {
        var lines: [String] = []
        append(to: &lines, prefix: "", childPrefix: "")
        return lines
    }

    private func append(to lines: inout [String], prefix: String, childPrefix: String) {
        var line = prefix + title
        if !detail.isEmpty { line += "  " + detail }
        if let measurement {
            let microseconds = measurement.nanoseconds / 1_000
            line += "  (rows=\(measurement.rows) time=\(microseconds / 1_000).\(Self.padded(microseconds % 1_000)) ms)"
        }
        lines.append(line)
        for (index, child) in children.enumerated() {
            let isLast = index == children.count - 1
            child.append(
                to: &lines, prefix: childPrefix + (isLast ? "└─ " : "├─ "),
                childPrefix: childPrefix + (isLast ? "   " : "│  "))
        }
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }

    /// The tree as one JSON object: `operator`, `detail`, `rows`, `nanoseconds`, `inputs`.
    package var json: String {
        var fields = ["\"operator\": \(Self.quoted(title))"]
        if !detail.isEmpty { fields.append("\"detail\": \(Self.quoted(detail))") }
        if let measurement {
            fields.append("\"rows\": \(measurement.rows), \"nanoseconds\": \(measurement.nanoseconds)")
        }
        if !children.isEmpty { fields.append("\"inputs\": [\(children.map(\.json).joined(separator: ", "))]") }
        return "{\(fields.joined(separator: ", "))}"
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            default:
                if scalar.value < 0x20 {
                    let hex = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}
