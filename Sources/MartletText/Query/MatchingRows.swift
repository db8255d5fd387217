// Which rows a query matches where its words may be in several indexes.

import MartletCore

/// The rows that each group of a query matches in all indexes together.
package struct MatchingRows: Hashable, Sendable {
    /// For each group, ascending.
    private var groups: [[Int64]] = []
    /// Whether the index that is asked holds rows by their passages.
    private var arePassages: Bool

    /// - Parameters:
    ///   - query: in the terms of any of the indexes.
    ///   - leaves: for each leaf the rows that it matches in any of them, ascending.
    package init(_ query: StructuredQuery, leaves: [[Int64]]) {
        arePassages = false
        var known = [[Int64]?](repeating: nil, count: query.groups.count)
        func rows(_ node: StructuredQuery.Node) -> [Int64] {
            switch node {
            case .leaf(let leaf): return leaves[leaf]
            case .group(let number):
                if let made = known[number] { return made }
                let group = query.groups[number]
                var result: [Int64]
                if let first = group.required.first {
                    result = group.required.dropFirst().reduce(rows(first)) { merged($0, rows($1)) { $0 && $1 } }
                } else {
                    result = group.optional.reduce([]) { merged($0, rows($1)) { $0 || $1 } }
                }
                for node in group.excluded { result = merged(result, rows(node)) { $0 && !$1 } }
                known[number] = result
                return result
            }
        }
        groups = query.groups.indices.map { rows(.group($0)) }
    }

    /// The same for an index of passages.
    package var ofPassages: MatchingRows {
        var rows = self
        rows.arePassages = true
        return rows
    }

    func documents(group: Int, _ reader: SegmentReader) throws(Diagnostic) -> OrdinalBitmap {
        let rows = groups[group]
        if !arePassages { return try reader.documents(rowids: rows) }
        var result = OrdinalBitmap(capacity: reader.documentCount)
        for document in 0..<reader.documentCount {
            let row = PassageID.row(of: try reader.rowid(document))
            if rows.containsSorted(row) { result.insert(document) }
        }
        return result
    }
}

/// The numbers of two ascending lists, by whether they are in the first and in the second.
private func merged(_ a: [Int64], _ b: [Int64], _ isKept: (Bool, Bool) -> Bool) -> [Int64] {
    var result: [Int64] = []
    var (left, right) = (0, 0)
    while left < a.count || right < b.count {
        let isLeft = right == b.count || (left < a.count && a[left] <= b[right])
        let isRight = left == a.count || (right < b.count && b[right] <= a[left])
        if isKept(isLeft, isRight) { result.append(isLeft ? a[left] : b[right]) }
        if isLeft { left += 1 }
        if isRight { right += 1 }
    }
    return result
}
