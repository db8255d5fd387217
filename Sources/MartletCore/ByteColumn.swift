// Variable-length values of one column, laid end to end.

/// The byte strings of a TEXT, JSON, BLOB or VECTOR column: element `i` is `bytes[offsets[i]..<offsets[i + 1]]`.
package struct ByteColumn: Hashable, Sendable {
    /// One more than there are elements; starts with 0 and never falls.
    package private(set) var offsets: [Int]
    package private(set) var bytes: [UInt8]

    /// Shared until it is changed.
    static let empty = ByteColumn(reserving: 0, bytes: 0)

    @inlinable
    package init() {
        self.init(reserving: 0, bytes: 0)
    }

    package init(reserving count: Int, bytes byteCount: Int) {
        offsets = []
        offsets.reserveCapacity(count + 1)
        offsets.append(0)
        bytes = []
        bytes.reserveCapacity(byteCount)
    }

    /// Elements that were laid out already.
    ///
    /// - Precondition: as `offsets` says.
    package init(offsets: [Int], bytes: [UInt8]) {
        precondition(offsets.first == 0 && offsets.last == bytes.count)
        self.offsets = offsets
        self.bytes = bytes
    }

    package var count: Int { offsets.count - 1 }

    package mutating func append(_ element: some Sequence<UInt8>) {
        bytes.append(contentsOf: element)
        offsets.append(bytes.count)
    }

    package mutating func append(_ element: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: element)
        offsets.append(bytes.count)
    }

    package mutating func append(_ string: String) {
        bytes.append(contentsOf: string.utf8)
        offsets.append(bytes.count)
    }

    package mutating func appendEmpty() {
        offsets.append(bytes.count)
    }

    /// Takes back all but the first `newCount` elements.
    ///
    /// - Precondition: `newCount` is from 0 to `count`.
    package mutating func truncate(to newCount: Int) {
        bytes.removeLast(bytes.count - offsets[newCount])
        offsets.removeLast(count - newCount)
    }

    package subscript(index: Int) -> ArraySlice<UInt8> {
        bytes[offsets[index]..<offsets[index + 1]]
    }

    /// Calls `body` with the element's bytes, without copying them.
    package func withBytes<R, E: Error>(at index: Int, _ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let start = offsets[index]
        let end = offsets[index + 1]
        var result: Result<R, E>?
        bytes.withUnsafeBytes { all in
            do throws(E) {
                result = .success(try body(UnsafeRawBufferPointer(rebasing: all[start..<end])))
            } catch {
                result = .failure(error)
            }
        }
        return try result!.get()
    }

    package func string(at index: Int) -> String {
        String(decoding: self[index], as: UTF8.self)
    }

    package func gather(_ indices: [Int]) -> ByteColumn {
        var result = ByteColumn(reserving: indices.count, bytes: 0)
        for index in indices { result.append(self[index]) }
        return result
    }
}
