// Moving about, and what happens to a cursor whose transaction writes or ends.

import MartletCore
import MartletStorage
import Testing

@Suite struct CursorTests {
    private func filled() throws -> Environment {
        let environment = try Environment.temporary()
        try environment.write { (t) throws(Diagnostic) in
            for object in 1...3 {
                for number in 0..<10 { try t.view.put(rowKey(number * 2, object: UInt32(object)), [UInt8(number)]) }
            }
        }
        return environment
    }

    private func number(_ cursor: inout Cursor) throws -> Int64 {
        var reader = KeyReader(cursor.keySuffix)
        return try reader.rowNumber()
    }

    @Test func staysWithinItsPrefix() throws {
        let environment = try filled()
        let transaction: ReadTransaction = try environment.read()
        #expect(try transaction.view.rowNumbers(object: 2) == Array(stride(from: 0, to: 20, by: 2)))
        var cursor = try transaction.view.cursor(KeyPrefix(.row, 2))
        var backwards: [Int64] = []
        while try cursor.previous() { backwards.append(try number(&cursor)) }
        #expect(backwards == Array(stride(from: 18, through: 0, by: -2)))
        #expect(try cursor.next())
        #expect(try number(&cursor) == 0)
        #expect(try cursor.last())
        #expect(try number(&cursor) == 18)
        #expect(try !cursor.next())
        #expect(cursor.key.isEmpty)
        #expect(try !cursor.next())
        #expect(try cursor.previous())
        #expect(try number(&cursor) == 18)
        var nothing = try transaction.view.cursor(KeyPrefix(.row, 9))
        #expect(try !nothing.first())
        #expect(try !nothing.last())
        var end = try transaction.view.cursor(prefix: [0xFF])
        #expect(try !end.last())
    }

    @Test func seeks() throws {
        let environment = try filled()
        let transaction: ReadTransaction = try environment.read()
        var cursor = try transaction.view.cursor(KeyPrefix(.row, 2))
        #expect(try cursor.seek(toOrAfter: rowKey(5, object: 2)))
        #expect(try number(&cursor) == 6)
        #expect(try !cursor.seek(toOrAfter: rowKey(19, object: 2)))
        #expect(try cursor.seek(toOrAfter: rowKey(5, object: 1)))
        #expect(try number(&cursor) == 0)
        #expect(try cursor.seek(lastBefore: rowKey(6, object: 2)))
        #expect(try number(&cursor) == 4)
        #expect(try cursor.seek(lastBefore: rowKey(100, object: 2)))
        #expect(try number(&cursor) == 18)
        #expect(try !cursor.seek(lastBefore: rowKey(0, object: 2)))
        var long = rowKey(5, object: 2)
        long.append(text: String(repeating: "x", count: 10_000))
        #expect(try cursor.seek(toOrAfter: long))
        #expect(try number(&cursor) == 6)
        #expect(try transaction.view.get(long) == nil)
    }

    @Test func throwsAfterTheEnd() throws {
        let environment = try filled()
        let transaction: ReadTransaction = try environment.read()
        let view = transaction.view
        var cursor = try view.cursor(KeyPrefix(.row, 2))
        #expect(try cursor.next())
        transaction.end()
        #expect(throws: Diagnostic.self) { _ = try view.get(rowKey(1)) }
        do {
            _ = try cursor.next()
            Issue.record("moved after the end")
        } catch {
            #expect(error.code == .noTransaction)
        }
        var kept: WriteView?
        try environment.write { (t) throws(Diagnostic) in
            kept = t.view
            var inside = try t.view.cursor(KeyPrefix(.row, 2))
            _ = try inside.next()
        }
        #expect(throws: Diagnostic.self) { try kept?.put(rowKey(1), [1]) }
        #expect(kept?.isLive == false)
    }

    /// Random writes while a cursor walks, against a sorted array.
    @Test(arguments: 0..<20 as Range<UInt64>) func followsWrites(seed: UInt64) throws {
        let environment = try Environment.temporary()
        try environment.write { (t) throws(Diagnostic) in
            var random = SeededRandom(seed: seed)
            var model = Set<Int>()
            for _ in 0..<300 {
                let number = Int.random(in: 0..<1_000, using: &random)
                model.insert(number)
                try t.view.put(rowKey(number), [UInt8](repeating: 1, count: 200))
            }
            var cursor = try t.view.cursor(KeyPrefix(.row, 1))
            var place = -1
            while try cursor.next() {
                var reader = KeyReader(cursor.keySuffix)
                let number = Int(try reader.rowNumber())
                let expected = model.filter { $0 > place }.min()
                #expect(number == expected, "seed \(seed)")
                place = number
                for _ in 0..<3 {
                    let other = Int.random(in: 0..<1_000, using: &random)
                    switch Int.random(in: 0..<5, using: &random) {
                    case 0:
                        _ = try t.view.delete(rowKey(other))
                        model.remove(other)
                    case 1:
                        try t.view.put(rowKey(other), [UInt8](repeating: 2, count: 300))
                        model.insert(other)
                    case 2 where model.contains(number):
                        try cursor.deleteCurrent()
                        model.remove(number)
                        #expect(cursor.key.isEmpty)
                    case 3 where model.contains(number):
                        let replacement = [UInt8](repeating: 3, count: 50)
                        try replacement.withRawBytes { (bytes) throws(Diagnostic) in
                            try cursor.replaceCurrent(with: bytes)
                        }
                        #expect(cursor.value.elementsEqual(replacement))
                    default:
                        _ = try t.view.delete(rowKey(number))
                        model.remove(number)
                    }
                }
            }
            #expect(model.filter { $0 > place }.isEmpty, "seed \(seed)")
            #expect(try t.view.rowNumbers() == model.sorted(), "seed \(seed)")
        }
        #expect(try environment.read { (view) throws(Diagnostic) in try view.keyCount() } > 0)
    }
}
