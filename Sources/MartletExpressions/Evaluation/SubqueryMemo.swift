// What a correlated subquery gave for the rows it met.

import MartletCore

/// Results by the values that the subquery reads of the row around it: the same values give the same result within a
/// statement. Full memos take nothing more in.
final class SubqueryMemo {
    enum Result {
        case value(Value)
        case values(ValueSet)
        case rows(RowSet)
    }

    /// Exact values: 1 and 1.0 differ, and so do texts of different bytes.
    private var results: [[Value]: Result] = [:]
    private var byteCount = 0
    private let byteLimit: Int

    init(byteLimit: Int) { self.byteLimit = byteLimit }

    private static func key(_ row: [Value]) -> [Value] {
        row.map { value in
            // Swift finds texts equal whose bytes differ; JSON must not meet BLOB either, but an argument has one type.
            switch value {
            case .text(let text), .json(let text): .blob(Array(text.utf8))
            default: value
            }
        }
    }

    func find(_ row: [Value]) -> Result? { results[Self.key(row)] }

    /// - Parameter size: of the values in the result.
    func keep(_ result: Result, for row: [Value], size: Int) {
        let key = Self.key(row)
        let added = 64 + size + key.reduce(0) { $0 + Self.size(of: $1) }
        guard byteCount + added <= byteLimit else { return }
        byteCount += added
        results[key] = result
    }

    static func size(of value: Value) -> Int {
        switch value {
        case .text(let text), .json(let text): 32 + text.utf8.count
        case .blob(let bytes): 32 + bytes.count
        case .vector(let vector): 32 + vector.bytes.count
        default: 32
        }
    }
}
