// One text index, open for searching in one transaction.

import MartletCatalog
import MartletCore
import MartletPlanning
import MartletText

/// What a leg looks for, in the terms of one index.
enum TextPattern {
    /// A person's words.
    case words(TextQuery)
    /// The strict query language.
    case structured(StructuredQuery)
}

final class TextSearch {
    let index: Index
    private let reader: TextIndexReader
    private let searcher: TextSearcher
    private let workspaces: TextWorkspaces
    private let workspace: TextWorkspace
    private let synonyms: Synonyms?
    private let chunking: TextOptions.Chunking?
    /// Of an index over passages: the best passage of each row that was found, by its id.
    private var bestPassages: [Int64: Int64] = [:]
    private let table: Table
    private let context: ExecutionContext
    private let searched: [Bool]
    /// What is looked for beside a person's words.
    var expansion: Expansion?

    struct Expansion {
        var terms: [[UInt8]]
        /// How much each counts against one of the words.
        var weight: Float
    }

    private var analyzer: Analyzer { workspace.analyzer }

    /// As the index was built.
    var analyzerDefinition: AnalyzerDefinition { analyzer.definition }

    /// - Parameters:
    ///   - statistics: of an earlier search for the same words, whose scores are to be kept.
    ///   - parameters: those whose k1 and b count instead of the index's.
    init(
        _ context: ExecutionContext, _ table: Table, _ part: SearchPlan.TextPart, statistics: TextStatistics? = nil,
        parameters: TextOptions? = nil
    ) throws(Diagnostic) {
        index = part.index
        self.table = table
        self.context = context
        searched = part.weights.map { $0 > 0 }
        let options = part.index.textOptions ?? TextOptions()
        chunking = options.chunking
        workspaces = context.textWorkspaces ?? TextWorkspaces()
        do throws(Diagnostic) {
            (reader, workspace) = try workspaces.open(part.index.id, in: context.view)
            synonyms = try SynonymTable.synonyms(options, workspace, context)
            searcher = try reader.searcher(
                TextParameters(
                    k1: Float((parameters ?? options).k1), b: Float((parameters ?? options).b),
                    weights: part.weights.map { Float($0) }),
                scratch: workspace.scratch, statistics: statistics)
        } catch {
            throw error.inIndex(part.index.name)
        }
    }

    deinit { workspaces.put(workspace) }

    /// A person's words as terms of the index.
    func words(_ text: String) -> TextQuery {
        let query =
            if let synonyms {
                TextQuery(text, analyzer: analyzer, synonyms: synonyms)
            } else {
                TextQuery(text, analyzer: analyzer)
            }
        guard let expansion else { return query }
        return query.adding(expansion.terms, weight: expansion.weight)
    }

    /// A person's words as what to look for.
    func pattern(_ text: String) -> TextPattern {
        let query = words(text)
        return StructuredQuery(query, analyzer: analyzer).map { .structured($0) } ?? .words(query)
    }

    /// The words that tell a row from others.
    func characteristicWords(ofRow rowID: Int64) throws(Diagnostic) -> TextQuery {
        let rows = RowTexts(table, columns: index.columns, in: context.view)
        var texts: [String?] = []
        for (field, isSearched) in searched.enumerated() {
            let bytes = isSearched ? try rows.text(ofRow: rowID, field: field) : nil
            texts.append(bytes.map { String(decoding: $0, as: UTF8.self) })
        }
        let documents = try chunking.map { (chunking) throws(Diagnostic) in
            let texts = PassageTexts(rows, fieldCount: index.columns.count, chunking)
            let passages = try texts.passages(ofRow: rowID)
            defer { withExtendedLifetime(texts) {} }
            return (0..<passages.count).map { place in
                passages.texts(at: place).map { $0.map { String(decoding: $0, as: UTF8.self) } }
            }
        }
        do throws(Diagnostic) {
            return try searcher.characteristicTerms(of: texts, heldAs: documents, analyzer: analyzer)
        } catch {
            throw error.inIndex(index.name)
        }
    }

    /// Whether rows are found by their passages: hits then cannot be asked for by a range.
    var holdsPassages: Bool { chunking != nil }

    /// A query in the terms of each of some indexes.
    ///
    /// - Throws: `invalidQuery`, with a range in the text.
    static func structured(_ text: String, _ parts: [TextSearch]) throws(Diagnostic) -> [StructuredQuery] {
        var queries = try StructuredQuery.queries(
            try QueryParser.parse(text), text: text,
            parts.map { StructuredQuery.Target(analyzer: $0.analyzer, fields: $0.fields, searched: $0.searched) })
        // What is required or excluded is so of the row, whichever index or passage it is in.
        guard parts.count > 1 || parts[0].holdsPassages, queries[0].hasConditions else { return queries }
        var leaves = [Set<Int64>](repeating: [], count: queries[0].leaves.count)
        for (part, query) in zip(parts, queries) {
            for (leaf, rows) in try part.rows(ofLeavesOf: query).enumerated() { leaves[leaf].formUnion(rows) }
        }
        let rows = MatchingRows(queries[0], leaves: leaves.map { $0.sorted() })
        for (place, part) in parts.enumerated() {
            queries[place].matchingRows = part.holdsPassages ? rows.ofPassages : rows
        }
        return queries
    }

    private func rows(ofLeavesOf query: StructuredQuery) throws(Diagnostic) -> [[Int64]] {
        do throws(Diagnostic) {
            return try searcher.rows(ofLeavesOf: query, resources, arePassages: holdsPassages)
        } catch {
            throw error.inIndex(index.name)
        }
    }

    private var fields: [String] { index.columns.map { table.columns[$0].name } }

    private var resources: QueryResources {
        let cancellation = context.cancellation
        return QueryResources(analyzer: analyzer, texts: texts) { () throws(Diagnostic) in try cancellation.check() }
    }

    /// Of the documents, by their ids in the index.
    private var texts: any DocumentTexts {
        let rows = RowTexts(table, columns: index.columns, in: context.view)
        return chunking.map { PassageTexts(rows, fieldCount: index.columns.count, $0) } ?? rows
    }

    // MARK: Words of the index

    func completions(of text: String, limit: Int) throws(Diagnostic) -> [TextCompletion] {
        do throws(Diagnostic) {
            return try searcher.completions(
                of: text, limit: limit, try WordForms(searcher, analyzer: analyzer, texts: texts),
                check: resources.check)
        } catch {
            throw error.inIndex(index.name)
        }
    }

    func corrections(of text: String) throws(Diagnostic) -> [TextCorrection] {
        do throws(Diagnostic) {
            return try searcher.corrections(
                of: text, try WordForms(searcher, analyzer: analyzer, texts: texts), check: resources.check)
        } catch {
            throw error.inIndex(index.name)
        }
    }

    // MARK: Hits

    func hits(
        _ query: TextQuery, limit: Int, filter: TextFilter = .all, range: TextHitRange = .all
    ) throws(Diagnostic) -> [TextHit] {
        try hits(.words(query), limit: limit, filter: filter, range: range)
    }

    func hits(
        _ pattern: TextPattern, limit: Int, filter: TextFilter = .all, range: TextHitRange = .all
    ) throws(Diagnostic) -> [TextHit] {
        do throws(Diagnostic) {
            if holdsPassages { return try rowsOfPassages(pattern, limit, filter) }
            return try documents(pattern, limit: limit, filter: filter, range: range)
        } catch {
            throw error.inIndex(index.name)
        }
    }

    private func documents(
        _ pattern: TextPattern, limit: Int, filter: TextFilter, range: TextHitRange = .all
    ) throws(Diagnostic) -> [TextHit] {
        switch pattern {
        case .words(let query): try searcher.search(query, k: limit, filter: filter, range: range)
        case .structured(let query): try searcher.search(query, k: limit, filter: filter, range: range, resources)
        }
    }

    /// Rows by their best passages: as many passages are looked for as it takes to have enough rows.
    private func rowsOfPassages(
        _ pattern: TextPattern, _ limit: Int, _ filter: TextFilter
    ) throws(Diagnostic) -> [TextHit] {
        if limit == 0 { return [] }
        var passageFilter = filter
        if case .rowids(let rowIDs) = filter {
            passageFilter = .matching { id throws(Diagnostic) in
                rowIDs.containsSorted(PassageID.row(of: id))
            }
        }
        var wanted = 2 * limit + 16
        while true {
            let passages = try documents(pattern, limit: wanted, filter: passageFilter)
            var rows: [TextHit] = []
            var known: Set<Int64> = []
            for var hit in passages where rows.count < limit {
                let id = hit.rowid
                hit.rowid = PassageID.row(of: id)
                guard known.insert(hit.rowid).inserted else { continue }
                bestPassages[hit.rowid] = id
                rows.append(hit)
            }
            if rows.count == limit || passages.count < wanted { return rows }
            wanted *= 4
        }
    }

    /// The id under which the index holds a row: that of its best passage.
    private func documentID(_ rowID: Int64, _ pattern: TextPattern? = nil) throws(Diagnostic) -> Int64 {
        guard holdsPassages else { return rowID }
        if bestPassages[rowID] == nil, let pattern { _ = try hits(pattern, limit: 1, filter: .rowids([rowID])) }
        if let known = bestPassages[rowID] { return known }
        return try PassageID.first(ofRow: rowID)
    }

    /// Whether the index holds exactly what a version was trained on.
    func isUnchanged(since version: ModelVersion) -> Bool {
        guard let count = version.baseSegmentCount, reader.segments.count == count else { return false }
        return reader.documentCount == version.rows
            && reader.segments.allSatisfy { $0.deleted == nil && ($0.id.map { Int($0) < count } ?? false) }
    }

    func holds(_ rowID: Int64) throws(Diagnostic) -> Bool {
        try reader.locate(rowid: holdsPassages ? try PassageID.first(ofRow: rowID) : rowID) != nil
    }

    func statistics(_ query: TextQuery) throws(Diagnostic) -> TextStatistics { try searcher.statistics(query) }

    func statistics(_ pattern: TextPattern) throws(Diagnostic) -> TextStatistics {
        switch pattern {
        case .words(let query): try statistics(query)
        case .structured(let query): try searcher.statistics(query, resources)
        }
    }

    /// The primary key by which equal scores are ordered; empty where that is the row id.
    func key(_ rowID: Int64) throws(Diagnostic) -> [UInt8] {
        guard let hit = try hit(rowID) else { return [] }
        let key = try searcher.key(hit)
        // A passage's place stands behind the row's key.
        return Array(key.dropLast(holdsPassages ? 2 : 0))
    }

    private func hit(_ rowID: Int64, _ pattern: TextPattern? = nil) throws(Diagnostic) -> TextHit? {
        try reader.locate(rowid: try documentID(rowID, pattern)).map {
            TextHit(rowid: rowID, score: 0, segment: $0.segment, document: $0.document)
        }
    }

    /// A column's piece of the row's best passage; all of it where the index does not hold passages.
    func passage(of body: String, _ rowID: Int64) -> String {
        guard let id = bestPassages[rowID] else { return body }
        return piece(of: body, id) ?? body
    }

    /// A column's piece of the passage by which the pattern finds a row, of the first one if it does not; nil where the
    /// column's text ends before it.
    func passage(of body: String, _ rowID: Int64, _ pattern: TextPattern) throws(Diagnostic) -> String? {
        piece(of: body, try documentID(rowID, pattern))
    }

    private func piece(of body: String, _ id: Int64) -> String? {
        guard let chunking else { return body }
        return Array(body.utf8).withUnsafeBytes { bytes in
            let passages = DocumentPassages([bytes], words: chunking.words, overlap: chunking.overlap)
            return passages.texts(at: PassageID.place(of: id))[0].map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// What made a row's score, as the members of a JSON object.
    func why(_ rowID: Int64, _ pattern: TextPattern) throws(Diagnostic) -> String {
        guard let hit = try hit(rowID, pattern) else { return "\"score\":0.0,\"terms\":[]" }
        let explanation =
            switch pattern {
            case .words(let query): try searcher.explain(query, hit)
            case .structured(let query): try searcher.explain(query, hit, resources)
            }
        return explanation.members(fields: fields)
    }

    /// Whether words are looked for in a column.
    func searches(_ column: Int) -> Bool { index.columns.firstIndex(of: column).map { searched[$0] } ?? false }

    /// Where a column's text matches: nowhere, if it is one of the index in which nothing is looked for.
    func matches(_ body: String, column: Int, _ pattern: TextPattern) -> TextMatches {
        if index.columns.contains(column), !searches(column) { return TextMatches(withoutAnyIn: body) }
        return switch pattern {
        case .words(let query): TextMatches(body, query: query, analyzer: analyzer)
        case .structured(let query):
            TextMatches(body, field: index.columns.firstIndex(of: column), query: query, analyzer: analyzer)
        }
    }
}
