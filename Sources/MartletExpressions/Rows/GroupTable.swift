// Hash grouping: key columns to dense group numbers in the order of first appearance.

package import MartletCore

/// Numbers the distinct keys that it is shown: 0 for the first one, and so on. NULL equals NULL here.
///
/// A single INTEGER key is hashed as a number (and looked up in an array while keys are small); a single TEXT key as its
/// bytes; other keys as an encoding of the whole row.
package final class GroupTable {
    private enum Strategy { case none, integer, bytes, encoded }

    package private(set) var groupCount = 0
    private let keyTypes: [DataType]
    private let memoryLimitBytes: Int
    private let strategy: Strategy

    /// Open addressing with linear probing; -1 is free. The size is a power of two.
    private var slots: [Int32]
    private var hashes: [UInt64] = []
    private var integerKeys: [Int64] = []
    private var byteKeys = ByteColumn()
    /// The group of the NULL key, for single keys; -1 if there is none yet.
    private var nullGroup: Int32 = -1
    /// Group of the keys `0..<directLimit`; -1 where there is none.
    private var direct: [Int32] = []

    private static let directLimit = 1 << 14
    /// Not where it would take much of the memory.
    private var usesDirect: Bool { memoryLimitBytes >= 64 * Self.directLimit }

    package init(keyTypes: [DataType], memoryLimitBytes: Int = .max) {
        self.keyTypes = keyTypes
        self.memoryLimitBytes = memoryLimitBytes
        slots = [Int32](repeating: -1, count: 64)
        switch (keyTypes.count, keyTypes.first) {
        case (0, _): strategy = .none
        case (1, .integer?), (1, .timestamp?): strategy = .integer
        case (1, .text?), (1, .json?), (1, .blob?), (1, .vector?): strategy = .bytes
        default: strategy = .encoded
        }
    }

    /// Bytes held, approximately.
    package var byteCount: Int {
        slots.count * 4 + hashes.count * 8 + integerKeys.count * 8 + byteKeys.bytes.count + byteKeys.count * 8
            + direct.count * 4
    }

    /// The group of each row; new keys get new numbers.
    ///
    /// - Throws: `limitExceeded` when the table outgrows its memory limit.
    package func assign(_ keys: [Column], count: Int) throws(Diagnostic) -> [Int32] {
        try lookUp(keys, count: count, adding: true)
    }

    /// The group of each row, -1 for keys that are not in the table.
    package func find(_ keys: [Column], count: Int) throws(Diagnostic) -> [Int32] {
        try lookUp(keys, count: count, adding: false)
    }

    private func lookUp(_ keys: [Column], count: Int, adding: Bool) throws(Diagnostic) -> [Int32] {
        var groups = [Int32](repeating: -1, count: count)
        switch strategy {
        case .none:
            if adding, count > 0 { groupCount = 1 }
            groups = [Int32](repeating: groupCount > 0 ? 0 : -1, count: count)
        case .integer: lookUpIntegers(keys[0], adding, &groups)
        case .bytes: lookUpBytes(keys[0], adding, &groups)
        case .encoded: lookUpBytes(encode(keys, count), adding, &groups)
        }
        if byteCount > memoryLimitBytes || groupCount > Int(Int32.max) / 2 {
            throw Diagnostic(
                .limitExceeded, "the groups need more than the memory limit of \(memoryLimitBytes) bytes")
        }
        return groups
    }

    private func lookUpIntegers(_ column: Column, _ adding: Bool, _ groups: inout [Int32]) {
        guard case .integers(let values) = column.storage else {
            for row in groups.indices { groups[row] = nullKey(adding) }
            return
        }
        let nulls = column.nulls
        if direct.isEmpty, usesDirect { direct = [Int32](repeating: -1, count: Self.directLimit) }
        values.withUnsafeBufferPointer { values in
            for row in 0..<groups.count {
                if let nulls, nulls[row] {
                    groups[row] = nullKey(adding)
                    continue
                }
                let key = values[row]
                if key >= 0, key < Int64(direct.count) {
                    var group = direct[Int(key)]
                    if group < 0, adding {
                        group = addInteger(key)
                        direct[Int(key)] = group
                    }
                    groups[row] = group
                } else {
                    groups[row] = lookUpHashed(key, adding)
                }
            }
        }
    }

    private func addInteger(_ key: Int64) -> Int32 {
        let group = Int32(groupCount)
        groupCount += 1
        integerKeys.append(key)
        hashes.append(ByteHash.fold(UInt64(bitPattern: key)))
        return group
    }

    private func lookUpHashed(_ key: Int64, _ adding: Bool) -> Int32 {
        let hash = ByteHash.fold(UInt64(bitPattern: key))
        var mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] >= 0 {
            if integerKeys[Int(slots[slot])] == key { return slots[slot] }
            slot = (slot + 1) & mask
        }
        if !adding { return -1 }
        if (groupCount + 1) * 2 > slots.count {
            rehash()
            mask = slots.count - 1
            slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
        }
        let group = addInteger(key)
        slots[slot] = group
        return group
    }

    private func lookUpBytes(_ column: Column, _ adding: Bool, _ groups: inout [Int32]) {
        guard case .bytes(let values) = column.storage else {
            for row in groups.indices { groups[row] = nullKey(adding) }
            return
        }
        let nulls = column.nulls
        values.withAllBytes { all, offsets in
            for row in 0..<groups.count {
                if let nulls, nulls[row] {
                    groups[row] = nullKey(adding)
                    continue
                }
                let key = UnsafeRawBufferPointer(rebasing: all[offsets[row]..<offsets[row + 1]])
                groups[row] = lookUpBytes(key, adding)
            }
        }
    }

    private func lookUpBytes(_ key: UnsafeRawBufferPointer, _ adding: Bool) -> Int32 {
        let hash = ByteHash.hash(key)
        var mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] >= 0 {
            let group = Int(slots[slot])
            if hashes[group] == hash {
                let isSame = byteKeys.withBytes(at: group) { other in
                    other.count == key.count && Comparison.order(other, key) == 0
                }
                if isSame { return Int32(group) }
            }
            slot = (slot + 1) & mask
        }
        if !adding { return -1 }
        if (groupCount + 1) * 2 > slots.count {
            rehash()
            mask = slots.count - 1
            slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
        }
        let group = Int32(groupCount)
        groupCount += 1
        hashes.append(hash)
        byteKeys.append(key)
        slots[slot] = group
        return group
    }

    private func nullKey(_ adding: Bool) -> Int32 {
        if nullGroup < 0, adding {
            nullGroup = Int32(groupCount)
            groupCount += 1
            hashes.append(0)
            if strategy == .integer { integerKeys.append(0) } else { byteKeys.appendEmpty() }
        }
        return nullGroup
    }

    private func rehash() {
        var larger = [Int32](repeating: -1, count: max(64, slots.count * 2))
        while (groupCount + 1) * 2 > larger.count { larger = [Int32](repeating: -1, count: larger.count * 2) }
        let mask = larger.count - 1
        for group in slots where group >= 0 {
            var slot = Int(truncatingIfNeeded: hashes[Int(group)]) & mask
            while larger[slot] >= 0 { slot = (slot + 1) & mask }
            larger[slot] = group
        }
        slots = larger
    }

    /// The rows' keys as byte strings: a tag byte for each column (0 for NULL), then its value; texts with their length.
    private func encode(_ keys: [Column], _ count: Int) -> Column {
        var encoded = ByteColumn(reserving: count, bytes: count * keys.count * 9)
        var row: [UInt8] = []
        for index in 0..<count {
            row.removeAll(keepingCapacity: true)
            for column in keys { Self.encode(column, index, into: &row) }
            encoded.append(row)
        }
        return Column(type: .blob, storage: .bytes(encoded))
    }

    private static func encode(_ column: Column, _ index: Int, into row: inout [UInt8]) {
        if column.isNull(index) {
            row.append(0)
            return
        }
        row.append(1)
        func append(_ word: UInt64) {
            withUnsafeBytes(of: word.littleEndian) { row.append(contentsOf: $0) }
        }
        switch column.storage {
        case .integers(let values): append(UInt64(bitPattern: values[index]))
        // -0.0 and 0.0 are one group.
        case .reals(let values): append((values[index] + 0).bitPattern)
        case .booleans(let values): row.append(values[index] ? 1 : 0)
        case .bytes(let values):
            let element = values[index]
            append(UInt64(element.count))
            row.append(contentsOf: element)
        case .nulls: break
        }
    }

    /// The keys, one row for each group, in the order of the groups' numbers.
    package func keyColumns() -> [Column] {
        switch strategy {
        case .none: return []
        case .integer:
            return [Column(type: keyTypes[0], storage: .integers(integerKeys), nulls: singleKeyNulls)]
        case .bytes:
            return [Column(type: keyTypes[0], storage: .bytes(byteKeys), nulls: singleKeyNulls)]
        case .encoded: return decode()
        }
    }

    private var singleKeyNulls: [Bool]? {
        guard nullGroup >= 0 else { return nil }
        var nulls = [Bool](repeating: false, count: groupCount)
        nulls[Int(nullGroup)] = true
        return nulls
    }

    private func decode() -> [Column] {
        var builders = keyTypes.map { ColumnBuilder(type: $0, reserving: groupCount) }
        for group in 0..<groupCount {
            byteKeys.withBytes(at: group) { row in
                var position = 0
                func word() -> UInt64 {
                    let value = UInt64(littleEndian: row.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                    position += 8
                    return value
                }
                for (index, type) in keyTypes.enumerated() {
                    position += 1
                    if row[position - 1] == 0 {
                        builders[index].appendNull()
                        continue
                    }
                    switch type {
                    case .integer, .timestamp: builders[index].append(integer: Int64(bitPattern: word()))
                    case .real: builders[index].append(real: Double(bitPattern: word()))
                    case .boolean:
                        builders[index].append(boolean: row[position] != 0)
                        position += 1
                    case .null: builders[index].appendNull()
                    default:
                        let length = Int(word())
                        builders[index].append(bytes: row[position..<position + length])
                        position += length
                    }
                }
            }
        }
        return builders.map { $0.finish() }
    }
}
