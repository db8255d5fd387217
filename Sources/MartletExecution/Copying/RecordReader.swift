// What COPY … FROM reads: a file's records as rows of a table.

import MartletCore
import MartletFormats
import MartletPlanning

/// Records, one after the other. A record has a number, by which its place is told later: a line, a record, a file.
protocol RecordReader: AnyObject {
    /// Moves to the next record; false at the end.
    ///
    /// - Throws: what is wrong with the record as a whole, or with the file.
    func next() throws(Diagnostic) -> Bool

    /// After `next` threw an error of the record: makes sure that `next` goes on behind it.
    func skipRecord() throws(Diagnostic)

    /// Appends the record to the table's columns; those that it lacks get their defaults.
    ///
    /// - Throws: what is wrong with one of its values; some columns may then have a value more than others.
    func append(to builders: inout [ColumnBuilder], defaults: [Value]) throws(Diagnostic)

    var number: Int { get }

    /// `file:line`, `file:record`, or a file.
    func place(of number: Int) -> String

    var consumedByteCount: Int? { get }
    var totalByteCount: Int? { get }
}

extension CopyFromPlan {
    func makeReader() throws(Diagnostic) -> any RecordReader {
        switch options.format {
        case .csv, .tsv: try DelimitedRecords(self)
        case .jsonl: try JSONRecords(self)
        case .npy: try NumberRecords(self, NumberRecordReader(npy: try binarySource()))
        case .fvecs: try NumberRecords(self, NumberRecordReader(vectors: try binarySource(), of: .f4))
        case .ivecs: try NumberRecords(self, NumberRecordReader(vectors: try binarySource(), of: .i4))
        case .bvecs: try NumberRecords(self, NumberRecordReader(vectors: try binarySource(), of: .u1))
        case .text, .images: try FileRecords(self)
        }
    }

    private func binarySource() throws(Diagnostic) -> ByteSource { try ByteSource(path: path, content: .binary) }
}
