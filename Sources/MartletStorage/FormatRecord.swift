// The record that says that a file is Martlet's, and of which version.
//
//   | offset | bytes | what                              |
//   | ------ | ----- | --------------------------------- |
//   | 0      | 8     | "MARTLET" and a zero              |
//   | 8      | 4     | format version, little-endian     |

import MartletCore

package enum FormatRecord {
    package static let key = KeyPrefix(.format, 0).bytes
    private static let magic: [UInt8] = Array("MARTLET".utf8) + [0]

    package static func bytes(version: UInt32) -> [UInt8] {
        magic + withUnsafeBytes(of: version.littleEndian) { Array($0) }
    }

    /// Checks the record, and writes it into an empty file.
    static func check(_ core: EnvironmentCore, mayCreate: Bool) throws(Diagnostic) {
        let view = try TransactionView(reading: core)
        defer { view.end() }
        if try view.keyCount() > 0 { return try check(view) }
        view.end()
        guard mayCreate else { throw FileHeader.notOurs(core.path) }
        let writer = try WriteView(writing: core)
        defer { writer.end() }
        // Another process may have been faster.
        if try writer.keyCount() > 0 { return try check(writer) }
        try writer.put(key, bytes(version: Environment.formatVersion))
        _ = try writer.commit()
    }

    /// Marks a file of an earlier version as one of this.
    static func raise(_ view: WriteView) throws(Diagnostic) {
        guard let record = try view.get(key), record.count == magic.count + 4,
            UInt32(littleEndian: record.loadUnaligned(fromByteOffset: magic.count, as: UInt32.self))
                < Environment.formatVersion
        else { return }
        try view.put(key, bytes(version: Environment.formatVersion))
    }

    /// - Throws: `notADatabase`, `newerFormat`, `corrupt`.
    static func check(_ view: TransactionView) throws(Diagnostic) {
        guard let record = try view.get(key), record.starts(with: magic) else {
            throw FileHeader.notOurs(view.core.path)
        }
        guard record.count == magic.count + 4 else {
            throw Diagnostic(.corrupt, "the format record has \(record.count) bytes", place: view.core.path)
        }
        let version = UInt32(littleEndian: record.loadUnaligned(fromByteOffset: magic.count, as: UInt32.self))
        guard version <= Environment.formatVersion else {
            throw Diagnostic(
                .newerFormat, "the file has format \(version); this build reads up to \(Environment.formatVersion)",
                hint: "use a newer version of Martlet", place: view.core.path)
        }
        guard version > 0 else { throw Diagnostic(.corrupt, "the file has format 0", place: view.core.path) }
    }
}
