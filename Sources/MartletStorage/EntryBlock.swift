// Many entries read in one go, in place.

import CLMDB
package import MartletCore

/// Keys and values as they were found, one after the other. The bytes stay in the map: they hold until the transaction
/// writes again, or ends.
package final class EntryBlock {
    package let capacity: Int
    /// Not checked for overlapping access, as it moves for every entry.
    @exclusivity(unchecked) package private(set) var count = 0
    private let keyBytes: UnsafeMutablePointer<UnsafeRawBufferPointer>
    private let valueBytes: UnsafeMutablePointer<UnsafeRawBufferPointer>

    package init(capacity: Int) {
        self.capacity = max(1, capacity)
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        keyBytes = .allocate(capacity: self.capacity)
        keyBytes.initialize(repeating: nothing, count: self.capacity)
        valueBytes = .allocate(capacity: self.capacity)
        valueBytes.initialize(repeating: nothing, count: self.capacity)
    }

    deinit {
        keyBytes.deallocate()
        valueBytes.deallocate()
    }

    package var keys: UnsafeBufferPointer<UnsafeRawBufferPointer> { UnsafeBufferPointer(start: keyBytes, count: count) }

    package var values: UnsafeBufferPointer<UnsafeRawBufferPointer> {
        UnsafeBufferPointer(start: valueBytes, count: count)
    }

    /// - Precondition: the block is not full.
    package func append(_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        precondition(count < capacity)
        keyBytes[count] = key
        valueBytes[count] = value
        count += 1
    }

    package func removeAll() { count = 0 }

    /// Forgets all entries but the first `count`.
    package func truncate(to count: Int) { self.count = min(self.count, max(0, count)) }

    /// Keeps the entries at these places, which ascend.
    package func keep(_ places: [Int]) {
        for (new, old) in places.enumerated() where new != old {
            precondition(new < old && old < count)
            keyBytes[new] = keyBytes[old]
            valueBytes[new] = valueBytes[old]
        }
        count = places.count
    }
}

extension Cursor {
    /// Puts up to `limit` entries into the block in place of what it held, in order, and stands on the last of them. Fewer
    /// come only at the end.
    ///
    /// - Parameter includesCurrent: whether the first is the one that the cursor stands on, else the one that follows.
    package mutating func fill(
        _ block: EntryBlock, limit: Int, includingCurrent includesCurrent: Bool
    ) throws(Diagnostic) {
        block.removeAll()
        let limit = min(limit, block.capacity)
        guard limit > 0 else { return }
        let isOn = includesCurrent && isOnKey ? true : try next()
        if isOn { try fillFromCurrent(block, limit: limit) }
    }
}
