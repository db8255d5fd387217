// The line that tells how far a statement is, on a terminal.

package import MartletCore
import MartletFormats
import Synchronization

/// Draws one line over and over, at most ten times a second, and takes it away again. Safe from any thread.
package final class ProgressLine: Sendable {
    private struct State {
        var stage = ""
        /// Of the statement as a whole, and of each shard.
        var reports: [Int: Progress] = [:]
        var stageStart: Duration = .zero
        var lastDrawn: Duration?
        var isVisible = false
    }

    private let state = Mutex(State())
    private let width: @Sendable () -> Int?
    private let now: @Sendable () -> Duration
    private let write: @Sendable (String) -> Void

    private static let interval = Duration.milliseconds(100)
    private static let eraseLine = "\r\u{1B}[K"

    /// - Parameter now: time since any fixed moment.
    package init(
        width: @escaping @Sendable () -> Int?, now: @escaping @Sendable () -> Duration,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.width = width
        self.now = now
        self.write = write
    }

    package func report(_ progress: Progress) {
        let time = now()
        state.withLock { state in
            if progress.stage != state.stage {
                state.stage = progress.stage
                state.reports = [:]
                state.stageStart = time
            }
            state.reports[progress.shard ?? 0] = progress
            if let last = state.lastDrawn, time - last < Self.interval { return }
            state.lastDrawn = time
            state.isVisible = true
            let line = Self.line(state.stage, state.reports, elapsed: time - state.stageStart)
            write(Self.eraseLine + DisplayWidth.truncated(line, to: max(10, (width() ?? 80) - 1)))
        }
    }

    /// Takes the line away, before anything else is written.
    package func clear() {
        state.withLock { state in
            if state.isVisible { write(Self.eraseLine) }
            state.isVisible = false
        }
    }

    /// Forgets the last statement.
    package func begin() {
        state.withLock { $0 = State() }
    }

    static func line(_ stage: String, _ reports: [Int: Progress], elapsed: Duration) -> String {
        var done = 0
        var total: Int? = 0
        for report in reports.values {
            done = done.addingReportingOverflow(report.rowsDone).partialValue
            if let known = report.rowsTotal, let sum = total {
                total = sum.addingReportingOverflow(known).partialValue
            } else {
                total = nil
            }
        }
        var text = stage
        let shards = reports.keys.count { $0 > 0 }
        if shards == 1, let shard = reports.keys.max() { text += " shard \(shard)" }
        if shards > 1 { text += " \(shards) shards" }
        text += ": \(grouped(done))"
        if let total, total > 0 { text += " of \(grouped(total))" }
        text += " rows"
        if let total, total > 0 {
            text += ", \(Int(Double(done) / Double(total) * 100)) %"
        } else if let report = reports[0], let read = report.bytesDone, let size = report.bytesTotal, size > 0 {
            text += ", \(Int(min(1, Double(read) / Double(size)) * 100)) % of the file"
        }
        let seconds = elapsed / .seconds(1)
        if seconds >= 0.2 { text += ", \(grouped(Int(min(Double(done) / seconds, 1e15)))) rows/s" }
        return text
    }

    /// `1,234,567`
    static func grouped(_ number: Int) -> String {
        let digits = Array(String(number.magnitude))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }
}
