// Binds the options of text indexes, and those that TRAIN shares with them.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletLanguage

extension Binder {
    static let textOptionNames = ["language", "stemming", "stopwords", "k1", "b"]
    private static let textIndexOptionNames =
        textOptionNames + ["identifiers", "positions", "ngram", "synonyms", "chunk", "overlap"]

    /// What a text index and a retriever have in common.
    func textOptions(_ reader: OptionReader) throws(Diagnostic) -> TextOptions {
        var options = TextOptions()
        if let (language, range) = try reader.text("language") {
            guard TextLanguages.all.contains(language.foldedName) else {
                throw Diagnostic(
                    .invalidOption, "unknown language '\(language)'", at: range,
                    hint: Suggestion.hint(for: language, among: TextLanguages.all)
                        ?? "known are \(TextLanguages.all.joined(separator: ", "))")
            }
            options.language = language.foldedName
        }
        if let stemming = try reader.boolean("stemming") { options.stemming = stemming }
        if reader.isList("stopwords"), let words = try reader.words("stopwords") {
            if words.count > TextOptions.stopwordLimit {
                throw Diagnostic(
                    .limitExceeded, "there are at most \(TextOptions.stopwordLimit) stop words",
                    at: reader.range("stopwords"))
            }
            if let long = words.first(where: { $0.text.utf8.count > TextOptions.stopwordLimitBytes }) {
                throw Diagnostic(
                    .limitExceeded, "a stop word has at most \(TextOptions.stopwordLimitBytes) bytes", at: long.range)
            }
            options.stopwordList = words.map(\.text)
        } else if let stopwords = try reader.boolean("stopwords") {
            options.stopwords = stopwords
        }
        if let k1 = try reader.real("k1", in: 0...100) { options.k1 = k1 }
        if let b = try reader.real("b", in: 0...1) { options.b = b }
        return options
    }

    func textIndexOptions(_ given: [Option]) throws(Diagnostic) -> TextOptions {
        let reader = try OptionReader(self, given, known: Self.textIndexOptionNames, of: "a text index")
        var options = try textOptions(reader)
        if let identifiers = try reader.boolean("identifiers") { options.identifiers = identifiers }
        if let positions = try reader.boolean("positions") { options.hasPositions = positions }
        if let sizes = try reader.integers("ngram", counts: 1...2, in: 1...TextOptions.gramLimit) {
            options.gramSizes = try gramSizes(sizes, reader)
            // Grams have neither stems nor stop words.
            options.language = "none"
            options.stemming = false
            options.stopwords = false
        }
        if let (name, range) = try reader.text("synonyms") { options.synonymTableID = try synonymTable(name, range).id }
        if let words = try reader.integer("chunk", in: 1...TextOptions.chunkWordLimit) {
            let overlap = try reader.integer("overlap", in: 0...words - 1)
            options.chunking = TextOptions.Chunking(words: words, overlap: overlap ?? 0)
        } else if let range = reader.range("overlap") {
            throw Diagnostic(
                .misplaced, "overlap is the number of words that chunks share", at: range, hint: "give chunk too")
        }
        return options
    }

    private func gramSizes(
        _ sizes: [(number: Int, range: SourceRange)], _ reader: OptionReader
    ) throws(Diagnostic) -> ClosedRange<Int> {
        let others = ["language", "stemming", "stopwords", "identifiers", "synonyms"]
        if let other = others.first(where: { reader.contains($0) }) {
            throw Diagnostic(
                .misplaced, "an index of character n-grams has no words, so that \(other) means nothing",
                at: reader.range(other))
        }
        guard let first = sizes.first, let last = sizes.last, first.number <= last.number else {
            throw Diagnostic(
                .invalidOption, "option 'ngram' is the smallest and the largest number of characters",
                at: sizes.first?.range, hint: "for instance ngram = (3, 4)")
        }
        return first.number...last.number
    }

    /// An index that looks for synonyms in a table.
    func indexWithSynonyms(of table: Table) -> Index? {
        catalog.indexes.first { $0.textOptions?.synonymTableID == table.id }
    }

    /// Throws `inUse` for a column that an index looks for synonyms in.
    func refuseSynonymColumn(_ column: Identifier, of table: Table) throws(Diagnostic) {
        guard TextOptions.synonymColumns.contains(where: { $0.matches(column.name) }),
            let index = indexWithSynonyms(of: table)
        else { return }
        throw Diagnostic(
            .inUse, "column '\(column.name)' of table \(table.name) holds the synonyms of index \(index.name)",
            at: column.range, hint: "DROP INDEX \(index.name) first")
    }

    /// A table with the columns `word` and `synonym`.
    private func synonymTable(_ name: String, _ range: SourceRange) throws(Diagnostic) -> Table {
        guard let table = catalog.table(named: name) else {
            throw Diagnostic(
                .unknownTable, "unknown table '\(name)'", at: range,
                hint: Suggestion.hint(for: name, among: catalog.tables.map(\.name)))
        }
        for column in TextOptions.synonymColumns
        where table.columnIndex(named: column).map({ table.columns[$0].type != .text }) ?? true {
            throw Diagnostic(
                .unknownColumn, "table \(table.name) has no TEXT column '\(column)'", at: range,
                hint: "a table of synonyms has the columns word and synonym")
        }
        return table
    }
}
