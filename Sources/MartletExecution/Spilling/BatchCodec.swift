// Batches as bytes, for temporary files of this process.

import MartletCore

/// Numbers are in the machine's own byte order: nobody else reads them.
///
///   rows: 8 bytes; then for each column: form 1 byte, whether it has NULLs 1 byte, its values, a byte for each NULL flag.
///   Values of a variable length: their number of bytes, the offsets behind the first, the bytes.
enum BatchCodec {
    private enum Form: UInt8 {
        case nulls, integers, reals, booleans, bytes
    }

    static func encode(_ batch: Batch) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(batch.byteCount + 16 * (batch.columns.count + 1))
        append([batch.count], to: &bytes)
        for column in batch.columns {
            let form: Form =
                switch column.storage {
                case .nulls: .nulls
                case .integers: .integers
                case .reals: .reals
                case .booleans: .booleans
                case .bytes: .bytes
                }
            bytes.append(form.rawValue)
            bytes.append(column.nulls == nil ? 0 : 1)
            switch column.storage {
            case .nulls: break
            case .integers(let values): append(values, to: &bytes)
            case .reals(let values): append(values, to: &bytes)
            case .booleans(let values): bytes.append(contentsOf: values.lazy.map { $0 ? 1 : 0 })
            case .bytes(let values):
                append([values.bytes.count], to: &bytes)
                append(Array(values.offsets.dropFirst()), to: &bytes)
                bytes.append(contentsOf: values.bytes)
            }
            if let nulls = column.nulls { bytes.append(contentsOf: nulls.lazy.map { $0 ? 1 : 0 }) }
        }
        return bytes
    }

    /// - Throws: `corrupt` if the bytes are not those of a batch of these types.
    static func decode(_ bytes: [UInt8], types: [DataType]) throws(Diagnostic) -> Batch {
        var reader = Reader(bytes: bytes)
        let count = try reader.array(1, of: Int.self)[0]
        var columns: [Column] = []
        for type in types {
            guard let form = Form(rawValue: try reader.array(1, of: UInt8.self)[0]) else { throw Reader.damaged }
            let hasNulls = try reader.array(1, of: UInt8.self)[0] != 0
            let storage: Column.Storage
            switch form {
            case .nulls: storage = .nulls(count: count)
            case .integers: storage = .integers(try reader.array(count, of: Int64.self))
            case .reals: storage = .reals(try reader.array(count, of: Double.self))
            case .booleans: storage = .booleans(try reader.array(count, of: UInt8.self).map { $0 != 0 })
            case .bytes:
                let byteCount = try reader.array(1, of: Int.self)[0]
                let ends = try reader.array(count, of: Int.self)
                guard ends.last ?? 0 == byteCount else { throw Reader.damaged }
                storage = .bytes(ByteColumn(offsets: [0] + ends, bytes: try reader.array(byteCount, of: UInt8.self)))
            }
            let nulls = hasNulls ? try reader.array(count, of: UInt8.self).map { $0 != 0 } : nil
            columns.append(Column(type: type, storage: storage, nulls: nulls))
        }
        return Batch(columns: columns, count: count)
    }

    private static func append<T: BitwiseCopyable>(_ values: [T], to bytes: inout [UInt8]) {
        values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        static let damaged = Diagnostic(.corrupt, "a temporary file is damaged")

        mutating func array<T: BitwiseCopyable>(_ count: Int, of type: T.Type) throws(Diagnostic) -> [T] {
            let (byteCount, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<T>.stride)
            guard !overflow, byteCount >= 0, byteCount <= bytes.count - position else { throw Self.damaged }
            let start = position
            position += byteCount
            return bytes.withUnsafeBytes { bytes in
                [T](unsafeUninitializedCapacity: count) { buffer, initialized in
                    UnsafeMutableRawBufferPointer(buffer).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + byteCount]))
                    initialized = count
                }
            }
        }
    }
}
