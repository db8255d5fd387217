// Element-wise loops over lanes: the inner loops of every typed kernel.

import MartletCore

/// The values of a kernel's result; nil when every row is NULL.
typealias Mapped<Element> = (values: [Element], nulls: [Bool]?)?

/// `body` for each element. Placeholders under NULLs are passed too: `body` must be defined for any value.
@inline(__always)
func map<A, R>(_ lane: Lane<A>, count: Int, _ body: (A) -> R) -> Mapped<R> {
    switch lane {
    case .null: return nil
    case .single(let value): return ([R](repeating: body(value), count: count), nil)
    case .values(let values, let nulls):
        let result = values.withUnsafeBufferPointer { input in
            [R](unsafeUninitializedCapacity: input.count) { output, initialized in
                for index in 0..<input.count { output.initializeElement(at: index, to: body(input[index])) }
                initialized = input.count
            }
        }
        return (result, nulls)
    }
}

/// `body` for each pair of elements. Placeholders under NULLs are passed too: `body` must be defined for any values.
@inline(__always)
func map<A, B, R>(_ a: Lane<A>, _ b: Lane<B>, count: Int, _ body: (A, B) -> R) -> Mapped<R> {
    switch (a, b) {
    case (.null, _), (_, .null): return nil
    case (.single(let x), .single(let y)): return ([R](repeating: body(x, y), count: count), nil)
    case (.values(let xs, let nulls), .single(let y)):
        let result = xs.withUnsafeBufferPointer { xs in
            [R](unsafeUninitializedCapacity: xs.count) { output, initialized in
                for index in 0..<xs.count { output.initializeElement(at: index, to: body(xs[index], y)) }
                initialized = xs.count
            }
        }
        return (result, nulls)
    case (.single(let x), .values(let ys, let nulls)):
        let result = ys.withUnsafeBufferPointer { ys in
            [R](unsafeUninitializedCapacity: ys.count) { output, initialized in
                for index in 0..<ys.count { output.initializeElement(at: index, to: body(x, ys[index])) }
                initialized = ys.count
            }
        }
        return (result, nulls)
    case (.values(let xs, let xNulls), .values(let ys, let yNulls)):
        let result = xs.withUnsafeBufferPointer { xs in
            ys.withUnsafeBufferPointer { ys in
                let count = min(xs.count, ys.count)
                return [R](unsafeUninitializedCapacity: count) { output, initialized in
                    for index in 0..<count { output.initializeElement(at: index, to: body(xs[index], ys[index])) }
                    initialized = count
                }
            }
        }
        return (result, NullMask.union(xNulls, yNulls))
    }
}

/// The rows for which `body` is true and nothing is NULL; among `rows` if given, else among all.
@inline(__always)
func select<A, B>(_ a: Lane<A>, _ b: Lane<B>, count: Int, among rows: [Int]?, _ body: (A, B) -> Bool) -> [Int] {
    switch (a, b) {
    case (.null, _), (_, .null): return []
    case (.single(let x), .single(let y)): return body(x, y) ? rows ?? Array(0..<count) : []
    case (.values(let xs, let nulls), .single(let y)):
        return xs.withUnsafeBufferPointer { xs in
            selectRows(count: count, among: rows, nulls: nulls) { body(xs[$0], y) }
        }
    case (.single(let x), .values(let ys, let nulls)):
        return ys.withUnsafeBufferPointer { ys in
            selectRows(count: count, among: rows, nulls: nulls) { body(x, ys[$0]) }
        }
    case (.values(let xs, let xNulls), .values(let ys, let yNulls)):
        return xs.withUnsafeBufferPointer { xs in
            ys.withUnsafeBufferPointer { ys in
                selectRows(count: count, among: rows, nulls: NullMask.union(xNulls, yNulls)) { body(xs[$0], ys[$0]) }
            }
        }
    }
}

/// Rows for which `body` is true, without branches: each row is written, and the position moves on for hits only.
@inline(__always)
func selectRows(count: Int, among rows: [Int]?, nulls: [Bool]?, _ body: (Int) -> Bool) -> [Int] {
    let capacity = rows?.count ?? count
    return [Int](unsafeUninitializedCapacity: capacity) { output, selected in
        guard let base = output.baseAddress else { return }
        var position = 0
        if let rows {
            if let nulls {
                for row in rows {
                    base[position] = row
                    position += body(row) && !nulls[row] ? 1 : 0
                }
            } else {
                for row in rows {
                    base[position] = row
                    position += body(row) ? 1 : 0
                }
            }
        } else if let nulls {
            nulls.withUnsafeBufferPointer { nulls in
                for row in 0..<count {
                    base[position] = row
                    let hit = body(row)
                    position += (hit ? 1 : 0) & (nulls[row] ? 0 : 1)
                }
            }
        } else {
            for row in 0..<count {
                base[position] = row
                position += body(row) ? 1 : 0
            }
        }
        selected = position
    }
}

extension Operand {
    static func integers(_ mapped: Mapped<Int64>, _ type: DataType = .integer) -> Operand {
        guard let mapped else { return .allNull(type) }
        return .column(Column(type: type, storage: .integers(mapped.values), nulls: mapped.nulls))
    }

    static func reals(_ mapped: Mapped<Double>) -> Operand {
        guard let mapped else { return .allNull(.real) }
        return .column(Column(type: .real, storage: .reals(mapped.values), nulls: mapped.nulls))
    }

    static func booleans(_ mapped: Mapped<Bool>) -> Operand {
        guard let mapped else { return .allNull(.boolean) }
        return .column(Column(type: .boolean, storage: .booleans(mapped.values), nulls: mapped.nulls))
    }
}
