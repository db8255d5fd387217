// RESUME RUN and RETRY RUN.

import MartletCatalog
import MartletCore
import MartletExecution
import MartletFormats
import MartletLanguage
import MartletPlanning
import MartletStorage

extension EngineSession {
    /// RETRY trains anew by the statement of an earlier run. RESUME goes on with a run that was cancelled or whose process
    /// ended, from the state that it kept last or, if it kept none, from the beginning: the result is the same.
    ///
    /// - Throws: `misplaced` for a run that goes on or has finished, `trainingFailed` where its rows have changed.
    func runAgain(
        _ action: JobAction, _ number: Int64, at range: SourceRange
    ) throws(Diagnostic) -> ResultStream {
        if isInTransaction {
            throw Diagnostic(
                .misplaced, "\(action.rawValue) RUN cannot run inside a transaction", at: range, hint: "COMMIT first")
        }
        let earlier = try earlierRun(action, number, at: range)
        let run = TrainingRun(
            self, statement: .train(earlier.train), text: earlier.text, parameters: .none, resumed: earlier.resumed)
        let columns = StatementResult.train.map { ResultColumn(name: $0.name, type: $0.type) }
        return ResultStream(columns: ResultColumns(columns), batches: [try run.run()])
    }

    /// Reads what is run again. Its snapshot is closed before anything trains: an open one would keep the file from growing.
    private func earlierRun(
        _ action: JobAction, _ number: Int64, at range: SourceRange
    ) throws(Diagnostic) -> (train: Train, text: String, resumed: TrainingRun.Resumed?) {
        let snapshot = ResultStream.Snapshot(try engine.environment.read())
        let view = snapshot.transaction.view
        let context = context(view, try engine.catalog(view), .none)
        guard let row = try SystemWriter.row(number, of: SystemTable.runs, context) else {
            throw Diagnostic(.unknownObject, "there is no run \(number)", at: range, hint: "SHOW RUNS")
        }
        func text(_ name: String) -> String {
            guard let column = SystemTable.runs.columnIndex(named: name), case .text(let text) = row[column] else {
                return ""
            }
            return text
        }
        let state = text("state")
        if state == RunRecord.State.running.rawValue {
            throw Diagnostic(.misplaced, "run \(number) goes on", at: range)
        }
        let statement = try? Parser.parseStatement(text("statement"))
        guard case .train(let train) = statement else {
            throw Diagnostic(.misplaced, "run \(number) is not of a TRAIN that can be run again", at: range)
        }
        var resumed: TrainingRun.Resumed?
        if action == .resume {
            if state == RunRecord.State.finished.rawValue {
                throw Diagnostic(
                    .misplaced, "run \(number) has finished", at: range, hint: "RETRY RUN \(number) trains anew")
            }
            guard text("engine") == RunRecord.engine else {
                throw Diagnostic(
                    .misplaced, "run \(number) was begun by \(text("engine")), this is \(RunRecord.engine)", at: range,
                    hint: "RETRY RUN \(number) trains anew")
            }
            resumed = TrainingRun.Resumed(run: number, parts: try RunCheckpoints.parts(of: number, view))
        }
        return (train, text("statement"), resumed)
    }
}
