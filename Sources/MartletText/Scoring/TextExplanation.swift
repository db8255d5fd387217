// Why a document was found: each query term's part in its score.

package import MartletCore
import MartletKernels

/// The score of one document, taken apart.
package struct TextExplanation: Hashable, Sendable {
    package struct Term: Hashable, Sendable {
        package var term: String
        /// How often it occurs in the query.
        package var count: Int
        /// For each field of the index, how often it occurs in the document; 0 where it is not looked for.
        package var frequencies: [Int]
        /// The number of documents that it occurs in.
        package var documentFrequency: Int
        package var inverseDocumentFrequency: Double
        package var score: Float
    }

    package var score: Float
    /// For each field, the number of the document's tokens.
    package var lengths: [Int]
    package var terms: [Term]

    /// As JSON, with the names of the fields: terms by falling score.
    package func json(fields: [String]) -> String { "{\(members(fields: fields))}" }

    /// The members of that JSON object.
    package func members(fields: [String]) -> String {
        func object(_ numbers: [Int]) -> String {
            let members = numbers.enumerated().map { index, number in
                "\(Self.quoted(index < fields.count ? fields[index] : String(index))):\(number)"
            }
            return "{\(members.joined(separator: ","))}"
        }
        let ordered = terms.enumerated().sorted { a, b in
            a.element.score != b.element.score ? a.element.score > b.element.score : a.offset < b.offset
        }
        let rows = ordered.map { _, term in
            let share = score > 0 ? Double(term.score) / Double(score) : 0
            return "{\"term\":\(Self.quoted(term.term)),\"count\":\(term.count),\"tf\":\(object(term.frequencies)),"
                + "\"df\":\(term.documentFrequency),\"idf\":\(Self.rounded(term.inverseDocumentFrequency)),"
                + "\"score\":\(Self.rounded(Double(term.score))),\"share\":\(Self.rounded(share))}"
        }
        return "\"score\":\(Self.rounded(Double(score))),\"length\":\(object(lengths)),"
            + "\"terms\":[\(rows.joined(separator: ","))]"
    }

    /// To four decimals.
    package static func rounded(_ number: Double) -> Double { (number * 10_000).rounded() / 10_000 }

    package static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension TextSearcher {
    /// Takes the score of a hit apart. Costs the reading of the query terms' postings up to the document.
    package func explain(_ query: TextQuery, _ hit: TextHit) throws(Diagnostic) -> TextExplanation {
        guard segments.indices.contains(hit.segment) else { return TextExplanation(score: 0, lengths: [], terms: []) }
        let (lengths, length) = try lengths(of: hit)
        let located = try locate(query)
        let grid = grid(located)
        var explanation = TextExplanation(score: 0, lengths: lengths, terms: [])
        for located in located {
            guard let place = located.places[hit.segment] else { continue }
            let found = try segments[hit.segment].reading { (reader) throws(Diagnostic) in
                try frequencies(in: try reader.blocks(place), document: hit.document)
            }
            guard let frequencies = found else { continue }
            let weighted = weighted(frequencies)
            if weighted == 0 { continue }
            let score = model(located, grid).part(weighted: weighted, length: length)
            explanation.score += score
            explanation.terms.append(
                TextExplanation.Term(
                    term: String(decoding: located.term.bytes, as: UTF8.self), count: located.term.count,
                    frequencies: frequencies, documentFrequency: located.documentFrequency,
                    inverseDocumentFrequency: located.inverseDocumentFrequency, score: score))
        }
        return explanation
    }

    /// For each field the length of a hit's document, and their sum by weight.
    func lengths(of hit: TextHit) throws(Diagnostic) -> (fields: [Int], weighted: Float) {
        let segment = segments[hit.segment]
        var lengths: [Int] = []
        var length: Float = 0
        for field in 0..<fieldCount {
            let fieldLength = try segment.reading { (reader) throws(Diagnostic) in
                try reader.length(hit.document, field: field)
            }
            lengths.append(Int(fieldLength))
            if parameters.weights[field] > 0 { length += parameters.weights[field] * Float(fieldLength) }
        }
        return (lengths, length)
    }

    /// For each field that is searched the frequency in a document, 0 for others; nil if it is not among the postings.
    func frequencies(in blocks: PostingBlocks, document: Int) throws(Diagnostic) -> [Int]? {
        let buffer = PostingBuffer(fieldCount: fieldCount)
        var cursor = PostingCursor(blocks)
        while try cursor.next(into: buffer) {
            guard let last = buffer.documents.last, Int(last) >= document else { continue }
            guard let place = buffer.documents.firstIndex(of: UInt32(document)) else { return nil }
            return (0..<fieldCount).map { field in
                parameters.weights[field] > 0 ? Int(buffer.frequencies(field: field)[place]) : 0
            }
        }
        return nil
    }

    /// The sum of the fields' frequencies by weight.
    func weighted(_ frequencies: [Int]) -> Float {
        var sum: Float = 0
        for field in 0..<fieldCount where parameters.weights[field] > 0 {
            sum += parameters.weights[field] * Float(frequencies[field])
        }
        return sum
    }
}
