// Whole files are found whole, and damage is found.

import MartletCore
import MartletStorage
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite struct IntegrityCheckTests {
    private func fill(_ environment: Environment) throws {
        for round in 0..<5 {
            try environment.write { (t) throws(Diagnostic) in
                for number in 0..<3_000 {
                    try t.view.put(rowKey(number * 5 + round), [UInt8](repeating: 1, count: number % 200))
                }
                try t.view.put(rowKey(100_000), reserving: 100_000) { _ in }
                try t.view.delete(from: rowKey(round * 1_000).bytes, upTo: rowKey(round * 1_000 + 500).bytes)
            }
        }
    }

    @Test func findsNothingInAWholeFile() throws {
        let environment = try Environment.temporary()
        #expect(try environment.integrityCheck().isEmpty)
        let file = TestFile()
        let filled = try Environment.open(file.path)
        try fill(filled)
        #expect(try filled.integrityCheck() == [])
        #expect(try filled.integrityCheck([.row: { _, value in value.count == 7 ? "seven" : nil }]).contains("seven"))
        let statistics = try filled.pageStatistics()
        #expect(statistics.keyCount > 10_000 && statistics.leafPages > 10 && statistics.overflowPages > 10)
        #expect(statistics.usedBytes <= file.byteCount + statistics.pageBytes * 64)
    }

    /// Every page is overwritten in turn; the walk must survive, and usually complain.
    @Test func findsDamagedPages() throws {
        let file = TestFile()
        do { try fill(try Environment.open(file.path)) }
        let descriptor = open(file.path, O_RDWR)
        defer { close(descriptor) }
        var random = SeededRandom(seed: 1)
        var original = [UInt8](repeating: 0, count: 4_096)
        var found = 0
        for page in 2..<off_t(file.byteCount / 4_096) {
            original.withUnsafeMutableBytes { _ = pread(descriptor, $0.baseAddress, 4_096, page * 4_096) }
            var damaged = original
            for index in 0..<64 { damaged[index] = UInt8.random(in: 0...255, using: &random) }
            damaged.withUnsafeBytes { _ = pwrite(descriptor, $0.baseAddress, 4_096, page * 4_096) }
            var walker = PageWalker(file: descriptor, pageBytes: 4_096)
            if let problems = walker.walk(transactionID: nil), !problems.isEmpty { found += 1 }
            original.withUnsafeBytes { _ = pwrite(descriptor, $0.baseAddress, 4_096, page * 4_096) }
        }
        #expect(found > 20)
    }
}
