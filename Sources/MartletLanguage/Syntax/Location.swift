// Where a node stands in the text.

package import MartletCore

/// A node's source range. All locations are equal, so that trees compare by structure alone.
package struct Location: Hashable, Sendable {
    package var range: SourceRange

    package init(_ range: SourceRange) { self.range = range }

    package init(_ start: Int, _ end: Int) { range = SourceRange(start, end) }

    package static func == (_: Location, _: Location) -> Bool { true }

    package func hash(into _: inout Hasher) {}
}
