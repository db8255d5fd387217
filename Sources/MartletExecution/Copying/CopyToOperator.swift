// COPY … TO a file.

import MartletCore
import MartletFormats
import MartletPlanning

/// Writes a query's rows; the file appears whole when all is written. One row with the number of rows.
final class CopyToOperator: Operator {
    private let context: ExecutionContext
    private let input: any Operator
    private let plan: CopyToPlan
    private let columnNames: [String]
    private var isDone = false

    init(_ context: ExecutionContext, _ input: any Operator, _ plan: CopyToPlan) {
        self.context = context
        self.input = input
        self.plan = plan
        columnNames = plan.columnNames
    }

    func next() throws(Diagnostic) -> Batch? {
        if isDone { return nil }
        isDone = true
        let sink = try ByteSink(path: plan.path)
        let writer = try makeWriter(sink)
        var count = 0
        while let batch = try input.next() {
            try context.cancellation.check()
            for row in 0..<batch.count { try writer.write(batch.row(row)) }
            count += batch.count
            context.progress?(Progress(stage: "copy", rowsDone: count))
        }
        try writer.finish()
        try sink.finish()
        return StatementRows.count(count)
    }

    private func makeWriter(_ sink: ByteSink) throws(Diagnostic) -> any MartletFormats.RowWriter {
        switch plan.options.format {
        case .jsonl: return JSONLinesWriter(sink, columnNames: columnNames)
        case .csv, .tsv:
            var dialect = plan.options.format == .tsv ? CSVDialect.tsv : CSVDialect.csv
            dialect.delimiter = plan.options.delimiter
            dialect.hasHeader = plan.options.hasHeader
            dialect.nullText = Array(plan.options.nullText.utf8)
            return try CSVWriter(sink, columnNames: columnNames, dialect: dialect)
        }
    }
}
