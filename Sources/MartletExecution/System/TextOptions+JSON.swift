// A text index's options as sys.indexes shows them.

import MartletCatalog
import MartletFormats

extension TextOptions {
    /// Those that are always there, then those that were asked for.
    func json(synonymTable: String?) -> String {
        func quoted(_ text: String) -> String { JSONValue.string(text).description }
        var members = ["\"language\": \(quoted(language))", "\"stemming\": \(stemming)"]
        let list = stopwordList.map { words in "[" + words.map(quoted).joined(separator: ", ") + "]" }
        members.append("\"stopwords\": \(list ?? String(stopwords))")
        members.append("\"k1\": \(k1)")
        members.append("\"b\": \(b)")
        if identifiers { members.append("\"identifiers\": true") }
        if hasPositions { members.append("\"positions\": true") }
        if let gramSizes { members.append("\"ngram\": [\(gramSizes.lowerBound), \(gramSizes.upperBound)]") }
        if synonymTableID != nil { members.append("\"synonyms\": \(quoted(synonymTable ?? "?"))") }
        if let chunking {
            members.append("\"chunk\": \(chunking.words)")
            members.append("\"overlap\": \(chunking.overlap)")
        }
        return "{" + members.joined(separator: ", ") + "}"
    }
}
