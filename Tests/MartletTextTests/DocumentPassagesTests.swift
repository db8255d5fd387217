// Documents as passages, and their ids.

import MartletCore
import MartletText
import Testing

@Suite struct DocumentPassagesTests {
    /// The passages as texts; nil where a field has no piece.
    private func passages(_ fields: [String?], words: Int, overlap: Int) -> [[String?]] {
        let bytes = fields.map { $0.map { Array($0.utf8) } }
        let joined = bytes.flatMap { $0 ?? [] }
        return joined.withUnsafeBytes { all in
            var start = 0
            let texts = bytes.map { field -> UnsafeRawBufferPointer? in
                guard let field else { return nil }
                defer { start += field.count }
                return UnsafeRawBufferPointer(rebasing: all[start..<start + field.count])
            }
            let passages = DocumentPassages(texts, words: words, overlap: overlap)
            return (0..<passages.count).map { place in
                passages.texts(at: place).map { $0.map { String(decoding: $0, as: UTF8.self) } }
            }
        }
    }

    @Test func fieldsOfOnePieceAreInAllPassages() {
        #expect(
            passages(["title", "a b c d e", nil, "u v w x"], words: 3, overlap: 1) == [
                ["title", "a b c", nil, "u v w"], ["title", "c d e", nil, "w x"],
            ])
        #expect(
            passages(["a b c d e f", "u v w"], words: 2, overlap: 0) == [
                ["a b", "u v"], ["c d", "w"], ["e f", nil],
            ])
        #expect(passages([nil, ""], words: 2, overlap: 0) == [[nil, ""]])
    }

    @Test func theLastPassageHoldsTheRest() throws {
        let text = String(repeating: "w ", count: PassageID.passageLimit + 10)
        let found = passages([text], words: 1, overlap: 0)
        #expect(found.count == PassageID.passageLimit)
        #expect(found.last?[0] == String(repeating: "w ", count: 11))
    }

    @Test func idsTellRowAndPlace() throws {
        for row in [Int64(-3), 0, 7, PassageID.rowLimit - 1, -PassageID.rowLimit] {
            let last = try PassageID.first(ofRow: row) + Int64(PassageID.passageLimit - 1)
            #expect(PassageID.row(of: last) == row && PassageID.place(of: last) == PassageID.passageLimit - 1)
        }
        #expect(throws: Diagnostic.self) { try PassageID.first(ofRow: PassageID.rowLimit) }
        #expect(throws: Diagnostic.self) { try PassageID.first(ofRow: -PassageID.rowLimit - 1) }
    }
}
