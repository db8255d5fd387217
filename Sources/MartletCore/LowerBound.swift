// Search in ascending numbers.

extension Array where Element: Comparable {
    /// The first place whose element is at least `wanted`, in ascending order; the count if none is. O(log count).
    @inlinable
    package func lowerBound(_ wanted: Element) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if self[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether an ascending list holds an element. O(log count).
    @inlinable
    package func containsSorted(_ wanted: Element) -> Bool {
        let place = lowerBound(wanted)
        return place < count && self[place] == wanted
    }
}
