// Which segments are merged next.

/// Keeps the number of segments logarithmic: as many as ``mergeFactor`` of a size class become one of the next.
enum TextMergePolicy {
    /// How many segments of a size class are merged into one.
    static let mergeFactor = 8

    /// Places of segments to be merged into one; none if nothing is to be done. Empty segments come first, then those
    /// that are mostly deleted, then the smallest full class, if its members together are within `limitBytes`.
    static func choose(_ segments: [TextIndexManifest.Segment], limitBytes: Int) -> [Int] {
        if let empty = segments.firstIndex(where: { $0.liveCount == 0 }) { return [empty] }
        if let worn = segments.firstIndex(where: { $0.deletedCount > $0.liveCount && $0.byteCount <= limitBytes }) {
            return [worn]
        }
        var classes: [Int: [Int]] = [:]
        for (place, segment) in segments.enumerated() {
            var sizeClass = 0
            var size = segment.liveCount
            while size >= mergeFactor {
                size /= mergeFactor
                sizeClass += 1
            }
            classes[sizeClass, default: []].append(place)
        }
        for (_, members) in classes.sorted(by: { $0.key < $1.key }) where members.count >= mergeFactor {
            let bytes = members.reduce(0) { $0 + segments[$1].byteCount }
            if bytes <= limitBytes { return members }
        }
        return []
    }
}
