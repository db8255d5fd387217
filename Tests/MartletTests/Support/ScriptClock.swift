// A clock that gives every run of a script the same times.

import Synchronization

final class ScriptClock: Sendable {
    /// 2024-01-01 00:00:00 UTC, then a second a statement.
    private let microseconds = Atomic<Int64>(1_704_067_200_000_000)

    func next() -> Int64 { microseconds.wrappingAdd(1_000_000, ordering: .relaxed).oldValue }
}
