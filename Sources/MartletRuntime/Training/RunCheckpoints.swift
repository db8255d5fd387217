// The state of runs that may have to go on after their process has ended.
//
//   key: prefix (journal, 2) + run 8 bytes, big-endian + the part's name + byte 0 + chunk number 4 bytes, big-endian
//   value: the chunk
//
// Chunks have 1 MiB, the last one of a part what is left. Each part carries its own checksum.

import MartletCore
import MartletStorage

enum RunCheckpoints {
    private static let prefix = KeyPrefix(.journal, 2)
    private static let chunkBytes = 1 << 20

    private static func start(_ run: Int64) -> [UInt8] {
        prefix.bytes + withUnsafeBytes(of: run.bigEndian) { Array($0) }
    }

    /// Replaces parts, or removes those that are nil.
    static func put(_ changes: [String: [UInt8]?], of run: Int64, _ view: WriteView) throws(Diagnostic) {
        for name in changes.keys.sorted() {
            let key = start(run) + Array(name.utf8) + [0]
            _ = try view.deleteAll(prefix: key)
            guard let bytes = changes[name] ?? nil else { continue }
            var number: UInt32 = 0
            for first in stride(from: 0, to: max(1, bytes.count), by: chunkBytes) {
                let chunk = Array(bytes[first..<min(bytes.count, first + chunkBytes)])
                try view.put(key + withUnsafeBytes(of: number.bigEndian) { Array($0) }, chunk)
                number += 1
            }
        }
    }

    /// - Throws: `corrupt` for keys that are none of this.
    static func parts(of run: Int64, _ view: TransactionView) throws(Diagnostic) -> [String: [UInt8]] {
        var parts: [String: [UInt8]] = [:]
        let start = start(run)
        var cursor = try view.cursor(prefix: start)
        var found = try cursor.first()
        while found {
            let rest = cursor.key.dropFirst(start.count)
            guard rest.count > 5, let name = String(validating: rest.dropLast(5), as: UTF8.self) else {
                throw Diagnostic(.corrupt, "the state of run \(run) is damaged")
            }
            // Chunks of a part follow each other in order.
            parts[name, default: []].append(contentsOf: cursor.value)
            found = try cursor.next()
        }
        return parts
    }

    /// The runs that have kept something.
    static func runs(_ view: TransactionView) throws(Diagnostic) -> [Int64] {
        var runs: [Int64] = []
        var cursor = try view.cursor(prefix)
        var found = try cursor.first()
        while found {
            let number = cursor.key.dropFirst(KeyPrefix.byteCount).prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
            if runs.last != number { runs.append(number) }
            found = try cursor.next()
        }
        return runs
    }

    static func remove(_ run: Int64, _ view: WriteView) throws(Diagnostic) {
        _ = try view.deleteAll(prefix: start(run))
    }
}
