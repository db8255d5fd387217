// What people said about documents: query, document, grade.

package import MartletCore

/// Judgements grouped by query, in the order in which queries were first seen.
package struct Judgements: Hashable, Sendable {
    package private(set) var queries: [String] = []
    private var gradesByQuery: [String: [String: Int]] = [:]

    package init() {}

    /// Notes a grade; 1 and above is relevant, 0 and below is judged and not relevant. The same judgement twice is one.
    ///
    /// - Throws: `invalidJudgement` if the document already has another grade for this query.
    package mutating func add(query: String, document: String, grade: Int) throws(Diagnostic) {
        if gradesByQuery[query] == nil {
            queries.append(query)
            gradesByQuery[query] = [:]
        }
        if let earlier = gradesByQuery[query]?[document], earlier != grade {
            throw Diagnostic(
                .invalidJudgement,
                "document '\(document)' is judged twice for query '\(query)': \(earlier) and \(grade)",
                hint: "give each document one grade a query, for example with max(grade) and GROUP BY query, document")
        }
        gradesByQuery[query]?[document] = grade
    }

    package subscript(query query: String) -> [String: Int] { gradesByQuery[query] ?? [:] }

    package var isEmpty: Bool { queries.isEmpty }
}
