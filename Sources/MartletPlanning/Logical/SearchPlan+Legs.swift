// The legs of a bound SEARCH, and how their rankings become one.

package import MartletCatalog
package import MartletCore
package import MartletExpressions

extension SearchPlan {
    /// One way of ranking rows.
    package struct Leg: Sendable {
        package enum Source: Sendable {
            case text(Text)
            case near(Near)
        }

        package var source: Source
        /// WEIGHT: how much the leg counts beside the others; nil is 1.
        package var weight: BoundExpression?

        package init(_ source: Source, weight: BoundExpression? = nil) {
            self.source = source
            self.weight = weight
        }
    }

    /// A text index with the columns that are searched.
    package struct TextPart: Sendable {
        package var index: Index
        /// One a part of the index; 0 leaves the column out.
        package var weights: [Double]
        /// The trained version that ranks what is found; nil: by the words alone.
        package var retriever: ModelVersion?
        /// The deployment whose feedback has a say.
        package var deployment: String?

        package init(
            index: Index, weights: [Double], retriever: ModelVersion? = nil, deployment: String? = nil
        ) {
            self.index = index
            self.weights = weights
            self.retriever = retriever
            self.deployment = deployment
        }
    }

    /// A leg that looks for words.
    package struct Text: Sendable {
        package enum Syntax: Sendable {
            /// A person's words.
            case words
            /// The strict query language.
            case query
            /// The primary key of a row, whose characteristic words are looked for; the row itself is not found.
            case row
        }

        /// What is looked for; of `row` the key.
        package var text: BoundExpression
        package var syntax: Syntax
        /// At least one; the scores that a row has in several are added.
        package var parts: [TextPart]

        package init(text: BoundExpression, syntax: Syntax = .words, parts: [TextPart]) {
            self.text = text
            self.syntax = syntax
            self.parts = parts
        }
    }

    /// A leg that compares vectors.
    package struct Near: Sendable {
        /// What the column's vectors are compared with.
        package enum Target: Sendable {
            /// A vector of the column's dimension, as 32-bit floats.
            case vector(BoundExpression)
            /// The vector of the row with this primary key, which itself is not found.
            case row(BoundExpression)
        }

        /// Of the table.
        package var column: Int
        /// Of the table's rows; nil where it is not made in advance.
        package var layout: RowLayout?
        package var target: Target
        /// nil: the rows themselves are scanned.
        package var index: Index?
        package var metric: VectorOptions.Metric
        /// WITHIN: the greatest distance.
        package var within: BoundExpression?
        /// The option `ef`: how many near rows a graph is asked for.
        package var size: Int?
        /// The option `probes`: into how many lists a search looks.
        package var probes: Int?
        /// The option `exact`.
        package var isExact: Bool

        package init(
            column: Int, layout: RowLayout? = nil, target: Target, index: Index?, metric: VectorOptions.Metric,
            within: BoundExpression? = nil, size: Int? = nil, probes: Int? = nil, isExact: Bool = false
        ) {
            self.column = column
            self.layout = layout
            self.target = target
            self.index = index
            self.metric = metric
            self.within = within
            self.size = size
            self.probes = probes
            self.isExact = isExact
        }

        package static let sizeRange = 1...16_384
        package static let probeRange = 1...65_536
    }

    /// FUSE BY: how the rankings of several legs become one.
    package struct Fusion: Sendable {
        package enum Method: Sendable {
            /// Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009): the sum of weight / (k + rank).
            case rrf(k: Double)
            /// The weighted sum of scores.
            case linear(Normalization)
        }

        /// How the scores of one leg are made comparable with those of another.
        package enum Normalization: String, CaseIterable, Sendable {
            /// From 0 for the leg's lowest candidate to 1 for its best.
            case minmax
            /// Divided by the best candidate's.
            case max
            case none
        }

        package var method: Method
        /// How many rows of each leg take part; nil is `max(100, 10 × LIMIT)`.
        package var candidates: Int?

        package init(method: Method, candidates: Int? = nil) {
            self.method = method
            self.candidates = candidates
        }

        package static let standard = Fusion(method: .rrf(k: 60))
        package static let candidateRange = 1...100_000

        package func candidateCount(limit: Int) -> Int { Swift.max(candidates ?? Swift.max(100, 10 * limit), limit) }
    }

    /// RERANK BY: the order of the best by another model's score.
    package struct Reranking: Sendable {
        /// As EXPLAIN shows it: `helpdesk = finder@3`.
        package var label: String
        package var text: BoundExpression
        package var part: TextPart
        /// How many of the best are ranked anew.
        package var top: BoundExpression?

        package init(label: String, text: BoundExpression, part: TextPart, top: BoundExpression?) {
            self.label = label
            self.text = text
            self.part = part
            self.top = top
        }

        package static let defaultTop = 100
    }
}
