// How the one ordered map is divided.
//
//   | offset | bytes | what                                   |
//   | ------ | ----- | -------------------------------------- |
//   | 0      | 1     | key space                              |
//   | 1      | 4     | object id, big-endian                  |
//   | 5      |       | the key within the object              |
//
// One map for all: a statement that touches a row, its indexes and its postings then writes one tree. Rows lie last,
// so that loading a new table in key order appends to the end of the map, where LMDB fills pages completely.

package import MartletCore

/// The kind of things that a range of keys holds. The numbers are part of the file format.
package struct KeySpace: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The format record, object 0.
    package static let format = KeySpace(rawValue: 0x00)
    /// Definitions: tables, indexes, models, runs, deployments.
    package static let catalog = KeySpace(rawValue: 0x10)
    /// Counters, one per object.
    package static let counter = KeySpace(rawValue: 0x18)
    /// Settings and small facts of the engine.
    package static let setting = KeySpace(rawValue: 0x20)
    /// Bytes of model versions.
    package static let model = KeySpace(rawValue: 0x30)
    /// Segment lists, deltas and tombstones of search indexes.
    package static let searchDelta = KeySpace(rawValue: 0x40)
    /// Immutable segments of search indexes.
    package static let segment = KeySpace(rawValue: 0x48)
    /// Feedback and other records of deployments, jobs and events.
    package static let journal = KeySpace(rawValue: 0x50)
    /// Blocks of large rows.
    package static let packed = KeySpace(rawValue: 0x60)
    /// Entries of ordered indexes.
    package static let index = KeySpace(rawValue: 0xE0)
    /// Rows of tables, or where they lie.
    package static let row = KeySpace(rawValue: 0xF0)
}

/// The first five bytes of every key of an object.
package struct KeyPrefix: Hashable, Sendable {
    package static let byteCount = 5

    package let space: KeySpace
    package let objectID: UInt32

    package init(_ space: KeySpace, _ objectID: UInt32) {
        self.space = space
        self.objectID = objectID
    }

    package var bytes: [UInt8] {
        [
            space.rawValue, UInt8(truncatingIfNeeded: objectID >> 24), UInt8(truncatingIfNeeded: objectID >> 16),
            UInt8(truncatingIfNeeded: objectID >> 8), UInt8(truncatingIfNeeded: objectID),
        ]
    }

    /// The space and object that a stored key belongs to; nil if the key is too short.
    package init?(of key: UnsafeRawBufferPointer) {
        guard key.count >= Self.byteCount else { return nil }
        space = KeySpace(rawValue: key[0])
        objectID = UInt32(bigEndian: key.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
    }
}

extension KeyPrefix {
    /// The key of a thing that the object knows by a number, without memory of its own.
    package func withKey<R>(
        rowNumber: Int64, _ body: (UnsafeRawBufferPointer) throws(Diagnostic) -> R
    ) throws(Diagnostic) -> R {
        let number = KeyNumber.bits(of: rowNumber)
        let start = UInt64(space.rawValue) << 56 | UInt64(objectID) << 24 | number >> 40
        let key = (start.bigEndian, (number << 24).bigEndian)
        return try Swift.withUnsafeBytes(of: key) { (bytes) throws(Diagnostic) in
            try body(UnsafeRawBufferPointer(rebasing: bytes[..<(Self.byteCount + 8)]))
        }
    }
}

extension KeyWriter {
    /// A writer whose buffer starts with an object's prefix; `truncate(to: KeyPrefix.byteCount)` begins the next key.
    package init(_ prefix: KeyPrefix) {
        self.init()
        append(prefix)
    }

    package mutating func append(_ prefix: KeyPrefix) {
        append(rawByte: prefix.space.rawValue)
        Swift.withUnsafeBytes(of: prefix.objectID.bigEndian) { append(raw: $0) }
    }
}

/// Bytes that order directly after every key that starts with `prefix`; nil if there are none.
func successor(ofPrefix prefix: [UInt8]) -> [UInt8]? {
    var result = prefix
    while let last = result.last {
        if last < 0xFF {
            result[result.count - 1] = last + 1
            return result
        }
        result.removeLast()
    }
    return nil
}
