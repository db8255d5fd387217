// Large files get free pages that lie side by side; small ones do not grow for it.

import MartletCore
import MartletStorage
import Testing

@Suite struct FreePagesTests {
    private func fill(_ environment: Environment, bytes: Int) throws {
        let value = [UInt8](repeating: 7, count: 1_000)
        try environment.write { (t) throws(Diagnostic) in
            for number in 0..<bytes / 1_000 {
                try rowKey(number).bytes.withRawBytes { (key) throws(Diagnostic) in
                    try value.withRawBytes { (value) throws(Diagnostic) in try t.view.append(key, value) }
                }
            }
        }
    }

    @Test func largeFilesGetAStretchOnce() throws {
        let environment = try Environment.temporary()
        try fill(environment, bytes: 30_000_000)
        var sizes: [Int] = []
        for number in 0..<100 {
            try environment.write { (t) throws(Diagnostic) in
                try t.view.put(rowKey(number), [UInt8(number)])
                t.view.addToCounter(1, 0)
            }
            sizes.append(try environment.pageStatistics().usedBytes)
            #expect(try environment.integrityCheck().isEmpty)
        }
        // The stretch, and what its own commits take.
        let grown = (sizes.last ?? 0) - sizes[0]
        #expect(grown < 100 * 4_096)
        #expect(sizes[60...].allSatisfy { $0 == sizes[60] })
        #expect(try environment.read { (view) throws(Diagnostic) in try view.keyCount() } == 30_001)
    }

    @Test func smallFilesStaySmall() throws {
        let environment = try Environment.temporary()
        try fill(environment, bytes: 1_000_000)
        let before = try environment.pageStatistics().usedBytes
        for number in 0..<50 {
            try environment.write { (t) throws(Diagnostic) in try t.view.put(rowKey(number), [UInt8(number)]) }
        }
        #expect(try environment.pageStatistics().usedBytes < before + 40 * 4_096)
    }
}
