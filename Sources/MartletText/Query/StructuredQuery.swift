// A query in the terms of one index.

package import MartletCore

/// The tree of a QUERY, with words analysed as the index does it. Its leaves are numbered in the order of the text.
package struct StructuredQuery: Hashable, Sendable {
    package struct Leaf: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            case term([UInt8])
            case prefix([UInt8])
            case fuzzy([UInt8], distance: Int)
            case range(TermRange)
            /// A letter of a script that is indexed by pairs: those that begin or end with it.
            case pairs([UInt8])
            case phrase([[UInt8]], slop: Int)
            /// What only other indexes of the search can have.
            case nothing
        }

        package var kind: Kind
        /// Of the index; nil is every one.
        var field: Int?
        var boost: Float
        /// Whether it adds to scores: what is excluded does not.
        var isScored: Bool
        /// The groups with conditions that it stands in, without the outermost: it counts where they match.
        var groups: [Int]
        /// As it was written.
        package var label: String
    }

    enum Node: Hashable, Sendable {
        case leaf(Int)
        case group(Int)
    }

    struct Group: Hashable, Sendable {
        var required: [Node] = []
        var optional: [Node] = []
        var excluded: [Node] = []

        var hasConditions: Bool { !required.isEmpty || !excluded.isEmpty }
        var isEmpty: Bool { required.isEmpty && optional.isEmpty && excluded.isEmpty }
    }

    package private(set) var leaves: [Leaf] = []
    /// The first is the whole.
    private(set) var groups: [Group] = []
    /// For each group the rows that match it, where several indexes decide about that together.
    package var matchingRows: MatchingRows?

    /// Whether anything is required or excluded.
    package var hasConditions: Bool { groups.contains(where: \.hasConditions) }

    /// An index that is searched.
    package struct Target {
        package var analyzer: Analyzer
        /// The names of its columns.
        package var fields: [String]
        /// Those that may be named in the query.
        package var searched: [Bool]

        package init(analyzer: Analyzer, fields: [String], searched: [Bool]) {
            self.analyzer = analyzer
            self.fields = fields
            self.searched = searched
        }
    }

    /// - Throws: `invalidQuery` for a column that is not searched.
    package init(
        _ node: QueryNode, text: String, analyzer: Analyzer, fields: [String], searched: [Bool]
    ) throws(Diagnostic) {
        self = try Self.queries(
            node, text: text, [Target(analyzer: analyzer, fields: fields, searched: searched)])[0]
    }

    private init(leaves: [Leaf], groups: [Group]) {
        self.leaves = leaves
        self.groups = groups
    }

    /// A query in the terms of several indexes, one for each: with the same leaves and groups, as far as their numbers go.
    ///
    /// - Throws: `invalidQuery` for a column that is searched in none of them.
    package static func queries(
        _ node: QueryNode, text: String, _ targets: [Target]
    ) throws(Diagnostic) -> [StructuredQuery] {
        var builder = Builder(text: Array(text.utf8), targets: targets)
        _ = try builder.group(node, isScored: true, within: [])
        return builder.leaves.map { StructuredQuery(leaves: $0, groups: builder.groups) }
    }

    private struct Builder {
        let text: [UInt8]
        let targets: [Target]
        /// For each target.
        var leaves: [[Leaf]]
        var groups: [Group] = []

        init(text: [UInt8], targets: [Target]) {
            self.text = text
            self.targets = targets
            leaves = targets.map { _ in [] }
        }

        /// The number of a group; nil if nothing is left of it, as all its words are stop words.
        mutating func group(_ node: QueryNode, isScored: Bool, within outer: [Int]) throws(Diagnostic) -> Int? {
            let clauses: [QueryClause]
            if case .group(let given) = node {
                clauses = given
            } else {
                clauses = [.init(occurrence: .optional, node: node)]
            }
            let number = groups.count
            groups.append(Group())
            var made = Group()
            // A group with conditions holds its leaves back where they are not met; the outermost does so by itself.
            let hasConditions = clauses.contains { $0.occurrence != .optional }
            let own = number > 0 && hasConditions ? outer + [number] : outer
            for clause in clauses {
                let isScored = isScored && clause.occurrence != .excluded
                let within = clause.occurrence == .excluded ? [] : own
                var inner: Node?
                switch clause.node {
                case .leaf(let leaf): inner = try self.leaf(leaf, isScored: isScored, within).map { .leaf($0) }
                case .group:
                    inner = try group(clause.node, isScored: isScored, within: within).map { .group($0) }
                }
                guard let inner else { continue }
                switch clause.occurrence {
                case .required: made.required.append(inner)
                case .optional: made.optional.append(inner)
                case .excluded: made.excluded.append(inner)
                }
            }
            groups[number] = made
            return made.required.isEmpty && made.optional.isEmpty ? nil : number
        }

        private mutating func leaf(
            _ leaf: QueryLeaf, isScored: Bool, _ groups: [Int]
        ) throws(Diagnostic) -> Int? {
            let fields = try leaf.field.map { field throws(Diagnostic) in try self.fields(field) }
            let kinds = targets.indices.map { number in
                fields != nil && fields?[number] == nil ? nil : Self.kind(leaf.kind, targets[number].analyzer)
            }
            if kinds.allSatisfy({ $0 == nil }) { return nil }
            for number in targets.indices {
                leaves[number].append(
                    Leaf(
                        kind: kinds[number] ?? .nothing, field: fields?[number], boost: leaf.boost, isScored: isScored,
                        groups: groups, label: String(decoding: text[leaf.place], as: UTF8.self)))
            }
            return leaves[0].count - 1
        }

        /// The place of a column in each target that has it.
        private func fields(_ field: QueryField) throws(Diagnostic) -> [Int?] {
            let places = targets.map { target in
                target.fields.indices.first { target.searched[$0] && target.fields[$0].matches(field.name) }
            }
            if places.contains(where: { $0 != nil }) { return places }
            let known = targets.flatMap { target in
                target.fields.indices.filter { target.searched[$0] }.map { target.fields[$0] }
            }
            throw .invalidQuery(
                "'\(field.name)' is not a column that is searched", field.place,
                hint: Suggestion.hint(for: field.name, among: known) ?? "searched are \(known.joined(separator: ", "))")
        }

        /// nil for stop words.
        private static func kind(_ kind: QueryLeaf.Kind, _ analyzer: Analyzer) -> Leaf.Kind? {
            switch kind {
            case .word(let text): return words(text, slop: 0, analyzer)
            case .phrase(let text, let slop): return words(text, slop: slop, analyzer)
            case .prefix(let text):
                let bytes = analyzer.normalized(text)
                return bytes.isEmpty ? nil : .prefix(bytes)
            case .fuzzy(let text, let distance):
                guard let term = analyzer.terms(of: text).first else { return nil }
                return .fuzzy(term, distance: distance)
            case .range(let lower, let upper):
                func bound(_ bound: QueryLeaf.Bound?) -> TermRange.Bound? {
                    bound.map { TermRange.Bound(bytes: analyzer.normalized($0.text), isInclusive: $0.isInclusive) }
                }
                return .range(TermRange(lower: bound(lower), upper: bound(upper)))
            }
        }

        private static func words(_ text: String, slop: Int, _ analyzer: Analyzer) -> Leaf.Kind? {
            let terms = analyzer.terms(of: text)
            if terms.count > 1 { return .phrase(terms, slop: slop) }
            return terms.first.map { StructuredQuery.single($0, analyzer) }
        }
    }

    /// What a word of one term looks for.
    private static func single(_ term: [UInt8], _ analyzer: Analyzer) -> Leaf.Kind {
        analyzer.isSingleIdeograph(term) ? .pairs(term) : .term(term)
    }

    /// A person's words, each optional; nil unless one is a single letter of a script that is indexed by pairs, which
    /// stands for several terms.
    package init?(_ words: TextQuery, analyzer: Analyzer) {
        guard words.terms.contains(where: { analyzer.isSingleIdeograph($0.bytes) }) else { return nil }
        leaves = words.terms.map { term in
            Leaf(
                kind: Self.single(term.bytes, analyzer), boost: Float(term.count) * term.weight, isScored: true,
                groups: [], label: String(decoding: term.bytes, as: UTF8.self))
        }
        groups = [Group(optional: leaves.indices.map { .leaf($0) })]
    }
}
