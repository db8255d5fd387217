// The progress line's text and its pace.

import MartletCore
import MartletShell
import Synchronization
import Testing

@Suite struct ProgressLineTests {
    private final class Screen: Sendable {
        let time = Mutex(Duration.zero)
        let text = Mutex("")

        func line() -> ProgressLine {
            ProgressLine(
                width: { 60 }, now: { self.time.withLock { $0 } },
                write: { piece in self.text.withLock { $0 += piece } })
        }

        func take() -> String {
            text.withLock { text in
                defer { text = "" }
                return text
            }
        }
    }

    @Test func atMostTenTimesASecond() {
        let screen = Screen()
        let line = screen.line()
        line.begin()
        line.report(Progress(stage: "copy", rowsDone: 10))
        #expect(screen.take() == "\r\u{1B}[Kcopy: 10 rows")
        screen.time.withLock { $0 = .milliseconds(50) }
        line.report(Progress(stage: "copy", rowsDone: 20))
        #expect(screen.take() == "")
        screen.time.withLock { $0 = .milliseconds(500) }
        line.report(Progress(stage: "copy", rowsDone: 1_500, rowsTotal: 3_000))
        #expect(screen.take() == "\r\u{1B}[Kcopy: 1,500 of 3,000 rows, 50 %, 3,000 rows/s")
        screen.time.withLock { $0 = .milliseconds(1_000) }
        line.report(Progress(stage: "copy", rowsDone: 2_000, bytesDone: 1 << 20, bytesTotal: 4 << 20))
        #expect(screen.take() == "\r\u{1B}[Kcopy: 2,000 rows, 25 % of the file, 2,000 rows/s")
        line.clear()
        #expect(screen.take() == "\r\u{1B}[K")
        line.clear()
        #expect(screen.take() == "")
    }

    @Test func shardsAreAddedUp() {
        let screen = Screen()
        let line = screen.line()
        line.report(Progress(stage: "fit", shard: 1, rowsDone: 10, rowsTotal: 100))
        #expect(screen.take().hasSuffix("fit shard 1: 10 of 100 rows, 10 %"))
        screen.time.withLock { $0 = .milliseconds(100) }
        line.report(Progress(stage: "fit", shard: 2, rowsDone: 40, rowsTotal: 100))
        #expect(screen.take().hasSuffix("fit 2 shards: 50 of 200 rows, 25 %"))
    }
}
