// Counters that cost no page: how many rows a table has, without writing it down at every commit.
//
//   key: prefix (counter, object)   value: Int64, little-endian: the counter of an object
//   key: prefix (counter, 0)        value: the floating counter
//
//   | offset | bytes | the floating counter, little-endian                        |
//   | ------ | ----- | ---------------------------------------------------------- |
//   | 0      | 4     | object                                                     |
//   | 4      | 4     | step: keys of the map for one of what is counted, ≥ 1   |
//   | 8      | 8     | base: the object's counter is (keys − base) / step      |
//
// LMDB keeps the number of keys of the whole map in the meta page that every commit writes anyway. One object, the
// one whose counter changed last, has its counter stored as the distance from that number: as long as commits add or
// remove nothing but its rows, with as many index entries each, the counter is right without a change, and a commit
// writes the pages of its rows alone. Any other commit writes the floating counter anew. Whatever is stored under the
// floating object's own key meanwhile counts for nothing.

package import MartletCore

/// The record of the floating counter.
package struct FloatingCounter: Equatable {
    package static let key = KeyWriter(KeyPrefix(.counter, 0))
    private static let byteCount = 16

    package var object: UInt32
    package var step: UInt32
    var base: Int64

    init(object: UInt32, step: UInt32, base: Int64) {
        self.object = object
        self.step = step
        self.base = base
    }

    /// - Throws: `corrupt`.
    package static func read(_ view: TransactionView) throws(Diagnostic) -> FloatingCounter? {
        guard let bytes = try view.get(key) else { return nil }
        guard bytes.count == byteCount else { throw corrupt(view) }
        let counter = FloatingCounter(
            object: UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)),
            step: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)),
            base: Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: Int64.self)))
        guard counter.step > 0 else { throw corrupt(view) }
        return counter
    }

    func write(_ view: WriteView) throws(Diagnostic) {
        var bytes: [UInt8] = []
        withUnsafeBytes(of: object.littleEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: step.littleEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: base.littleEndian) { bytes.append(contentsOf: $0) }
        try view.put(Self.key, bytes)
    }

    /// What it says when the map has `keyCount` keys.
    func value(keyCount: Int, _ view: TransactionView) throws(Diagnostic) -> Int64 {
        let (distance, overflow) = Int64(keyCount).subtractingReportingOverflow(base)
        guard !overflow, distance.isMultiple(of: Int64(step)) else { throw Self.corrupt(view) }
        return distance / Int64(step)
    }

    private static func corrupt(_ view: TransactionView) -> Diagnostic {
        Diagnostic(.corrupt, "the counter of rows cannot be read", place: view.core.path)
    }
}

extension TransactionView {
    /// An object's counter, 0 at first. One or two lookups.
    ///
    /// - Throws: `corrupt`.
    package final func counter(_ object: UInt32) throws(Diagnostic) -> Int64 {
        let settled: Int64
        if let floating = try FloatingCounter.read(self), floating.object == object {
            settled = try floating.value(keyCount: try settledKeyCount(), self)
        } else {
            settled = try storedCounter(object)
        }
        let (sum, overflow) = settled.addingReportingOverflow(counterChange(object))
        if overflow { throw Diagnostic(.integerOverflow, "a counter has reached its end") }
        return sum
    }

    fileprivate final func storedCounter(_ object: UInt32) throws(Diagnostic) -> Int64 {
        guard let bytes = try get(KeyWriter(KeyPrefix(.counter, object))) else { return 0 }
        guard bytes.count == 8 else {
            throw Diagnostic(.corrupt, "a counter of \(bytes.count) bytes", place: core.path)
        }
        return Int64(littleEndian: bytes.loadUnaligned(as: Int64.self))
    }
}

extension WriteView {
    /// Brings the changes of counters into the transaction, which is about to be committed.
    func settleCounters() throws(Diagnostic) {
        let start = try settledKeyCount()
        let keyChange = try keyCount() - start
        let changes = counterChanges.filter { $0.value != 0 }
        if changes.isEmpty, keyChange == 0 { return }
        let floating = try FloatingCounter.read(self)
        if let floating, floating.follows(changes, keyChange) { return }
        guard let next = floating?.next(changes, keyChange) ?? FloatingCounter.first(changes, keyChange) else {
            return
        }
        let count = try counter(next.object)
        var written = changes.map(\.key)
        if let floating, changes[floating.object] == nil { written.append(floating.object) }
        for object in written.sorted() where object != next.object {
            try storeCounter(object, try counter(object))
        }
        if floating == nil { try next.write(self) }
        counterChanges = [:]
        // What was written above counts as well.
        let (distance, overflow) = Int64(next.step).multipliedReportingOverflow(by: count)
        if overflow { throw Diagnostic(.integerOverflow, "a counter has reached its end") }
        var placed = next
        placed.base = Int64(try keyCount()) - distance
        try placed.write(self)
    }

    private func storeCounter(_ object: UInt32, _ count: Int64) throws(Diagnostic) {
        let key = KeyWriter(KeyPrefix(.counter, object))
        if count == 0 {
            _ = try delete(key)
        } else {
            try withUnsafeBytes(of: count.littleEndian) { (bytes) throws(Diagnostic) in try put(key, bytes) }
        }
    }
}

extension FloatingCounter {
    /// Whether it stays right through these changes.
    fileprivate func follows(_ changes: [UInt32: Int64], _ keyChange: Int) -> Bool {
        guard changes.count <= 1, let change = changes.isEmpty ? 0 : changes[object] else { return false }
        let (expected, overflow) = change.multipliedReportingOverflow(by: Int64(step))
        return !overflow && expected == keyChange
    }

    /// The one that these changes suggest for the next commits.
    fileprivate func next(_ changes: [UInt32: Int64], _ keyChange: Int) -> FloatingCounter {
        changes.count == 1 ? Self.first(changes, keyChange) ?? self : self
    }

    fileprivate static func first(_ changes: [UInt32: Int64], _ keyChange: Int) -> FloatingCounter? {
        guard let (object, change) = changes.min(by: { $0.key < $1.key }) else { return nil }
        let (quotient, remainder) = Int64(keyChange).quotientAndRemainder(dividingBy: change)
        let step = remainder == 0 && quotient > 0 ? UInt32(exactly: quotient) ?? 1 : 1
        return FloatingCounter(object: object, step: changes.count == 1 ? step : 1, base: 0)
    }
}
