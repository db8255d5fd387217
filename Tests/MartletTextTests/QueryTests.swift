// QUERY against a scorer without any index, while documents come and go.

import Foundation
import MartletCore
import MartletStorage
import MartletText
import Testing

@Suite struct QueryTests {
    /// Random trees and what they mean, said once more without postings.
    private struct Model {
        indirect enum Node {
            case leaf(String, boost: Float, (_ field: [String]) -> Int, field: Int?)
            case group([(QueryClause.Occurrence, Node)])
        }

        var random: SeededRandom
        let analyzer: Analyzer
        let fields = ["title", "body"]

        mutating func word() -> String { "w\(Int.random(in: 0..<12, using: &random))x" }

        mutating func leaf() -> (text: String, node: Node) {
            let word = word()
            var text = word
            var count: ([String]) -> Int = { tokens in tokens.count { $0 == word } }
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                let prefix = String(word.prefix(2))
                text = prefix + "*"
                count = { tokens in tokens.count { $0.hasPrefix(prefix) } }
            case 1:
                let second = self.word()
                text = "\"\(word) \(second)\""
                count = { tokens in zip(tokens, tokens.dropFirst()).count { $0 == word && $1 == second } }
            case 2:
                let other = "v" + word.dropFirst()
                text = other + "~1"
                let near = Set((0..<12).map { "w\($0)x" }.filter { editDistance($0, String(other)) <= 1 })
                count = { tokens in tokens.count { near.contains($0) } }
            case 3:
                let (low, high) = (min(word, "w5x"), max(word, "w5x"))
                text = "[\(low) TO \(high)}"
                count = { tokens in tokens.count { $0 >= low && $0 < high } }
            default: break
            }
            var field: Int?
            if Int.random(in: 0..<4, using: &random) == 0 {
                let chosen = Int.random(in: 0..<2, using: &random)
                field = chosen
                text = "\(fields[chosen]):\(text)"
            }
            var boost: Float = 1
            if Int.random(in: 0..<5, using: &random) == 0 {
                boost = 2.5
                text += "^2.5"
            }
            return (text, .leaf(text, boost: boost, count, field: field))
        }

        mutating func group(depth: Int) -> (text: String, node: Node) {
            var parts: [String] = []
            var clauses: [(QueryClause.Occurrence, Node)] = []
            for place in 0..<Int.random(in: 1...3, using: &random) {
                let isGroup = depth > 0 && Int.random(in: 0..<4, using: &random) == 0
                var (text, node) = isGroup ? group(depth: depth - 1) : leaf()
                if isGroup { text = "(\(text))" }
                switch Int.random(in: 0..<6, using: &random) {
                case 0:
                    parts.append("+" + text)
                    clauses.append((.required, node))
                case 1 where place > 0:
                    parts.append("-" + text)
                    clauses.append((.excluded, node))
                default:
                    parts.append(text)
                    clauses.append((.optional, node))
                }
            }
            return (parts.joined(separator: " "), .group(clauses))
        }
    }

    /// Scores by the formula that `TextSearcher` documents, over documents as lists of words.
    private func expected(
        _ node: Model.Node, _ documents: [Int64: [[String]]], weights: [Float]
    ) -> [(rowid: Int64, score: Float)] {
        let count = Double(documents.count)
        func length(_ fields: [[String]]) -> Float {
            fields.indices.reduce(0) { $0 + weights[$1] * Float(fields[$1].count) }
        }
        var total = 0.0
        for field in weights.indices {
            total += Double(weights[field]) * Double(documents.values.reduce(0) { $0 + $1[field].count })
        }
        let average = total / max(1, count)
        let constant: Float = 1.2 * (1 - 0.75)
        let slope = average > 0 ? Float(Double(Float(1.2)) * Double(Float(0.75)) / average) : 0
        func frequencies(_ fields: [[String]], _ counter: ([String]) -> Int, _ field: Int?) -> [Int] {
            fields.indices.map { field == nil || field == $0 ? counter(fields[$0]) : 0 }
        }
        var factors: [String: Float] = [:]
        func factor(_ text: String, _ boost: Float, _ counter: ([String]) -> Int, _ field: Int?) -> Float {
            if let known = factors[text] { return known }
            let present = Double(documents.values.count { frequencies($0, counter, field).contains { $0 > 0 } })
            let inverse = Float(log(1 + (count - present + 0.5) / (present + 0.5)))
            let made = present == 0 ? 0 : boost * inverse * (1.2 + 1)
            factors[text] = made
            return made
        }
        var all: Float = 0
        func add(_ node: Model.Node) {
            switch node {
            case .leaf(let text, let boost, let counter, let field): all += factor(text, boost, counter, field)
            case .group(let clauses): for clause in clauses where clause.0 != .excluded { add(clause.1) }
            }
        }
        add(node)
        let magic = Float(sign: .plus, exponent: Int(max(all, 1e-20).exponent) + 1, significand: 1)
        /// nil where the document does not match.
        func score(_ node: Model.Node, _ fields: [[String]]) -> Float? {
            switch node {
            case .leaf(let text, let boost, let counter, let field):
                let counts = frequencies(fields, counter, field)
                guard counts.contains(where: { $0 > 0 }) else { return nil }
                let weighted = counts.indices.reduce(Float(0)) { $0 + weights[$1] * Float(counts[$1]) }
                let part =
                    factor(text, boost, counter, field) * weighted / (weighted + (constant + slope * length(fields)))
                return max((part + magic) - magic, magic * 0x1p-23)
            case .group(let clauses):
                var result: Float = 0
                var matchesAny = false
                let hasRequired = clauses.contains { $0.0 == .required }
                for (occurrence, inner) in clauses {
                    let own = score(inner, fields)
                    switch occurrence {
                    case .required where own == nil: return nil
                    case .excluded where own != nil: return nil
                    case .excluded: continue
                    default: break
                    }
                    if let own {
                        matchesAny = true
                        result += own
                    }
                }
                return hasRequired || matchesAny ? result : nil
            }
        }
        return documents.compactMap { rowid, fields in score(node, fields).map { (rowid, $0) } }
            .sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 < $1.0 }
    }

    /// With positions, no text is looked into.
    @Test(arguments: 0..<4 as Range<UInt64>, [false, true])
    func equalsBruteForce(_ seed: UInt64, hasPositions: Bool) throws {
        let scratch = try Scratch()
        let environment = scratch.environment
        let definition = AnalyzerDefinition(language: "none", stopwords: false)
        let analyzer = try Analyzer(definition)
        try environment.write { (transaction) throws(Diagnostic) in
            try TextIndexWriter.create(
                objectID: 7,
                definition: TextIndexDefinition(
                    analyzer: definition, fieldCount: 2, hasKeys: false, hasPositions: hasPositions),
                in: transaction.view)
        }
        var model = Model(random: SeededRandom(seed: seed), analyzer: analyzer)
        let texts = HeldTexts()
        var documents: [Int64: [[String]]] = [:]
        for step in 0..<24 {
            var changes: [(Int64, [[String]]?)] = []
            for _ in 0..<Int.random(in: 1...30, using: &model.random) {
                let rowid = Int64.random(in: 1...300, using: &model.random)
                let isDeleted = Int.random(in: 0..<4, using: &model.random) == 0
                var fields: [[String]] = []
                for most in [4, 25] {
                    let count = Int.random(in: 0...most, using: &model.random)
                    var words: [String] = []
                    for _ in 0..<count { words.append(model.word()) }
                    fields.append(words)
                }
                changes.append((rowid, isDeleted ? nil : fields))
            }
            let known = Set(documents.keys)
            let prepared = changes
            for (rowid, fields) in changes {
                documents[rowid] = fields
                texts.rows[rowid] = hasPositions ? nil : fields.map { $0.map { Array($0.joined(separator: " ").utf8) } }
            }
            try environment.write { (transaction) throws(Diagnostic) in
                let writer = try TextIndexWriter(objectID: 7, in: transaction.view)
                var present = known
                for (rowid, fields) in prepared {
                    if present.remove(rowid) != nil { try writer.delete(rowid: rowid) }
                    if let fields {
                        present.insert(rowid)
                        try writer.insert(rowid: rowid, texts: fields.map { $0.joined(separator: " ") })
                    }
                }
                if step % 7 == 6 { try writer.compact() } else { try writer.flush() }
            }
            let weights: [Float] = step % 2 == 0 ? [1, 1] : [3, 1]
            for _ in 0..<12 {
                let (text, node) = model.group(depth: 2)
                let limit = step % 4 == 0 ? 1_000 : 5
                let wanted = expected(node, documents, weights: weights)
                let transaction = try environment.read()
                let found: [(Int64, Float)]
                do {
                    let reader = try TextIndexReader(objectID: 7, in: transaction.view)
                    let searcher = try reader.searcher(TextParameters(weights: weights))
                    searcher.tuning = SearchTuning(exhaustive: step % 3 == 0 ? 32_768 : 0, dense: 16, sparse: 64)
                    let query = try StructuredQuery(
                        QueryParser.parse(text), text: text, analyzer: analyzer, fields: model.fields,
                        searched: [true, true])
                    let resources = QueryResources(analyzer: analyzer, texts: texts) {}
                    let hits = try searcher.search(query, k: limit, resources)
                    for hit in hits.prefix(2) {
                        #expect(try searcher.explain(query, hit, resources).score == hit.score, "\(text)")
                    }
                    found = hits.map { ($0.rowid, $0.score) }
                }
                let ids = wanted.prefix(limit).map(\.rowid)
                #expect(found.map(\.0) == ids, "seed \(seed), step \(step): \(text)")
                #expect(found.map(\.1) == wanted.prefix(limit).map(\.score), "seed \(seed), step \(step): \(text)")
            }
        }
    }

    /// Columns in an index each, one of them of passages: the rows are those of one index over both.
    @Test(arguments: 0..<3 as Range<UInt64>) func severalIndexesDecideTogether(_ seed: UInt64) throws {
        let scratch = try Scratch()
        let environment = scratch.environment
        let definition = AnalyzerDefinition(language: "none", stopwords: false)
        let analyzer = try Analyzer(definition)
        try environment.write { (transaction) throws(Diagnostic) in
            for id in [7, 8] as [UInt32] {
                try TextIndexWriter.create(
                    objectID: id,
                    definition: TextIndexDefinition(
                        analyzer: definition, fieldCount: 1, hasKeys: false, hasPositions: true), in: transaction.view)
            }
        }
        var model = Model(random: SeededRandom(seed: seed), analyzer: analyzer)
        var documents: [Int64: [[String]]] = [:]
        for step in 0..<16 {
            var changes: [(rowid: Int64, wasThere: Bool, fields: [[String]]?)] = []
            for _ in 0..<Int.random(in: 1...20, using: &model.random) {
                let rowid = Int64.random(in: -50...50, using: &model.random)
                var fields: [[String]] = []
                for most in [4, 20] {
                    var words: [String] = []
                    for _ in 0..<Int.random(in: 0...most, using: &model.random) { words.append(model.word()) }
                    fields.append(words)
                }
                let isDeleted = Int.random(in: 0..<4, using: &model.random) == 0
                changes.append((rowid, documents[rowid] != nil, isDeleted ? nil : fields))
                documents[rowid] = isDeleted ? nil : fields
            }
            let planned = changes
            try environment.write { (transaction) throws(Diagnostic) in
                let titles = try TextIndexWriter(objectID: 7, in: transaction.view)
                let bodies = try TextIndexWriter(objectID: 8, in: transaction.view)
                bodies.holdsPassages = true
                for (rowid, wasThere, fields) in planned {
                    let first = try PassageID.first(ofRow: rowid)
                    if wasThere {
                        try titles.delete(rowid: rowid)
                        try bodies.delete(rowid: first)
                    }
                    guard let fields else { continue }
                    try titles.insert(rowid: rowid, texts: [fields[0].joined(separator: " ")])
                    try Array(fields[1].joined(separator: " ").utf8).withRawBytes { (text) throws(Diagnostic) in
                        try bodies.insert(
                            first: first, key: nil, passages: DocumentPassages([text], words: 4, overlap: 1))
                    }
                }
                try titles.flush()
                try bodies.flush()
            }
            for _ in 0..<12 {
                let (text, node) = model.group(depth: 2)
                let transaction = try environment.read()
                let searchers = try [7, 8].map {
                    try TextIndexReader(objectID: $0, in: transaction.view).searcher(TextParameters(weights: [1]))
                }
                let resources = QueryResources(analyzer: analyzer, texts: HeldTexts()) {}
                var queries = try StructuredQuery.queries(
                    QueryParser.parse(text), text: text,
                    model.fields.map { .init(analyzer: analyzer, fields: [$0], searched: [true]) })
                var leaves = [Set<Int64>](repeating: [], count: queries[0].leaves.count)
                for place in 0..<2 {
                    let rows = try searchers[place].rows(
                        ofLeavesOf: queries[place], resources, arePassages: place == 1)
                    for (leaf, rows) in rows.enumerated() { leaves[leaf].formUnion(rows) }
                }
                let rows = MatchingRows(queries[0], leaves: leaves.map { $0.sorted() })
                queries[0].matchingRows = rows
                queries[1].matchingRows = rows.ofPassages
                var found: Set<Int64> = []
                for place in 0..<2 {
                    let hits = try searchers[place].search(queries[place], k: 10_000, resources)
                    found.formUnion(hits.map { place == 1 ? PassageID.row(of: $0.rowid) : $0.rowid })
                    for hit in hits.prefix(2) {
                        let told = try searchers[place].explain(queries[place], hit, resources).score
                        #expect(told == hit.score, "\(text)")
                    }
                }
                let wanted = expected(node, documents, weights: [1, 1]).map(\.rowid)
                #expect(found == Set(wanted), "seed \(seed), step \(step): \(text)")
            }
        }
    }

    @Test(
        arguments: [
            (["a", "b"], 0, "a b", 1), (["a", "b"], 0, "b a", 0), (["a", "b"], 0, "a x b", 0),
            (["a", "b"], 1, "a x b", 1),
            (["a", "b"], 1, "b a", 0), (["a", "b"], 2, "b a", 1), (["a", "b", "c"], 2, "a x b x c", 1),
            (["a", "b", "c"], 1, "a x b x c", 0), (["a", "a"], 0, "a a a", 2), (["a", "a"], 1, "a", 0),
            (["a", "b"], 3, "a x x x b", 1), (["a", "b"], 0, "a b x a b", 2),
        ] as [([String], Int, String, Int)]) func phrases(
            _ phrase: [String], _ slop: Int, _ text: String, _ count: Int
        ) throws
    {
        let analyzer = try Analyzer(AnalyzerDefinition(language: "none", stopwords: false, minimumWordLength: 1))
        let query = "\"\(phrase.joined(separator: " "))\"~\(slop)"
        let structured = try StructuredQuery(
            QueryParser.parse(query), text: query, analyzer: analyzer, fields: ["t"], searched: [true])
        let matches = TextMatches(text, field: 0, query: structured, analyzer: analyzer)
        #expect((matches.json != "[]") == (count > 0))
        let texts = HeldTexts()
        for hasPositions in [false, true] {
            texts.rows[1] = hasPositions ? nil : [Array(text.utf8)]
            let builder = try SegmentBuilder(
                definition: AnalyzerDefinition(language: "none", stopwords: false, minimumWordLength: 1), fieldCount: 1,
                hasKeys: false, hasPositions: hasPositions)
            try builder.add(rowid: 1, texts: [text])
            let bytes = try builder.finish()
            try bytes.withUnsafeBytes { bytes in
                let searcher = try TextSearcher(
                    segments: [try SearchSegment(SegmentReader(bytes))], fieldCount: 1,
                    parameters: TextParameters(weights: [1]))
                let resources = QueryResources(analyzer: analyzer, texts: texts) {}
                let hits = try searcher.search(structured, k: 1, resources)
                let frequency = try hits.first.map {
                    try searcher.explain(structured, $0, resources).terms[0].frequencies[0]
                }
                #expect(frequency ?? 0 == count)
            }
        }
    }
}
