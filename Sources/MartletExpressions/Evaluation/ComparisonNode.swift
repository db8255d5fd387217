// Comparisons: kernels by type and operator, as values and as selections.

import MartletCore

final class ComparisonNode: Node, @unchecked Sendable {
    private let comparison: ComparisonOperator
    private let left: Node
    private let right: Node

    init(_ comparison: ComparisonOperator, _ left: Node, _ right: Node) {
        self.comparison = comparison
        self.left = left
        self.right = right
        super.init(
            columnsUsed: left.columnsUsed.union(right.columnsUsed),
            mustNotOvershoot: left.mustNotOvershoot || right.mustNotOvershoot)
    }

    override func evaluate(_ batch: Batch, _ context: EvaluationContext) throws(Diagnostic) -> Operand {
        let a = try left.evaluate(batch, context)
        let b = try right.evaluate(batch, context)
        if case .scalar = a, case .scalar = b {
            let result = Comparison.compare(comparison, a, b, count: 1)
            return .scalar(result.value(at: 0), .boolean)
        }
        return Comparison.compare(comparison, a, b, count: batch.count)
    }

    override func select(
        _ batch: Batch, _ context: EvaluationContext, among rows: [Int]?
    ) throws(Diagnostic) -> [Int] {
        // Operands that may fail, or that are costly for few rows, go the general way.
        let isSimple = left is ColumnNode || left.columnsUsed.isEmpty
        let isSimpleRight = right is ColumnNode || right.columnsUsed.isEmpty
        guard rows == nil || (isSimple && isSimpleRight && !mustNotOvershoot), comparison != .is, comparison != .isNot
        else { return try super.select(batch, context, among: rows) }
        let a = try left.evaluate(batch, context)
        let b = try right.evaluate(batch, context)
        return Comparison.select(comparison, a, b, count: batch.count, among: rows)
    }
}

/// Comparison of operands of the same type, or of two numbers. Text compares by its UTF-8 bytes, numbers exactly.
enum Comparison {
    /// Which kernel compares two types.
    private enum Kind { case integers, reals, integerReal, realInteger, booleans, bytes, none }

    private static func kind(_ a: Operand, _ b: Operand) -> Kind {
        switch (a.type, b.type) {
        case (.integer, .integer), (.timestamp, .timestamp): .integers
        case (.real, .real): .reals
        case (.integer, .real): .integerReal
        case (.real, .integer): .realInteger
        case (.boolean, .boolean): .booleans
        case (.text, .text), (.json, .json), (.blob, .blob), (.vector, .vector): .bytes
        default: .none
        }
    }

    static func compare(_ comparison: ComparisonOperator, _ a: Operand, _ b: Operand, count: Int) -> Operand {
        if comparison == .is || comparison == .isNot {
            return nullSafe(negated: comparison == .isNot, a, b, count: count)
        }
        switch kind(a, b) {
        case .integers: return .booleans(values(comparison, a.integers, b.integers, count))
        case .reals: return .booleans(values(comparison, a.reals, b.reals, count))
        case .integerReal: return .booleans(ordered(comparison, a.integers, b.reals, count, order))
        case .realInteger:
            return .booleans(ordered(comparison, a.reals, b.integers, count) { -order($1, $0) })
        case .booleans:
            return .booleans(ordered(comparison, a.booleans, b.booleans, count) { ($0 ? 1 : 0) - ($1 ? 1 : 0) })
        case .bytes: return .booleans(bytes(comparison, a.bytes, b.bytes, count))
        case .none: return .allNull(.boolean)
        }
    }

    static func select(
        _ comparison: ComparisonOperator, _ a: Operand, _ b: Operand, count: Int, among rows: [Int]?
    ) -> [Int] {
        switch kind(a, b) {
        case .integers: return selection(comparison, a.integers, b.integers, count, rows)
        case .reals: return selection(comparison, a.reals, b.reals, count, rows)
        default:
            let result = compare(comparison, a, b, count: count)
            switch result.booleans {
            case .null: return []
            case .single(let flag): return flag ? rows ?? Array(0..<count) : []
            case .values(let flags, let nulls):
                return flags.withUnsafeBufferPointer { flags in
                    selectRows(count: count, among: rows, nulls: nulls) { flags[$0] }
                }
            }
        }
    }

    @inline(__always)
    private static func values<T: Comparable & Sendable>(
        _ comparison: ComparisonOperator, _ a: Lane<T>, _ b: Lane<T>, _ count: Int
    ) -> Mapped<Bool> {
        switch comparison {
        case .equal, .is: map(a, b, count: count) { $0 == $1 }
        case .notEqual, .isNot: map(a, b, count: count) { $0 != $1 }
        case .less: map(a, b, count: count) { $0 < $1 }
        case .lessOrEqual: map(a, b, count: count) { $0 <= $1 }
        case .greater: map(a, b, count: count) { $0 > $1 }
        case .greaterOrEqual: map(a, b, count: count) { $0 >= $1 }
        }
    }

    @inline(__always)
    private static func selection<T: Comparable & Sendable>(
        _ comparison: ComparisonOperator, _ a: Lane<T>, _ b: Lane<T>, _ count: Int, _ rows: [Int]?
    ) -> [Int] {
        switch comparison {
        case .equal, .is: MartletExpressions.select(a, b, count: count, among: rows) { $0 == $1 }
        case .notEqual, .isNot: MartletExpressions.select(a, b, count: count, among: rows) { $0 != $1 }
        case .less: MartletExpressions.select(a, b, count: count, among: rows) { $0 < $1 }
        case .lessOrEqual: MartletExpressions.select(a, b, count: count, among: rows) { $0 <= $1 }
        case .greater: MartletExpressions.select(a, b, count: count, among: rows) { $0 > $1 }
        case .greaterOrEqual: MartletExpressions.select(a, b, count: count, among: rows) { $0 >= $1 }
        }
    }

    @inline(__always)
    private static func ordered<A, B>(
        _ comparison: ComparisonOperator, _ a: Lane<A>, _ b: Lane<B>, _ count: Int, _ order: (A, B) -> Int
    ) -> Mapped<Bool> {
        map(a, b, count: count) { holds(comparison, order($0, $1)) }
    }

    @inline(__always)
    static func holds(_ comparison: ComparisonOperator, _ order: Int) -> Bool {
        switch comparison {
        case .equal, .is: order == 0
        case .notEqual, .isNot: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }

    /// The exact order of an INTEGER and a REAL: neither is rounded.
    static func order(_ integer: Int64, _ real: Double) -> Int {
        // 2^63 and -2^63 are exact doubles.
        if real >= 0x1p63 { return -1 }
        if real < -0x1p63 { return 1 }
        if real.isNaN { return -1 }
        let whole = Int64(real.rounded(.down))
        if integer != whole { return integer < whole ? -1 : 1 }
        return real > Double(whole) ? -1 : 0
    }

    /// Three-way order of byte strings, shorter first when one is the other's beginning.
    @inline(__always)
    static func order(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
        let common = min(a.count, b.count)
        if common > 0, let x = a.baseAddress, let y = b.baseAddress {
            let order = compareMemory(x, y, common)
            if order != 0 { return order }
        }
        return a.count - b.count
    }

    private static func bytes(
        _ comparison: ComparisonOperator, _ a: ByteLane, _ b: ByteLane, _ count: Int
    ) -> Mapped<Bool> {
        switch (a, b) {
        case (.null, _), (_, .null): return nil
        case (.single(let x), .single(let y)):
            let order = x.withUnsafeBytes { x in y.withUnsafeBytes { y in Self.order(x, y) } }
            return ([Bool](repeating: holds(comparison, order), count: count), nil)
        case (.single, .values): return bytes(comparison.mirrored, b, a, count)
        case (.values(let xs, let nulls), .single(let y)):
            let flags = xs.withAllBytes { all, offsets in
                y.withUnsafeBytes { y in
                    [Bool](unsafeUninitializedCapacity: count) { output, initialized in
                        for row in 0..<count {
                            let start = offsets[row]
                            let length = offsets[row + 1] - start
                            let result: Bool
                            if comparison == .equal, length != y.count {
                                result = false
                            } else {
                                let element = UnsafeRawBufferPointer(rebasing: all[start..<start + length])
                                result = holds(comparison, Self.order(element, y))
                            }
                            output.initializeElement(at: row, to: result)
                        }
                        initialized = count
                    }
                }
            }
            return (flags, nulls)
        case (.values(let xs, let xNulls), .values(let ys, let yNulls)):
            let flags = xs.withAllBytes { xAll, xOffsets in
                ys.withAllBytes { yAll, yOffsets in
                    (0..<count).map { row in
                        let x = UnsafeRawBufferPointer(rebasing: xAll[xOffsets[row]..<xOffsets[row + 1]])
                        let y = UnsafeRawBufferPointer(rebasing: yAll[yOffsets[row]..<yOffsets[row + 1]])
                        return holds(comparison, Self.order(x, y))
                    }
                }
            }
            return (flags, NullMask.union(xNulls, yNulls))
        }
    }

    private static func nullSafe(negated: Bool, _ a: Operand, _ b: Operand, count: Int) -> Operand {
        let equal = compare(.equal, a, b, count: count)
        let flags = (0..<count).map { row in
            let aNull = a.isNull(at: row)
            let bNull = b.isNull(at: row)
            if aNull || bNull { return (aNull && bNull) != negated }
            return (equal.value(at: row) == .boolean(true)) != negated
        }
        return .column(Column(type: .boolean, storage: .booleans(flags)))
    }
}
