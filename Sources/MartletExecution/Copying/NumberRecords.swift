// Records of binary number files as rows of a table.

import MartletCatalog
import MartletCore
import MartletFormats
import MartletPlanning

/// A record fills one VECTOR or JSON column, or as many numeric columns as it has numbers.
final class NumberRecords: RecordReader {
    private enum Target {
        /// One column takes the record whole.
        case whole(Int)
        /// A column a number.
        case numbers([Int])
    }

    private let reader: NumberRecordReader
    private let table: Table
    private let target: Target
    private let isFilled: [Bool]

    init(_ plan: CopyFromPlan, _ reader: NumberRecordReader) throws(Diagnostic) {
        self.reader = reader
        table = plan.target.table
        let target = Self.target(plan)
        var filled = [Bool](repeating: false, count: plan.target.table.columns.count)
        switch target {
        case .whole(let column): filled[column] = true
        case .numbers(let columns):
            for column in columns { filled[column] = true }
            if let count = reader.numbersPerRecord, count != columns.count {
                throw Self.mismatch(count, columns.count, plan.path)
            }
        }
        if case .whole(let column) = target, let count = reader.numbersPerRecord,
            case .vector(let dimension, _) = plan.target.table.columns[column].type, count != dimension
        {
            throw Diagnostic(
                .fieldMismatch,
                "the array's records have \(count) numbers, and column '\(plan.target.table.columns[column].name)' is a "
                    + "\(plan.target.table.columns[column].type)", place: plan.path)
        }
        self.target = target
        isFilled = filled
    }

    /// The listed columns; without a list, the only VECTOR column, or all columns.
    private static func target(_ plan: CopyFromPlan) -> Target {
        let table = plan.target.table
        func takesWhole(_ column: Int) -> Bool {
            table.columns[column].type.isVector || table.columns[column].type == .json
        }
        if let columns = plan.columns {
            return columns.count == 1 && takesWhole(columns[0]) ? .whole(columns[0]) : .numbers(columns)
        }
        let vectors = table.columns.indices.filter { table.columns[$0].type.isVector }
        if vectors.count == 1 { return .whole(vectors[0]) }
        return .numbers(Array(table.columns.indices))
    }

    private static func mismatch(_ count: Int, _ columns: Int, _ place: String) -> Diagnostic {
        Diagnostic(
            .fieldMismatch, "a record of \(count) number\(count == 1 ? "" : "s") for \(columns) columns",
            hint: "list a VECTOR column, or a column for each number: COPY t (…) FROM …", place: place)
    }

    var number: Int { reader.recordNumber }
    func place(of number: Int) -> String { reader.place(ofRecord: number) }
    var consumedByteCount: Int? { reader.consumedByteCount }
    var totalByteCount: Int? { reader.totalByteCount }

    func next() throws(Diagnostic) -> Bool { try reader.next() }

    /// Nothing tells where the next record starts.
    func skipRecord() throws(Diagnostic) {}

    func append(to builders: inout [ColumnBuilder], defaults: [Value]) throws(Diagnostic) {
        for column in isFilled.indices where !isFilled[column] { builders[column].append(defaults[column]) }
        switch target {
        case .whole(let column): try reader.append(to: &builders[column])
        case .numbers(let columns):
            guard reader.count == columns.count else {
                throw Self.mismatch(reader.count, columns.count, place(of: number))
            }
            for (index, column) in columns.enumerated() {
                try reader.append(numberAt: index, to: &builders[column])
            }
        }
    }
}
