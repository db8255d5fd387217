// Statements about projects, runs, models and versions as text.

import MartletCore

extension Printer {
    mutating func record(_ statement: RecordStatement) {
        switch statement {
        case .createProject(let name, let ifNotExists, _): create("PROJECT", ifNotExists, name)
        case .createExperiment(let name, let ifNotExists, let project, _):
            create("EXPERIMENT", ifNotExists, name)
            if let project { word(" IN", project) }
        case .createDataset(let name, let ifNotExists, let source, let options, _):
            create("DATASET", ifNotExists, name)
            switch source {
            case .select(let select):
                text += " AS "
                self.select(select)
            case .path(let path): clause("FROM", path)
            }
            self.options(options)
        case .useProject(let project, let experiment, _):
            word("USE PROJECT", project)
            if let experiment { word(" EXPERIMENT", experiment) }
        case .snapshotDataset(let name, let select, _):
            word("SNAPSHOT DATASET", name)
            if let select {
                text += " AS "
                self.select(select)
            }
        case .alterModel(let model, let action, _):
            text += "ALTER MODEL "
            self.model(model)
            modelAction(action)
        case .exportModel(let model, let path, let options, _):
            text += "EXPORT MODEL "
            self.model(model)
            clause("TO", path)
            self.options(options)
        case .importModel(let name, let path, let options, _):
            word("IMPORT MODEL", name)
            clause("FROM", path)
            self.options(options)
        case .copyModel(let model, let name, _):
            text += "COPY MODEL "
            self.model(model)
            word(" TO", name)
        case .log(let entry): log(entry)
        case .tagRun(let run, let tags, _):
            text += "TAG"
            clause("RUN", run)
            text += " "
            list(tags) { $0.expression($1) }
        case .exportArtifact(let name, let run, let path, _):
            text += "EXPORT"
            clause("ARTIFACT", name)
            clause("OF RUN", run)
            clause("TO", path)
        case .dropArtifact(let name, let run, _):
            text += "DROP"
            clause("ARTIFACT", name)
            clause("OF RUN", run)
        case .comment(let subject, let comment, _):
            text += "COMMENT ON "
            self.subject(subject)
            if let comment { clause("IS", comment) } else { text += " IS NULL" }
        case .lineage(let subject, _):
            text += "LINEAGE OF "
            self.subject(subject)
        case .compareRuns(let numbers, _):
            text += "COMPARE"
            runs(numbers)
        case .chart(let chart): self.chart(chart)
        case .report(let subject, let path, let options, _):
            text += "REPORT"
            switch subject {
            case .all: break
            case .runs(let numbers):
                text += " OF"
                runs(numbers)
            case .project(let name): word(" OF PROJECT", name)
            }
            clause("TO", path)
            self.options(options)
        default: version(statement)
        }
    }

    private mutating func version(_ statement: RecordStatement) {
        switch statement {
        case .commitVersion(let message, let options, _):
            text += "COMMIT VERSION"
            if let message {
                text += " "
                expression(message)
            }
            self.options(options)
        case .branch(let name, let from, _):
            word("BRANCH", name)
            revision(" FROM", from)
        case .switchBranch(let name, _): word("SWITCH BRANCH", name)
        case .tagVersion(let revision, let name, _):
            self.revision("TAG VERSION", revision)
            word(" AS", name)
        case .diff(let first, let second, _):
            revision("DIFF", first)
            revision(" TO", second)
        case .merge(let first, let branch, _):
            revision("MERGE", first)
            if let branch { word(" INTO", branch) }
        case .revert(let revision, _): self.revision("REVERT", revision)
        default: break
        }
    }

    private mutating func create(_ what: String, _ ifNotExists: Bool, _ identifier: Identifier) {
        word(ifNotExists ? "CREATE \(what) IF NOT EXISTS" : "CREATE \(what)", identifier)
    }

    private mutating func revision(_ keyword: String, _ revision: Revision?) {
        switch revision {
        case nil: break
        case .name(let name)?: word(keyword, name)
        case .number(let number, _)?: text += "\(keyword) \(number)"
        case .text(let digest, _)?: text += "\(keyword) \(Self.literal(digest))"
        }
    }

    private mutating func runs(_ numbers: [Expression]) {
        text += " RUNS "
        list(numbers) { $0.expression($1) }
    }

    private mutating func modelAction(_ action: ModelAction) {
        switch action {
        case .visibility(let visibility): text += " SET VISIBILITY \(visibility.rawValue)"
        case .stage(let stage): word(" SET STAGE", stage)
        case .alias(let alias): word(" SET ALIAS", alias)
        case .dropAlias(let alias): word(" DROP ALIAS", alias)
        case .lock: text += " LOCK"
        case .unlock: text += " UNLOCK"
        case .rename(let name): word(" RENAME TO", name)
        }
    }

    private mutating func log(_ entry: LogEntry) {
        text += "LOG \(entry.kind.rawValue) "
        expression(entry.name)
        clause(entry.kind == .artifact ? "AS" : "=", entry.value)
        clause("AT", entry.step)
        clause("TO RUN", entry.run)
    }

    private mutating func subject(_ subject: Subject) {
        switch subject {
        case .model(let model):
            text += "MODEL "
            self.model(model)
        case .run(let number):
            text += "RUN "
            expression(number)
        case .column(let table, let column):
            word("COLUMN", table)
            text += "."
            name(column)
        case .object(let kind, let name):
            text += "\(kind.rawValue) "
            self.name(name)
        }
    }

    private mutating func chart(_ chart: Chart) {
        word("CHART", chart.measure)
        if let by = chart.by { word(" BY", by) }
        text += " OF"
        switch chart.source {
        case .runs(let numbers): runs(numbers)
        case .select(let select):
            text += " ("
            self.select(select)
            text += ")"
        }
        clause("TO", chart.path)
        options(chart.options)
    }
}
