// The documents of several shares in the order of their keys.

import MartletCore
import MartletKernels

/// A live document: its share and its number there.
struct DocumentSource: Sendable {
    var share: Int32
    var document: Int32
}

/// Orders documents by key, or by rowid where that is the key. Keys are compared as bytes, equal ones by rowid, so the
/// order does not depend on how documents were shared out.
struct DocumentOrder: Sendable {
    fileprivate struct Keyed {
        /// The key's first eight bytes, or the rowid: most comparisons need no more.
        var prefix: UInt64
        var source: DocumentSource
    }

    let views: [ShareView]
    let hasKeys: Bool

    /// Documents in order.
    struct Run: Sendable {
        fileprivate var documents: [Keyed]
    }

    /// The live documents of one share. O(n log n), O(n) if they come in order.
    func run(_ share: Int, isRemoved: [Bool]) -> Run {
        let view = views[share]
        var keyed: [Keyed] = []
        keyed.reserveCapacity(isRemoved.count)
        for document in isRemoved.indices where !isRemoved[document] {
            let prefix =
                hasKeys ? BytePrefix.of(view.key(document)) : UInt64(bitPattern: view.rowids[document]) ^ (1 << 63)
            keyed.append(
                Keyed(
                    prefix: prefix, source: DocumentSource(share: Int32(share), document: Int32(document))))
        }
        views.withUnsafeBufferPointer { views in
            var isOrdered = true
            for place in keyed.indices.dropFirst() where !precedes(keyed[place - 1], keyed[place], views) {
                isOrdered = false
                break
            }
            if !isOrdered { keyed.sort { precedes($0, $1, views) } }
        }
        return Run(documents: keyed)
    }

    /// All documents of the runs. O(n) for each doubling of the number of runs.
    func merge(_ runs: [Run]) -> [DocumentSource] {
        var runs = runs
        while runs.count > 1 {
            var merged: [Run] = []
            for place in stride(from: 0, to: runs.count, by: 2) {
                merged.append(place + 1 < runs.count ? merge(runs[place], runs[place + 1]) : runs[place])
            }
            runs = merged
        }
        return runs.first?.documents.map(\.source) ?? []
    }

    private func merge(_ left: Run, _ right: Run) -> Run {
        var merged: [Keyed] = []
        merged.reserveCapacity(left.documents.count + right.documents.count)
        views.withUnsafeBufferPointer { views in
            left.documents.withUnsafeBufferPointer { left in
                right.documents.withUnsafeBufferPointer { right in
                    var (first, second) = (0, 0)
                    while first < left.count, second < right.count {
                        if precedes(right[second], left[first], views) {
                            merged.append(right[second])
                            second += 1
                        } else {
                            merged.append(left[first])
                            first += 1
                        }
                    }
                    merged.append(contentsOf: left[first...])
                    merged.append(contentsOf: right[second...])
                }
            }
        }
        return Run(documents: merged)
    }

    @inline(__always)
    private func precedes(_ a: Keyed, _ b: Keyed, _ views: UnsafeBufferPointer<ShareView>) -> Bool {
        if a.prefix != b.prefix { return a.prefix < b.prefix }
        return precedesWhole(a.source, b.source, views)
    }

    private func precedesWhole(
        _ a: DocumentSource, _ b: DocumentSource, _ views: UnsafeBufferPointer<ShareView>
    ) -> Bool {
        let (first, second) = (views[Int(a.share)], views[Int(b.share)])
        if hasKeys {
            let difference = compare(first.key(Int(a.document)), second.key(Int(b.document)))
            if difference != 0 { return difference < 0 }
        }
        return first.rowids[Int(a.document)] < second.rowids[Int(b.document)]
    }
}

/// What a segment holds of its documents beside their terms, in the order of their keys.
struct DocumentColumns: Sendable {
    var rowids: [Int64]
    var keys: ByteColumn
    /// By field.
    var lengths: [[UInt32]]

    /// Copies the columns, one thread each. O(documents · fields).
    init(
        _ order: [DocumentSource], _ views: [ShareView], fieldCount: Int, hasKeys: Bool, threads: Int
    ) throws(Diagnostic) {
        let columns = try Parallel.map(count: 2 + fieldCount, threads: order.count < 1 << 14 ? 1 : threads) {
            (column) throws(Diagnostic) -> DocumentColumn in
            switch column {
            case 0: .keys(hasKeys ? Self.keys(order, views) : ByteColumn())
            case 1:
                .rowids(Self.numbers(order, views) { view, document in view.rowids[document] })
            default:
                .lengths(
                    Self.numbers(order, views) { view, document in view.lengths[document * fieldCount + column - 2] })
            }
        }
        rowids = []
        keys = ByteColumn()
        lengths = []
        for column in columns {
            switch column {
            case .keys(let made): keys = made
            case .rowids(let made): rowids = made
            case .lengths(let made): lengths.append(made)
            }
        }
    }

    @inline(__always)
    private static func numbers<Number>(
        _ order: [DocumentSource], _ views: [ShareView], _ number: (ShareView, Int) -> Number
    ) -> [Number] {
        views.withUnsafeBufferPointer { views in
            [Number](unsafeUninitializedCapacity: order.count) { numbers, count in
                for (place, source) in order.enumerated() {
                    numbers.initializeElement(at: place, to: number(views[Int(source.share)], Int(source.document)))
                }
                count = order.count
            }
        }
    }

    private static func keys(_ order: [DocumentSource], _ views: [ShareView]) -> ByteColumn {
        views.withUnsafeBufferPointer { views in
            var ends = [0]
            ends.reserveCapacity(order.count + 1)
            var end = 0
            for source in order {
                end += views[Int(source.share)].key(Int(source.document)).count
                ends.append(end)
            }
            let bytes = [UInt8](unsafeUninitializedCapacity: end) { bytes, count in
                let target = UnsafeMutableRawBufferPointer(bytes)
                for (place, source) in order.enumerated() {
                    let key = views[Int(source.share)].key(Int(source.document))
                    UnsafeMutableRawBufferPointer(rebasing: target[ends[place]...]).copyMemory(from: key)
                }
                count = end
            }
            return ByteColumn(offsets: ends, bytes: bytes)
        }
    }
}

private enum DocumentColumn: Sendable {
    case keys(ByteColumn)
    case rowids([Int64])
    case lengths([UInt32])
}
