// Indexes of feedback in memory, shared by all statements of a database.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletRetrieval
import MartletStorage
import MartletText
import Synchronization

/// A deployment's feedback as far as it was read.
final class LoadedFeedback {
    fileprivate let index: FeedbackIndex
    fileprivate var mark = FeedbackStore.Mark()
    fileprivate var associations: Synonyms?
    /// Whether it has only what was committed.
    fileprivate var isCommitted = true
    private let analyzer: Analyzer

    fileprivate init(_ model: RetrievalModel?, _ definition: AnalyzerDefinition) throws(Diagnostic) {
        let analyzer = try Analyzer(definition)
        self.analyzer = analyzer
        index = FeedbackIndex(model, terms: { Self.terms(of: $0, analyzer) })
    }

    private static func terms(of text: String, _ analyzer: Analyzer) -> [[UInt8]] {
        analyzer.queryTokens(of: text).map { Array(analyzer.bytes(ofTerm: Int($0.term))) }
    }

    var isEmpty: Bool { index.isEmpty }

    func related(to text: String) -> [FeedbackRelation] { index.related(to: text) }

    /// The terms of the phrases that mean the same as some of the text.
    func additions(to text: String) -> [[UInt8]] {
        guard let associations else { return [] }
        return associations.additions(to: Self.terms(of: text, analyzer))
    }

    /// Reads what has come since.
    fileprivate func read(
        to mark: FeedbackStore.Mark, _ deployment: String, _ table: Table, _ view: TransactionView
    ) throws(Diagnostic) {
        let known = index.associations.count
        try FeedbackStore.read(after: self.mark.lastID, view) { row in
            guard case .text(let name) = row[FeedbackStore.Place.deployment], name.matches(deployment),
                let record = FeedbackStore.record(row, documentsOf: table)
            else { return }
            index.add(record)
        }
        self.mark = mark
        guard index.associations.count > known else { return }
        associations = Synonyms(
            index.associations.flatMap { [($0.phrase, $0.other), ($0.other, $0.phrase)] }, analyzer: analyzer)
    }
}

/// Idle indexes, the one used last at the end, each lent to one statement at a time. What a transaction has not committed
/// is never kept.
package final class FeedbackCache: Sendable {
    private static let limit = 8

    struct Key: Hashable {
        var deployment: String
        var table: UInt32
        var index: UInt32
        var digest: String
    }

    /// `@unchecked Sendable`: an index is either here, under the mutex, or with the one statement that took it.
    private struct Idle: @unchecked Sendable {
        var entries: [(key: Key, feedback: LoadedFeedback)] = []
    }

    private let idle = Mutex(Idle())

    package init() {}

    /// The feedback that a snapshot has; nil where there is none.
    ///
    /// - Parameter model: what the deployment serves, if it learned anything.
    /// - Throws: `corrupt`.
    func take(
        _ key: Key, _ table: Table, _ view: TransactionView, _ definition: AnalyzerDefinition,
        model: () -> RetrievalModel?
    ) throws(Diagnostic) -> LoadedFeedback? {
        guard let mark = try FeedbackStore.mark(view) else { return nil }
        let known = idle.withLock { idle -> Idle in
            guard let place = idle.entries.lastIndex(where: { $0.key == key }) else { return Idle() }
            return Idle(entries: [idle.entries.remove(at: place)])
        }
        if let feedback = known.entries.first?.feedback, feedback.mark.deletions == mark.deletions {
            if feedback.mark == mark { return feedback }
            if feedback.mark.lastID < mark.lastID, !view.isWritable {
                try feedback.read(to: mark, key.deployment, table, view)
                return feedback
            }
            // Another snapshot's, and good for that.
            put(feedback, key)
        }
        let feedback = try LoadedFeedback(model(), definition)
        feedback.isCommitted = !view.isWritable
        try feedback.read(to: mark, key.deployment, table, view)
        return feedback
    }

    /// Gives back what was taken.
    func put(_ feedback: LoadedFeedback, _ key: Key) {
        guard feedback.isCommitted else { return }
        let given = Idle(entries: [(key, feedback)])
        idle.withLock { idle in
            if idle.entries.count == Self.limit { idle.entries.removeFirst() }
            idle.entries += given.entries
        }
    }
}
