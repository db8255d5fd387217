// An index whose documents come and go, and the same documents without an index.

import MartletCore
import MartletStorage
import MartletText

final class ChangingIndex {
    let scratch: Scratch
    let analyzer: Analyzer
    var brute: BruteForce
    /// Of the live documents.
    var texts: [Int64: [String?]] = [:]
    var made: RandomTexts
    private var nextRowid: Int64 = -5
    private var stepCount = 0

    /// Of two columns. With keys their order is another than that of row ids.
    init(seed: UInt64, vocabulary: [String]? = nil, hasKeys: Bool = false) throws {
        let definition = AnalyzerDefinition(language: "none", stopwords: false)
        scratch = try Scratch()
        analyzer = try Analyzer(definition)
        brute = BruteForce(analyzer: analyzer, fieldCount: 2)
        made = vocabulary.map { RandomTexts(seed: seed, vocabulary: $0) } ?? RandomTexts(seed: seed)
        self.hasKeys = hasKeys
        try scratch.environment.write { (transaction) throws(Diagnostic) in
            try TextIndexWriter.create(
                objectID: 7,
                definition: TextIndexDefinition(analyzer: definition, fieldCount: 2, hasKeys: hasKeys),
                in: transaction.view)
        }
    }

    private let hasKeys: Bool

    private func key(_ rowid: Int64) -> [UInt8]? {
        guard hasKeys else { return nil }
        return withUnsafeBytes(of: SeededRandom.mix(UInt64(bitPattern: rowid)).bigEndian) { Array($0) }
    }

    /// Some documents are added, changed and deleted in one transaction; the index is one segment after every seventh.
    func change() throws {
        stepCount += 1
        var changes: [(rowid: Int64, isDeleted: Bool, texts: [String?]?)] = []
        for _ in 0..<Int.random(in: 1...20, using: &made.random) {
            let known = texts.keys.sorted().randomElement(using: &made.random)
            let new: [String?] = [made.text(upTo: 3), made.random.next() % 4 == 0 ? nil : made.text(upTo: 9)]
            if let known, made.random.next() % 3 == 0 {
                changes.append((known, true, made.random.next() % 2 == 0 ? new : nil))
            } else {
                changes.append((nextRowid, false, new))
                nextRowid += 1
            }
            guard let change = changes.last else { continue }
            texts[change.rowid] = change.texts
            brute.documents[change.rowid] = nil
            if let new = change.texts { brute.add(rowid: change.rowid, key: key(change.rowid) ?? [], texts: new) }
        }
        let planned = changes
        let isCompacted = stepCount % 7 == 0
        try scratch.environment.write { (transaction) throws(Diagnostic) in
            let writer = try TextIndexWriter(objectID: 7, in: transaction.view)
            for change in planned {
                if change.isDeleted { try writer.delete(rowid: change.rowid) }
                if let new = change.texts { try writer.insert(rowid: change.rowid, key: key(change.rowid), texts: new) }
            }
            if isCompacted { try writer.compact() } else { try writer.flush() }
        }
    }

    /// How many live documents hold each term.
    var documentFrequencies: [[UInt8]: Int] {
        var result: [[UInt8]: Int] = [:]
        for document in brute.documents.values {
            for term in Set(document.fields.flatMap(\.keys)) { result[term, default: 0] += 1 }
        }
        return result
    }
}
