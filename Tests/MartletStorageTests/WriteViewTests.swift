// Each kind of change.

import MartletCore
import MartletStorage
import Testing

@Suite struct WriteViewTests {
    @Test func appendsInAnyOrder() throws {
        let environment = try Environment.temporary()
        try environment.write { (t) throws(Diagnostic) in
            for number in [5, 6, 7, 3, 4, 8] {
                try [UInt8(number)].withRawBytes { (bytes) throws(Diagnostic) in
                    try t.view.append(rowKey(number), bytes)
                }
            }
            #expect(try t.view.rowNumbers() == [3, 4, 5, 6, 7, 8])
        }
    }

    @Test func insertsOnce() throws {
        let environment = try Environment.temporary()
        try environment.write { (t) throws(Diagnostic) in
            let (one, two): ([UInt8], [UInt8]) = ([1], [2])
            let first = try one.withRawBytes { (b) throws(Diagnostic) in try t.view.insert(rowKey(1), b) }
            let second = try two.withRawBytes { (b) throws(Diagnostic) in try t.view.insert(rowKey(1), b) }
            #expect(first && !second)
            #expect(try t.view.bytes(1) == [1])
        }
    }

    @Test func reservesLargeValues() throws {
        let environment = try Environment.temporary()
        try environment.write { (t) throws(Diagnostic) in
            try t.view.put(rowKey(1), reserving: 5_000_000) { $0[4_999_999] = 7 }
        }
        let transaction: ReadTransaction = try environment.read()
        let value = try #require(try transaction.view.get(rowKey(1)))
        #expect(value.count == 5_000_000)
        #expect(value[0] == 0 && value[4_999_999] == 7)
    }

    @Test func deletesRanges() throws {
        let environment = try Environment.temporary()
        try environment.write { (t) throws(Diagnostic) in
            for object in 1...3 {
                for number in 0..<1_000 { try t.view.put(rowKey(number, object: UInt32(object)), [1]) }
            }
            #expect(try t.view.deleteAll(KeyPrefix(.row, 2)) == 1_000)
            #expect(try t.view.delete(from: rowKey(100).bytes, upTo: rowKey(200).bytes) == 100)
            #expect(try t.view.rowNumbers(object: 1).count == 900)
            #expect(try t.view.rowNumbers(object: 2).isEmpty)
            #expect(try t.view.rowNumbers(object: 3).count == 1_000)
            #expect(try !t.view.delete(rowKey(150)))
        }
    }

    @Test func counts() throws {
        let environment = try Environment.temporary()
        let key = KeyWriter(KeyPrefix(.counter, 1))
        for expected in 1...3 {
            let number = try environment.write { (t) throws(Diagnostic) in try t.view.increment(key) }
            #expect(number == Int64(expected))
        }
        let failure = code {
            _ = try environment.write { (t) throws(Diagnostic) in try t.view.increment(key, by: .max) }
        }
        #expect(failure == .integerOverflow)
    }

    @Test func refusesLongKeys() throws {
        let environment = try Environment.temporary()
        let failure = code {
            try environment.write { (t) throws(Diagnostic) in
                try t.view.put([UInt8](repeating: 1, count: 512), [1])
            }
        }
        #expect(failure == .keyTooLong)
    }
}
