// The texts of an index over passages: pieces of the rows' texts.

import MartletCatalog
import MartletCore
import MartletText

/// Texts by the ids of passages. Cuts a row once for as many of its passages as are asked for one after the other.
final class PassageTexts: DocumentTexts {
    private let rows: RowTexts
    private let fieldCount: Int
    private let chunking: TextOptions.Chunking
    private var known: (row: Int64, bytes: UnsafeMutableRawBufferPointer, passages: DocumentPassages)?

    init(_ rows: RowTexts, fieldCount: Int, _ chunking: TextOptions.Chunking) {
        self.rows = rows
        self.fieldCount = fieldCount
        self.chunking = chunking
    }

    deinit { known?.bytes.deallocate() }

    func text(ofRow id: Int64, field: Int) throws(Diagnostic) -> UnsafeRawBufferPointer? {
        try passages(ofRow: PassageID.row(of: id)).texts(at: PassageID.place(of: id))[field]
    }

    /// All passages of a row, valid until another row is asked for and as long as this object is there.
    func passages(ofRow row: Int64) throws(Diagnostic) -> DocumentPassages {
        if let known, known.row == row { return known.passages }
        var whole: [UInt8] = []
        var ranges: [Range<Int>?] = []
        for field in 0..<fieldCount {
            guard let text = try rows.text(ofRow: row, field: field) else {
                ranges.append(nil)
                continue
            }
            ranges.append(whole.count..<whole.count + text.count)
            whole.append(contentsOf: text)
        }
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: whole.count, alignment: 1)
        bytes.copyBytes(from: whole)
        let passages = DocumentPassages(
            ranges.map { $0.map { UnsafeRawBufferPointer(rebasing: bytes[$0]) } }, words: chunking.words,
            overlap: chunking.overlap)
        known?.bytes.deallocate()
        known = (row, bytes, passages)
        return passages
    }
}
