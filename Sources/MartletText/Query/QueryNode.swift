// The strict query language as a tree.

import MartletCore

/// What a QUERY asks for, as it was written.
package indirect enum QueryNode: Hashable, Sendable {
    case leaf(QueryLeaf)
    case group([QueryClause])
}

package struct QueryClause: Hashable, Sendable {
    package enum Occurrence: Hashable, Sendable {
        /// At least one of these, where nothing is required.
        case optional
        case required
        case excluded
    }

    package var occurrence: Occurrence
    package var node: QueryNode
}

/// A condition on single terms, or on terms beside each other.
package struct QueryLeaf: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// One word; several make a phrase, if the analyzer sees several.
        case word(String)
        /// `word*`: terms that begin so.
        case prefix(String)
        /// `word~1`: terms that are at most so many insertions, deletions, replacements or swaps of neighbours away.
        case fuzzy(String, distance: Int)
        /// `"a b"~slop`
        case phrase(String, slop: Int)
        /// `[a TO b]`, `{a TO b}`; nil is `*`.
        case range(lower: Bound?, upper: Bound?)
    }

    package struct Bound: Hashable, Sendable {
        package var text: String
        package var isInclusive: Bool
    }

    package var kind: Kind
    /// `title:…`; nil is every column that is searched.
    package var field: QueryField?
    /// `^2`
    package var boost: Float
    /// In the query's UTF-8.
    package var place: Range<Int>
}

package struct QueryField: Hashable, Sendable {
    package var name: String
    package var place: Range<Int>
}

extension Diagnostic {
    /// A mistake in a query; its range is in the query's UTF-8.
    static func invalidQuery(_ message: String, _ place: Range<Int>, hint: String? = nil) -> Diagnostic {
        Diagnostic(
            .invalidQuery, message, at: SourceRange(place.lowerBound, place.upperBound), hint: hint)
    }
}
