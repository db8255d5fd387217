// What a running statement tells.

import MartletCore
import MartletRuntime

extension Database {
    /// Runs a statement that tells of its progress: TRAIN, COPY, CREATE INDEX, EVALUATE.
    ///
    /// ```swift
    /// for try await event in database.run("TRAIN finder USING retriever ON docs (body) SHARDS 4") {
    ///     switch event {
    ///     case .progress(let step): print(step.stage, step.rowsDone, step.rowsTotal ?? 0)
    ///     case .finished(let rows): print(rows)
    ///     }
    /// }
    /// ```
    ///
    /// The statement starts when the iteration does, and anew for each iteration. Leaving the loop, or cancelling its
    /// Task, cancels the statement: nothing of it remains, and an earlier version of a model goes on serving.
    public func run(_ sql: SQL) -> StatementEvents { StatementEvents(database: self, sql: sql) }
}

/// A step of a running statement.
public enum StatementEvent: Hashable, Sendable {
    case progress(StatementProgress)
    /// The statement's rows; the last event.
    case finished([Row])
}

/// How far a running statement is.
public struct StatementProgress: Hashable, Sendable {
    /// The stage in a word: `spool`, `fit`, `publish`, `copy`, `index`, `evaluate`.
    public let stage: String
    /// The shard that reports, from 1; nil for the statement as a whole.
    public let shard: Int?
    public let rowsDone: Int
    /// nil when it is not known beforehand.
    public let rowsTotal: Int?
    /// How many bytes of a file COPY has read, and how many there are; nil where that is not known.
    public let bytesDone: Int?
    public let bytesTotal: Int?
    /// The epoch of a TRAIN that has ended, from 1; its mean loss, and the loss on the rows held out.
    public let epoch: Int?
    public let loss: Double?
    public let validationLoss: Double?
    /// A sentence about the input that is no error, such as examples that were left out; such an event tells nothing else.
    public let notice: String?

    init(_ progress: Progress) {
        stage = progress.stage
        shard = progress.shard
        rowsDone = progress.rowsDone
        rowsTotal = progress.rowsTotal
        bytesDone = progress.bytesDone
        bytesTotal = progress.bytesTotal
        epoch = progress.epoch
        loss = progress.loss
        validationLoss = progress.validationLoss
        notice = progress.notice
    }

    /// From 0 to 1; nil when neither the number of rows nor the size of a file is known beforehand.
    public var fraction: Double? {
        if let rowsTotal { return rowsTotal > 0 ? min(1, Double(rowsDone) / Double(rowsTotal)) : 1 }
        guard let bytesDone, let bytesTotal else { return nil }
        return bytesTotal > 0 ? min(1, Double(bytesDone) / Double(bytesTotal)) : 1
    }
}

/// A running statement's progress, then its rows; see ``Database/run(_:)``.
public struct StatementEvents: AsyncSequence, Sendable {
    let database: Database
    let sql: SQL

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(Run(database, sql)) }

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let run: Run
        private var events: AsyncThrowingStream<StatementEvent, any Error>.Iterator
        private var isFinished = false

        init(_ run: Run) {
            self.run = run
            events = run.events.makeAsyncIterator()
        }

        /// - Throws: ``MartletError``, or `CancellationError` if the Task is cancelled.
        public mutating func next() async throws -> StatementEvent? {
            do {
                let event = try await events.next()
                if case .finished = event { isFinished = true }
                // The stream just ends in a cancelled Task, which must not look like success.
                if event == nil, !isFinished { try Task.checkCancellation() }
                return event
            } catch let error as MartletError where error.isCancellation && Task.isCancelled {
                throw CancellationError()
            }
        }
    }

    /// The statement; cancelled when nobody listens any more.
    final class Run: Sendable {
        private let session: Session
        private let job = StatementJob()
        let events: AsyncThrowingStream<StatementEvent, any Error>

        init(_ database: Database, _ sql: SQL) {
            let session = database.makeSession()
            let job = job
            self.session = session
            // A slow listener misses steps, never the end.
            events = AsyncThrowingStream(bufferingPolicy: .bufferingNewest(256)) { continuation in
                session.engineSession.progress = { progress in
                    continuation.yield(.progress(StatementProgress(progress)))
                }
                continuation.onTermination = { reason in
                    guard case .cancelled = reason else { return }
                    session.cancelForGood()
                    job.cancel()
                }
                let isArmed = job.arm(
                    run: {
                        do {
                            let rows = try session.query(sql)
                            continuation.yield(.finished(rows))
                            continuation.finish()
                        } catch {
                            continuation.finish(throwing: error)
                        }
                    }, drop: { continuation.finish(throwing: CancellationError()) })
                if isArmed { database.threads(for: sql).submit(job) }
            }
        }

        deinit {
            session.cancelForGood()
            job.cancel()
        }
    }
}
