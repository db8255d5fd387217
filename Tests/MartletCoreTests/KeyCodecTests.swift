// Keys order as their values do, come back, and survive any bytes.

import MartletCore
import Testing

@Suite struct KeyCodecTests {
    @Test(arguments: 0..<40 as Range<UInt64>) func ordersAsTuples(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let types = (0..<3).map { _ in everyType[Int.random(in: 0..<everyType.count, using: &random)] }
        let orders = (0..<3).map { _ in Bool.random(using: &random) ? KeyOrder.ascending : .descending }
        let rows = (0..<60).map { _ in types.map { random.value($0) } }
        let keys = rows.map { row in
            var key = KeyWriter()
            for (value, order) in zip(row, orders) { key.append(value, order) }
            return key.bytes
        }
        for (i, a) in rows.enumerated() {
            let decoded = try keys[i].withRawBytes { (bytes) throws(Diagnostic) in
                try KeyReader.decode(bytes, types: types, orders: orders)
            }
            #expect(decoded == a, "seed \(seed)")
            for (j, b) in rows.enumerated() {
                var expected = false
                for part in 0..<3 {
                    let (first, second) = orders[part] == .ascending ? (a[part], b[part]) : (b[part], a[part])
                    if precedes(first, second) {
                        expected = true
                        break
                    }
                    if precedes(second, first) { break }
                }
                #expect(keys[i].lexicographicallyPrecedes(keys[j]) == expected, "seed \(seed): \(a) \(b)")
            }
        }
    }

    @Test func treatsBothZerosAsOneAndNaNAsLast() {
        func key(_ value: Double) -> [UInt8] {
            var key = KeyWriter()
            key.append(real: value)
            return key.bytes
        }
        #expect(key(0.0) == key(-0.0))
        #expect(key(.infinity).lexicographicallyPrecedes(key(.nan)))
        #expect(key(.nan) == key(-.nan))
    }

    @Test func writesColumnsAsValues() {
        var random = SeededRandom(seed: 4)
        for type in everyType {
            let values = (0..<50).map { _ in random.value(type) }
            var builder = ColumnBuilder(type: type)
            for value in values { builder.append(value) }
            let column = builder.finish()
            for (index, value) in values.enumerated() {
                var one = KeyWriter()
                var other = KeyWriter()
                one.append(value, .descending)
                other.append(column, at: index, .descending)
                #expect(one.bytes == other.bytes)
            }
        }
    }

    @Test func skipsParts() throws {
        var random = SeededRandom(seed: 5)
        for order in [KeyOrder.ascending, .descending] {
            var key = KeyWriter()
            for type in everyType { key.append(random.value(type), order) }
            key.append(rowNumber: -7)
            try key.withUnsafeBytes { (bytes) throws(Diagnostic) in
                var reader = KeyReader(bytes)
                for _ in everyType { try reader.skip(order) }
                #expect(try reader.rowNumber() == -7)
                #expect(reader.isAtEnd)
            }
        }
    }

    @Test func reportsCorruptBytes() {
        var random = SeededRandom(seed: 6)
        for _ in 0..<20_000 {
            let type = everyType[Int.random(in: 0..<everyType.count, using: &random)]
            var key = KeyWriter()
            key.append(random.value(type))
            var bytes = key.bytes
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
            case 1: bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            default: bytes.append(UInt8.random(in: 0...255, using: &random))
            }
            bytes.withRawBytes { bytes in
                do throws(Diagnostic) {
                    _ = try KeyReader.decode(bytes, types: [type])
                } catch {
                    #expect(error.code == .corrupt)
                }
            }
        }
    }

    @Test func limitsItsLength() {
        var key = KeyWriter()
        key.append(text: String(repeating: "x", count: Limits.keyBytes))
        #expect(throws: Diagnostic.self) { try key.checkLength() }
        key.truncate(to: Limits.keyBytes)
        #expect(throws: Never.self) { try key.checkLength() }
    }
}
