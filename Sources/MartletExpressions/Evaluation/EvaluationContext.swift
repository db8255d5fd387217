// What expressions see of the execution that they are part of.

package import MartletCore

/// The surroundings of one execution of a statement.
///
/// `@unchecked Sendable` is sound because a context is used by one thread at a time: a parallel worker gets its own
/// from `forWorker`, and only immutable parts and the cancellation flag are shared.
package final class EvaluationContext: @unchecked Sendable {
    package let parameters: [Value]
    /// Microseconds since 1970-01-01 UTC, injected: the same for the whole statement.
    package let statementTime: Int64
    package let cancellation: Cancellation
    /// Bytes that one hash table, sort or aggregate may hold.
    package let memoryLimitBytes: Int
    package var random: SeededRandom
    /// Rows around the subquery that runs now; the innermost last.
    package var outerRows: [[Value]] = []
    /// PRAGMA division_by_zero = null.
    package var dividesByZeroToNull = false
    package weak var subqueryEvaluator: (any SubqueryEvaluator)?
    /// The models that predict() asks for; nil where there are none.
    package var models: (any ModelSource)?
    private let seed: UInt64
    /// Results of uncorrelated subqueries, by the reference's id.
    var subqueryResults: [Int: SubqueryResult] = [:]

    /// Results of correlated subqueries, by the reference's id.
    var subqueryMemos: [Int: SubqueryMemo] = [:]

    enum SubqueryResult {
        case scalar(Value)
        case exists(Bool)
        case values(ValueSet)
        case rows(RowSet)
    }

    package init(
        parameters: [Value] = [], statementTime: Int64 = 0, seed: UInt64 = 0,
        cancellation: Cancellation = Cancellation(), memoryLimitBytes: Int = 1 << 30,
        subqueryEvaluator: (any SubqueryEvaluator)? = nil
    ) {
        self.parameters = parameters
        self.statementTime = statementTime
        self.seed = seed
        self.random = SeededRandom(seed: seed)
        self.cancellation = cancellation
        self.memoryLimitBytes = memoryLimitBytes
        self.subqueryEvaluator = subqueryEvaluator
    }

    /// A context for part `number` of the work, to be used by one other thread; its random numbers depend on the
    /// number of the part, not on the thread.
    package func forWorker(_ number: Int) -> EvaluationContext {
        let copy = EvaluationContext(
            parameters: parameters, statementTime: statementTime,
            seed: SeededRandom.mix(seed &+ UInt64(truncatingIfNeeded: number) &+ 1), cancellation: cancellation,
            memoryLimitBytes: memoryLimitBytes, subqueryEvaluator: subqueryEvaluator)
        copy.outerRows = outerRows
        copy.dividesByZeroToNull = dividesByZeroToNull
        copy.subqueryResults = subqueryResults
        return copy
    }

    /// Calls `body` with `row` as the innermost outer row.
    package func withOuterRow<R>(_ row: [Value], _ body: () throws(Diagnostic) -> R) throws(Diagnostic) -> R {
        outerRows.append(row)
        defer { outerRows.removeLast() }
        return try body()
    }
}
