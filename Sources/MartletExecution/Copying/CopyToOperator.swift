// COPY … TO a file.

import MartletCore
import MartletFormats
import MartletPlanning

/// Writes a query's rows; the file appears whole when all is written. One row with the number of rows.
final class CopyToOperator: Operator {
    private let context: ExecutionContext
    private let input: any Operator
    private let plan: CopyToPlan
    private var isDone = false

    init(_ context: ExecutionContext, _ input: any Operator, _ plan: CopyToPlan) {
        self.context = context
        self.input = input
        self.plan = plan
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
        let names = plan.columnNames
        let types = plan.columnTypes
        switch plan.options.format {
        case .jsonl: return JSONLinesWriter(sink, columnNames: names)
        case .csv, .tsv: return try CSVWriter(sink, columnNames: names, dialect: plan.options.dialect)
        case .npy: return try NPYWriter(sink, columnNames: names, types: types)
        case .fvecs: return try VectorFileWriter(sink, of: .f4, columnNames: names, types: types)
        case .ivecs: return try VectorFileWriter(sink, of: .i4, columnNames: names, types: types)
        case .bvecs: return try VectorFileWriter(sink, of: .u1, columnNames: names, types: types)
        case .text, .images: throw Diagnostic(.unknownFormat, "a folder can only be read")
        }
    }
}
