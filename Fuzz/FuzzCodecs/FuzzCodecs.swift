// Rows and keys: any bytes against any layout never trap, values come back, keys order as their values do.

import FuzzSupport
import MartletCore

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var input = ByteInput(data, count)
    let mode = input.number(below: 4)
    let types = (0..<1 + input.number(below: 12)).map { _ in DataType(fuzz: &input) }
    let orderBits = input.word16()
    let orders = types.indices.map { orderBits >> $0 & 1 == 0 ? KeyOrder.ascending : .descending }
    switch mode {
    case 0: decodeRow(input.rest(), types)
    case 1: decodeKey(input.rest(), types, orders)
    default: roundTrip(&input, types, orders)
    }
    return 0
}

/// Every way of reading a row, over bytes that nobody vouches for.
private func decodeRow(_ bytes: [UInt8], _ types: [DataType]) {
    let layout = RowLayout(types: types)
    withExactBytes(bytes) { bytes in
        let projection = RowProjection(
            layout: layout, columns: Array(types.indices), defaults: types.map { _ in .null })
        let columns = try? withUnsafePointer(to: bytes) { row throws(Diagnostic) in
            try projection.columns(of: UnsafeBufferPointer(start: row, count: 1))
        }
        if let columns { _ = Batch(columns: columns, count: 1).row(0) }
        guard let reader = try? RowReader(bytes, layout: layout) else { return }
        for column in types.indices {
            var builder = ColumnBuilder(type: types[column])
            let value = try? reader.value(column)
            _ = reader.isAbsent(column)
            _ = try? reader.bytes(column)
            if (try? reader.append(column, to: &builder)) != nil, let value {
                let built = builder.finish()
                require(same(built[0], value), "a column says \(built[0]) where the row says \(value)")
            }
        }
        guard reader.columnCount == types.count, let values = try? reader.values(), !values.isEmpty else { return }
        checkRow(values, types)
    }
}

private func decodeKey(_ bytes: [UInt8], _ types: [DataType], _ orders: [KeyOrder]) {
    withExactBytes(bytes) { bytes in
        var skipping = KeyReader(bytes)
        while !skipping.isAtEnd, (try? skipping.skip(orders[0])) != nil {}
        _ = try? skipping.rowNumber()
        guard let values = try? KeyReader.decode(bytes, types: types, orders: orders) else { return }
        let written = key(values, orders)
        let isExact = values.allSatisfy { if case .real(let real) = $0 { real != 0 && !real.isNaN } else { true } }
        require(!isExact || written.elementsEqual(bytes), "another key for \(values)")
    }
}

private func roundTrip(_ input: inout ByteInput, _ types: [DataType], _ orders: [KeyOrder]) {
    let first = types.map { value($0, &input) }
    let second = types.enumerated().map { input.byte() & 1 == 0 ? first[$0.offset] : value($0.element, &input) }
    checkRow(first, types)
    let keys = [key(first, orders), key(second, orders)]
    for (values, key) in [(first, keys[0]), (second, keys[1])] {
        withExactBytes(key) { bytes in
            guard let decoded = try? KeyReader.decode(bytes, types: types, orders: orders) else {
                fatalError("a key of \(values) cannot be read")
            }
            for (a, b) in zip(decoded, values) { require(equalInKeys(a, b), "\(values) came back as \(decoded)") }
        }
    }
    var isLess = false
    for index in types.indices {
        let (a, b) = orders[index] == .ascending ? (first[index], second[index]) : (second[index], first[index])
        if precedes(a, b) {
            isLess = true
            break
        }
        if precedes(b, a) { break }
    }
    require(keys[0].lexicographicallyPrecedes(keys[1]) == isLess, "keys of \(first) and \(second) are out of order")
}

private func checkRow(_ values: [Value], _ types: [DataType]) {
    let layout = RowLayout(types: types)
    var writer = RowWriter(layout: layout)
    do throws(Diagnostic) {
        try writer.write(values)
    } catch {
        fatalError("\(error)")
    }
    withExactBytes(writer.bytes) { bytes in
        guard let back = try? RowReader(bytes, layout: layout).values() else { fatalError("\(values) cannot be read") }
        for (a, b) in zip(back, values) { require(same(a, b), "\(values) came back as \(back)") }
        // A table that has gained a column since.
        let wider = RowLayout(types: types + [.integer])
        guard
            let grown = try? RowReader(bytes, layout: wider).values(defaults: types.map { _ in .null } + [.integer(7)])
        else { fatalError("\(values) cannot be read with one column more") }
        require(grown.last == .integer(7), "the default of a new column")
    }
}

private func key(_ values: [Value], _ orders: [KeyOrder]) -> [UInt8] {
    var writer = KeyWriter()
    for (value, order) in zip(values, orders) { writer.append(value, order) }
    return writer.bytes
}

private func value(_ type: DataType, _ input: inout ByteInput) -> Value {
    if input.number(below: 6) == 0 { return .null }
    switch type {
    case .null: return .null
    case .boolean: return .boolean(input.byte() & 1 == 1)
    case .integer: return .integer(Int64(bitPattern: input.word()))
    case .timestamp: return .timestamp(Int64(bitPattern: input.word()))
    case .real: return .real(Double(bitPattern: input.word()))
    case .text: return .text(String(decoding: input.bytes(input.number(below: 24)), as: UTF8.self))
    case .json: return .json(String(decoding: input.bytes(input.number(below: 24)), as: UTF8.self))
    case .blob: return .blob(input.bytes(input.number(below: 24)))
    case .vector(let dimension, let element):
        var bytes = input.bytes(element.byteCount(dimension: dimension))
        while bytes.count < element.byteCount(dimension: dimension) { bytes.append(0) }
        return .vector(Vector(dimension: dimension, element: element, bytes: bytes))
    }
}

/// Equal to the bit: NaN is itself, and texts that are only canonically equal differ.
private func same(_ a: Value, _ b: Value) -> Bool {
    switch (a, b) {
    case (.real(let a), .real(let b)): a.bitPattern == b.bitPattern
    case (.text(let a), .text(let b)), (.json(let a), .json(let b)): a.utf8.elementsEqual(b.utf8)
    default: a == b
    }
}

/// Keys know one zero and one NaN.
private func equalInKeys(_ a: Value, _ b: Value) -> Bool {
    if case .real(let a) = a, case .real(let b) = b { return a == b || a.isNaN && b.isNaN }
    return same(a, b)
}

/// The order of the language for values of one type: NULL first, NaN last.
private func precedes(_ a: Value, _ b: Value) -> Bool {
    switch (a, b) {
    case (.null, .null): false
    case (.null, _): true
    case (_, .null): false
    case (.boolean(let a), .boolean(let b)): !a && b
    case (.integer(let a), .integer(let b)), (.timestamp(let a), .timestamp(let b)): a < b
    case (.real(let a), .real(let b)): a.isNaN ? false : b.isNaN || a < b
    case (.text(let a), .text(let b)), (.json(let a), .json(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    case (.blob(let a), .blob(let b)): a.lexicographicallyPrecedes(b)
    case (.vector(let a), .vector(let b)): a.bytes.lexicographicallyPrecedes(b.bytes)
    default: false
    }
}
