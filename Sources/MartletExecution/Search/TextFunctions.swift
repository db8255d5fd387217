// suggest() and did_you_mean(): what a text index knows of words.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletPlanning
import MartletText

enum TextFunctions {
    static let suggestionLimit = 1_000
    private static let standardCount: Int64 = 10

    /// - Parameter values: the arguments behind the index, none of them NULL.
    static func suggest(
        _ plan: TableFunctionPlan, _ values: [Value], _ context: ExecutionContext
    ) throws(Diagnostic) -> [[Value]] {
        guard case .text(let text) = values[0] else { return [] }
        var count = standardCount
        if values.count > 1, case .integer(let given) = values[1] { count = given }
        guard (0...Int64(suggestionLimit)).contains(count) else {
            throw Diagnostic(
                .outOfRange, "suggest() gives 0 to \(suggestionLimit) words, not \(count)", at: plan.arguments[1].range)
        }
        return try search(plan, context).completions(of: text, limit: Int(count)).map { completion in
            [.text(completion.text), .text(completion.word), .integer(Int64(completion.documentFrequency))]
        }
    }

    static func didYouMean(
        _ plan: TableFunctionPlan, _ values: [Value], _ context: ExecutionContext
    ) throws(Diagnostic) -> [[Value]] {
        guard case .text(let text) = values[0] else { return [] }
        let corrections = try search(plan, context).corrections(of: text)
        let corrected = TextCorrection.corrected(text, corrections).map { Value.text($0) } ?? .null
        let bytes = Array(text.utf8)
        return corrections.map { correction in
            let start = bytes[..<correction.range.lowerBound].count { $0 & 0xC0 != 0x80 }
            return [
                .integer(Int64(start + 1)), .text(String(decoding: bytes[correction.range], as: UTF8.self)),
                correction.suggestion.map { .text($0.word) } ?? .null,
                correction.suggestion.map { .integer(Int64($0.documentFrequency)) } ?? .null, corrected,
            ]
        }
    }

    private static func search(_ plan: TableFunctionPlan, _ context: ExecutionContext) throws(Diagnostic) -> TextSearch
    {
        guard let (table, index) = plan.textIndex.map({ ($0.table, $0.index) }) else {
            throw Diagnostic(.corrupt, "\(plan.function.rawValue)() has lost its index")
        }
        return try TextSearch(
            context, table, SearchPlan.TextPart(index: index, weights: index.parts.map(\.weight)))
    }
}
