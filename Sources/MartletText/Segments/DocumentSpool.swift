// Texts that wait for being analysed by several threads.

/// Documents with their texts, copied one behind the other.
struct DocumentSpool: Sendable {
    private struct Span {
        var start: Int
        var count: Int
    }

    private(set) var rowids: [Int64] = []
    private var bytes: [UInt8] = []
    /// For each document its key, then its fields; nil is no key, or an empty text.
    private var spans: [Span?] = []
    private let fieldCount: Int

    init(fieldCount: Int) { self.fieldCount = fieldCount }

    var count: Int { rowids.count }
    var byteCount: Int { bytes.count }

    mutating func append(rowid: Int64, key: UnsafeRawBufferPointer?, texts: [UnsafeRawBufferPointer?]) {
        rowids.append(rowid)
        append(key)
        for field in 0..<fieldCount { append(field < texts.count ? texts[field] : nil) }
    }

    mutating func append(rowid: Int64, key: UnsafeRawBufferPointer?, strings: [String?]) {
        rowids.append(rowid)
        append(key)
        for field in 0..<fieldCount {
            guard field < strings.count, var text = strings[field] else {
                spans.append(nil)
                continue
            }
            text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
        }
    }

    private mutating func append(_ text: UnsafeRawBufferPointer?) {
        guard let text else {
            spans.append(nil)
            return
        }
        spans.append(Span(start: bytes.count, count: text.count))
        bytes.append(contentsOf: text)
    }

    mutating func removeAll() {
        rowids.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        spans.removeAll(keepingCapacity: true)
    }

    /// Hands a range of documents to a share.
    func add(_ range: Range<Int>, to share: AnalyzedDocuments) {
        bytes.withUnsafeBytes { bytes in
            func text(_ document: Int, _ place: Int) -> UnsafeRawBufferPointer? {
                spans[document * (fieldCount + 1) + place].map {
                    UnsafeRawBufferPointer(rebasing: bytes[$0.start..<$0.start + $0.count])
                }
            }
            for document in range {
                share.add(rowid: rowids[document], key: text(document, 0)) { field, body in
                    guard let text = text(document, field + 1) else { return }
                    text.withMemoryRebound(to: UInt8.self) { body($0) }
                }
            }
        }
    }
}
