// Every part is run once, whatever the size of the team.

import MartletKernels
import Synchronization
import Testing

@Suite struct WorkerTeamTests {
    @Test(arguments: [1, 2, 5]) func everyPartOnce(threads: Int) {
        let team = WorkerTeam(threads: threads)
        for count in [0, 1, 2, 3, 100] {
            let calls = Mutex([Int](repeating: 0, count: count))
            team.run(count) { index in calls.withLock { $0[index] += 1 } }
            #expect(calls.withLock { $0 } == [Int](repeating: 1, count: count))
        }
    }

    @Test func manyShortPieces() {
        let team = WorkerTeam(threads: 3)
        let sum = Atomic<Int>(0)
        for _ in 0..<2_000 { team.run(4) { sum.add($0, ordering: .relaxed) } }
        #expect(sum.load(ordering: .relaxed) == 12_000)
    }

    @Test func rangesCoverEverything() {
        let team = WorkerTeam(threads: 2)
        let seen = Mutex(Set<Int>())
        team.forEachRange(1_001, step: 100) { range in
            seen.withLock { seen in for index in range { seen.insert(index) } }
        }
        #expect(seen.withLock { $0 } == Set(0..<1_001))
    }
}
