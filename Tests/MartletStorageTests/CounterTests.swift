// Counters through commits, undone changes, and files of the first version.

import MartletCore
import MartletStorage
import Testing

@Suite struct CounterTests {
    private func count(_ environment: Environment, _ object: UInt32) throws -> Int64 {
        try environment.read { (view) throws(Diagnostic) in try view.counter(object) }
    }

    private func floating(_ environment: Environment) throws -> FloatingCounter? {
        try environment.read { (view) throws(Diagnostic) in try FloatingCounter.read(view) }
    }

    /// Adds rows to an object and counts them.
    private func add(
        _ environment: Environment, _ numbers: Range<Int>, to object: UInt32, keysPerRow: Int = 1
    ) throws {
        try environment.write { (t) throws(Diagnostic) in
            for number in numbers {
                for key in 0..<keysPerRow {
                    try t.view.put(rowKey(number, object: object + UInt32(key) * 1_000), [1])
                }
            }
            t.view.addToCounter(object, Int64(numbers.count))
        }
    }

    @Test func singleRowsLeaveTheRecordAlone() throws {
        let environment = try Environment.temporary()
        try add(environment, 0..<5, to: 7)
        let record = try floating(environment)
        #expect(record?.object == 7)
        for number in 5..<50 { try add(environment, number..<(number + 1), to: 7) }
        #expect(try floating(environment) == record)
        #expect(try count(environment, 7) == 50)
    }

    @Test func countsSeveralKeysForARow() throws {
        let environment = try Environment.temporary()
        for number in 0..<10 { try add(environment, number..<(number + 1), to: 7, keysPerRow: 3) }
        #expect(try floating(environment)?.step == 3)
        #expect(try count(environment, 7) == 10)
        // With other keys for a row the record is written anew.
        try add(environment, 10..<15, to: 7, keysPerRow: 1)
        #expect(try count(environment, 7) == 15)
    }

    @Test func followsWhatWasChangedLast() throws {
        let environment = try Environment.temporary()
        var expected: [UInt32: Int64] = [7: 0, 8: 0, 9: 0]
        for (number, object) in [7, 8, 8, 7, 9, 9, 7, 8].enumerated() as EnumeratedSequence<[UInt32]> {
            try add(environment, number..<(number + 1), to: object)
            expected[object, default: 0] += 1
            for (object, count) in expected { #expect(try self.count(environment, object) == count) }
        }
        try environment.write { (t) throws(Diagnostic) in
            // Two tables and something else at once.
            for object in [7, 9] as [UInt32] {
                try t.view.put(rowKey(500, object: object), [1])
                t.view.addToCounter(object, 1)
                #expect(try t.view.counter(object) == expected[object, default: 0] + 1)
            }
            try t.view.put(rowKey(1, object: 600), [1])
        }
        #expect(try count(environment, 7) == 4)
        #expect(try count(environment, 8) == 3)
        #expect(try count(environment, 9) == 3)
    }

    @Test func otherKeysDoNotCount() throws {
        let environment = try Environment.temporary()
        try add(environment, 0..<5, to: 7)
        try environment.write { (t) throws(Diagnostic) in try t.view.put(rowKey(1, object: 600), [1]) }
        try environment.write { (t) throws(Diagnostic) in try t.view.put(rowKey(1, object: 600), [2]) }
        #expect(try count(environment, 7) == 5)
        try environment.write { (t) throws(Diagnostic) in _ = try t.view.delete(rowKey(1, object: 600)) }
        #expect(try count(environment, 7) == 5)
    }

    @Test func undoneChangesDoNotCount() throws {
        let environment = try Environment.temporary()
        try add(environment, 0..<5, to: 7)
        try environment.write { (t) throws(Diagnostic) in
            try? t.nested { (child) throws(Diagnostic) in
                try child.view.put(rowKey(10, object: 7), [1])
                child.view.addToCounter(7, 1)
                #expect(try child.view.counter(7) == 6)
                throw Diagnostic(.check, "no")
            }
            #expect(try t.view.counter(7) == 5)
            try t.nested { (child) throws(Diagnostic) in
                try child.view.put(rowKey(11, object: 7), [1])
                child.view.addToCounter(7, 1)
            }
        }
        #expect(try count(environment, 7) == 6)
        let transaction = try environment.beginInteractive()
        try transaction.perform { (t) throws(Diagnostic) in
            try t.view.put(rowKey(12, object: 7), [1])
            t.view.addToCounter(7, 1)
        }
        try transaction.savepoint("a")
        try transaction.perform { (t) throws(Diagnostic) in
            try t.view.put(rowKey(13, object: 7), [1])
            t.view.addToCounter(7, 1)
        }
        #expect(try transaction.read { (view) throws(Diagnostic) in try view.counter(7) } == 8)
        try transaction.rollback(to: "a")
        #expect(try transaction.read { (view) throws(Diagnostic) in try view.counter(7) } == 7)
        try transaction.commit()
        #expect(try count(environment, 7) == 7)
    }

    @Test func emptiedCountersAreGone() throws {
        let environment = try Environment.temporary()
        try add(environment, 0..<5, to: 7)
        try add(environment, 0..<5, to: 8)
        try environment.write { (t) throws(Diagnostic) in
            try t.view.deleteAll(KeyPrefix(.row, 7))
            t.view.addToCounter(7, -5)
        }
        try add(environment, 5..<6, to: 8)
        #expect(try count(environment, 7) == 0)
        #expect(try count(environment, 8) == 6)
        let stored = try environment.read { (view) throws(Diagnostic) in
            try view.get(KeyWriter(KeyPrefix(.counter, 7)))
        }
        #expect(stored == nil)
    }

    @Test func filesOfTheFirstVersionGoOn() throws {
        let file = TestFile()
        let first = [UInt8]("MARTLET\0".utf8) + [1, 0, 0, 0]
        func version(_ environment: Environment) throws -> UInt8? {
            try environment.read { (view) throws(Diagnostic) in try view.get(FormatRecord.key)?[8] }
        }
        do {
            let environment = try Environment.open(file.path)
            try environment.write { (t) throws(Diagnostic) in
                try t.view.put(FormatRecord.key, first)
                try t.view.put(KeyPrefix(.counter, 7).bytes, [3, 0, 0, 0, 0, 0, 0, 0])
                for number in 0..<3 { try t.view.put(rowKey(number, object: 7), [1]) }
            }
        }
        let environment = try Environment.open(file.path)
        #expect(try count(environment, 7) == 3)
        #expect(try version(environment) == 1)
        try add(environment, 3..<4, to: 7)
        #expect(try count(environment, 7) == 4)
        #expect(try version(environment) == UInt8(Environment.formatVersion))
    }

    @Test func damagedRecordsAreReported() throws {
        let environment = try Environment.temporary()
        try add(environment, 0..<5, to: 7)
        for bytes in [[1, 2, 3], [7, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 8)] as [[UInt8]] {
            #expect(
                code {
                    try environment.write { (t) throws(Diagnostic) in try t.view.put(FloatingCounter.key, bytes) }
                    _ = try count(environment, 7)
                } == .corrupt)
        }
    }
}
