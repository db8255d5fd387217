// Where the large arrays of a training lie.

package import MartletCore
import MartletKernels
import Synchronization

/// Memory for encoded rows: from the heap up to a limit, beyond it in temporary files that are mapped, whose pages the system
/// writes out and reads again as it needs. Nothing else changes: a table larger than memory gives the same model, later.
package final class TrainingMemory: Sendable {
    private let limitBytes: Int
    private let map: (@Sendable (_ byteCount: Int) throws(Diagnostic) -> MemoryBlock)?
    private let heldBytes = Atomic<Int>(0)

    /// All from the heap.
    package static let heap = TrainingMemory()

    private init() {
        limitBytes = .max
        map = nil
    }

    /// - Parameter map: gives memory outside of the heap.
    package init(limitBytes: Int, map: @escaping @Sendable (_ byteCount: Int) throws(Diagnostic) -> MemoryBlock) {
        self.limitBytes = limitBytes
        self.map = map
    }

    /// Room for `count` elements; not initialised.
    ///
    /// - Throws: `diskFull`, `cannotWriteFile`, `outOfMemory`.
    package func allocate<T: BitwiseCopyable>(_ count: Int, of type: T.Type) throws(Diagnostic) -> MemoryBlock {
        let (bytes, overflow) = max(1, count).multipliedReportingOverflow(by: MemoryLayout<T>.stride)
        guard !overflow else { throw Diagnostic(.outOfMemory, "the rows to learn from are too many for memory") }
        let held = heldBytes.add(bytes, ordering: .relaxed).newValue
        if held > limitBytes, let map {
            heldBytes.subtract(bytes, ordering: .relaxed)
            return try map(bytes)
        }
        return MemoryBlock.heap(bytes) { [self] in heldBytes.subtract(bytes, ordering: .relaxed) }
    }
}

/// Bytes that are given back with the last reference.
///
/// `@unchecked Sendable`: whoever fills it holds it alone; after that it is only read, or written in disjoint parts.
package final class MemoryBlock: @unchecked Sendable {
    package let base: UnsafeMutableRawPointer
    package let byteCount: Int
    private let release: @Sendable () -> Void

    package init(_ base: UnsafeMutableRawPointer, byteCount: Int, release: @escaping @Sendable () -> Void) {
        self.base = base
        self.byteCount = byteCount
        self.release = release
    }

    static func heap(_ byteCount: Int, then done: @escaping @Sendable () -> Void = {}) -> MemoryBlock {
        let isLong = byteCount >= HugePages.leastBytes
        let base = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, byteCount), alignment: isLong ? HugePages.pageBytes : 64)
        HugePages.advise(base, byteCount: byteCount)
        nonisolated(unsafe) let memory = base
        return MemoryBlock(base, byteCount: byteCount) {
            memory.deallocate()
            done()
        }
    }

    deinit { release() }

    func bound<T: BitwiseCopyable>(to type: T.Type) -> UnsafeMutablePointer<T> {
        base.bindMemory(to: type, capacity: byteCount / MemoryLayout<T>.stride)
    }
}
