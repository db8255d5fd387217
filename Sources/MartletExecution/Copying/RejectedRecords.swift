// The records that COPY leaves out.

import MartletCore
import MartletFormats

/// Counts rejected records, and tells each in a file: where it is, and why it is none of the table's rows.
///
/// The file is CSV, or JSON lines if its name ends so. It appears when the statement has succeeded.
final class RejectedRecords {
    private(set) var count = 0
    private let maximum: Int
    private let source: String
    private let sink: ByteSink?
    private let writer: (any MartletFormats.RowWriter)?
    /// What is not written yet: a batch's values are refused before its constraints are looked at.
    private var pending: [(number: Int, row: [Value])] = []

    private static let columnNames = ["file", "line", "column", "code", "reason"]

    init(of source: String, to path: String?, maximum: Int) throws(Diagnostic) {
        self.maximum = maximum
        self.source = source
        guard let path else {
            sink = nil
            writer = nil
            return
        }
        let sink = try ByteSink(path: path)
        self.sink = sink
        writer =
            path.lowercased().hasSuffix(".jsonl")
            ? JSONLinesWriter(sink, columnNames: Self.columnNames)
            : try CSVWriter(sink, columnNames: Self.columnNames)
    }

    /// Whether so many wait to be written that the batch should end.
    var isFull: Bool { pending.count >= Limits.rowsPerBatch }

    /// Counts a record, given with its number.
    ///
    /// - Throws: `tooManyRejects`, naming this last one.
    func add(_ error: Diagnostic, _ record: Int) throws(Diagnostic) {
        guard count < maximum else {
            throw Diagnostic(
                .tooManyRejects,
                "more than \(maximum) record\(maximum == 1 ? "" : "s") would be left out; the last, \(error.code.rawValue): "
                    + error.message, hint: "raise max_rejects, or mend the file", place: error.place)
        }
        count += 1
        if writer == nil { return }
        let (file, numbers) = Self.parts(of: error.place ?? source)
        func number(_ index: Int) -> Value { index < numbers.count ? .integer(numbers[index]) : .null }
        pending.append(
            (record, [.text(file), number(0), number(1), .text(error.code.rawValue), .text(error.message)]))
    }

    /// Writes what was added, in the order of the records.
    func flush() throws(Diagnostic) {
        guard let writer else { return }
        let order = pending.indices.sorted { (pending[$0].number, $0) < (pending[$1].number, $1) }
        for index in order { try writer.write(pending[index].row) }
        pending.removeAll(keepingCapacity: true)
    }

    func finish() throws(Diagnostic) {
        try flush()
        try writer?.finish()
        try sink?.finish()
    }

    /// `file:line:column`, of which the last two may be missing.
    private static func parts(of place: String) -> (file: String, numbers: [Int64]) {
        var pieces = place.split(separator: ":", omittingEmptySubsequences: false)
        var numbers: [Int64] = []
        while pieces.count > 1, numbers.count < 2, let last = pieces.last, let number = Int64(last) {
            numbers.insert(number, at: 0)
            pieces.removeLast()
        }
        return (pieces.joined(separator: ":"), numbers)
    }
}
