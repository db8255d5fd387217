// Order and errors of parallel work.

import MartletCore
import MartletKernels
import Testing

@Suite struct ParallelTests {
    @Test(arguments: [1, 2, 8]) func resultsComeInOrder(threads: Int) throws {
        let squares = try Parallel.map(count: 1_000, threads: threads) { (index) throws(Diagnostic) in index * index }
        #expect(squares == (0..<1_000).map { $0 * $0 })
        let none = try Parallel.map(count: 0, threads: threads) { (index) throws(Diagnostic) in index }
        #expect(none.isEmpty)
    }

    @Test(arguments: [1, 2, 8]) func theLowestFailureIsThrown(threads: Int) {
        #expect(throws: Diagnostic(.outOfRange, "part 3")) {
            try Parallel.map(count: 100, threads: threads) { (index) throws(Diagnostic) -> Int in
                if index >= 3 { throw Diagnostic(.outOfRange, "part \(index)") }
                return index
            }
        }
    }
}
