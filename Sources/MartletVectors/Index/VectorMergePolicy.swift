// Which segments of a vector index are merged next.

import MartletKernels

/// Keeps the number of segments logarithmic. Few rows are merged by those who write them; as soon as there are enough for
/// a graph or lists, these are built beside the writer, and so are larger ones of several small ones.
enum VectorMergePolicy {
    /// Smaller segments are scanned: a graph or lists would not be faster.
    static let structureMinimum = 8_192
    /// So many plain segments of one size class are merged.
    private static let mergeFactor = 8
    /// So many of the others of one size class are merged.
    private static let structureMergeFactor = 4

    /// Places of segments that are few rows even together: an empty one, one that is mostly deleted, or the smallest full
    /// class.
    static func chooseSmall(_ segments: [VectorIndexManifest.Segment]) -> [Int] {
        if let empty = segments.firstIndex(where: { $0.liveCount == 0 }) { return [empty] }
        let small = segments.indices.filter { !segments[$0].isStructured && segments[$0].liveCount < structureMinimum }
        if let worn = small.first(where: { segments[$0].deletedCount > segments[$0].liveCount }) { return [worn] }
        let chosen = fullClass(small, of: segments, factor: mergeFactor, members: mergeFactor)
        return rows(chosen, segments) < structureMinimum ? chosen : []
    }

    /// Places of segments to be merged beside the writer, at most `rowLimit` rows together.
    static func chooseLarge(
        _ segments: [VectorIndexManifest.Segment], isStructured: Bool, rowLimit: Int
    ) -> [Int] {
        let flat = segments.indices.filter { !segments[$0].isStructured }
        var chosen: [Int] = []
        if !isStructured {
            chosen = fullClass(flat, of: segments, factor: mergeFactor, members: mergeFactor)
        } else if rows(flat, segments) >= structureMinimum {
            for place in flat.sorted(by: { segments[$0].liveCount < segments[$1].liveCount })
            where rows(chosen + [place], segments) <= rowLimit { chosen.append(place) }
            if rows(chosen, segments) < structureMinimum { chosen = [] }
        }
        if chosen.isEmpty {
            chosen = segments.indices.first { segments[$0].deletedCount > segments[$0].liveCount }.map { [$0] } ?? []
        }
        if chosen.isEmpty, isStructured {
            let structured = segments.indices.filter { segments[$0].isStructured }
            chosen = fullClass(structured, of: segments, factor: structureMergeFactor, members: structureMergeFactor)
        }
        return rows(chosen, segments) <= rowLimit ? chosen.sorted() : []
    }

    /// How many rows can be merged in so much memory: their codes and links, those of 4 bits, and these once more in the segment.
    static func rowLimit(_ definition: VectorIndexDefinition, memoryLimitBytes: Int) -> Int {
        let linkBytes = 4 * 3 * (definition.structure.graph?.m ?? 0)
        let stride = definition.kind.stride(dimension: definition.dimension)
        let nibbleBytes =
            linkBytes > 0 && NibblePlane.suits(definition.kind, dimension: definition.dimension) ? stride / 2 : 0
        return memoryLimitBytes / (2 * (stride + linkBytes + 32) + nibbleBytes)
    }

    private static func rows(_ places: [Int], _ segments: [VectorIndexManifest.Segment]) -> Int {
        places.reduce(0) { $0 + segments[$1].liveCount }
    }

    /// Of the smallest size class that has enough members.
    private static func fullClass(
        _ places: [Int], of segments: [VectorIndexManifest.Segment], factor: Int, members: Int
    ) -> [Int] {
        var classes: [Int: [Int]] = [:]
        for place in places {
            var sizeClass = 0
            var size = segments[place].liveCount
            while size >= factor {
                size /= factor
                sizeClass += 1
            }
            classes[sizeClass, default: []].append(place)
        }
        return classes.sorted { $0.key < $1.key }.first { $0.value.count >= members }?.value ?? []
    }
}
