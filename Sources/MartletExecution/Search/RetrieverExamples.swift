// The examples of a TRAIN, as rows of the documents' table.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletRetrieval

/// Read from the snapshot of the documents.
struct RetrieverExamples: Sendable {
    var examples = RetrievalExamples()
    /// Examples whose document is not in the table.
    private(set) var unknownCount = 0
    /// The first of them by name.
    private(set) var unknownNames: [String] = []
    /// Examples without a query or a document.
    private(set) var emptyCount = 0
    /// Questions and documents that come from feedback.
    var feedbackCount = 0

    private static let namedCount = 5

    init() {}

    /// - Throws: `invalidJudgement` for an unknown document where the statement refuses them.
    init(_ subject: DocumentSubject, _ context: ExecutionContext) throws(Diagnostic) {
        guard let source = subject.examples, let key = subject.table.primaryKey.first else { return }
        let rowIDs = try Self.rowIDs(subject.table, key, context)
        let input = try OperatorBuilder(context).build(context.planned(source))
        while let batch = try input.next() {
            try context.cancellation.check()
            for row in 0..<batch.count {
                let document = batch.columns[1][row]
                guard case .text(let query) = batch.columns[0][row], !query.isEmpty, document != .null else {
                    emptyCount += 1
                    continue
                }
                guard let rowID = rowIDs[document] else {
                    if subject.refusesUnknown {
                        throw Diagnostic(
                            .invalidJudgement,
                            "the example of query '\(query)' names no document: \(Self.name(document))",
                            hint: "WITH (unknown_documents = 'skip') leaves such examples out")
                    }
                    unknownCount += 1
                    if unknownNames.count < Self.namedCount { unknownNames.append(Self.name(document)) }
                    continue
                }
                var grade: Float = 0
                if case .integer(let number) = batch.columns[2][row] { grade = Float(number) }
                examples.add(query: query, rowID: rowID, grade: grade)
            }
        }
        if let notice = notice(subject.table) {
            context.progress?(Progress(stage: "examples", rowsDone: examples.pairCount, notice: notice))
        }
    }

    private func notice(_ table: Table) -> String? {
        guard unknownCount > 0 else { return nil }
        let names = unknownNames.joined(separator: ", ") + (unknownCount > unknownNames.count ? ", …" : "")
        return unknownCount == 1
            ? "1 example names a document that table \(table.name) does not have, and is left out: \(names)"
            : "\(unknownCount) examples name documents that table \(table.name) does not have, and are left out: \(names)"
    }

    private static func name(_ key: Value) -> String {
        switch key {
        case .text(let text): text
        case .integer(let number): String(number)
        default: "\(key)"
        }
    }

    private static func rowIDs(
        _ table: Table, _ key: Int, _ context: ExecutionContext
    ) throws(Diagnostic) -> [Value: Int64] {
        var rowIDs: [Value: Int64] = [:]
        let rows = TableScanOperator(
            context, Scan(table: table, alias: table.name, columns: [key], includesRowID: true))
        while let batch = try rows.next() {
            for row in 0..<batch.count {
                if case .integer(let rowID) = batch.columns[1][row] { rowIDs[batch.columns[0][row]] = rowID }
            }
        }
        return rowIDs
    }
}
