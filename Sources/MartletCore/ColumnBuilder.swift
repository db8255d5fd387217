// Makes a column, value by value.

package struct ColumnBuilder: Sendable {
    package let type: DataType
    package private(set) var count = 0
    private var integers: [Int64] = []
    private var reals: [Double] = []
    private var booleans: [Bool] = []
    private var bytes = ByteColumn.empty
    private var nulls: [Bool]?

    package init(type: DataType, reserving capacity: Int = 0) {
        self.type = type
        switch type {
        case .integer, .timestamp: integers.reserveCapacity(capacity)
        case .real: reals.reserveCapacity(capacity)
        case .boolean: booleans.reserveCapacity(capacity)
        case .null: break
        default: bytes = ByteColumn(reserving: capacity, bytes: 0)
        }
    }

    /// Appends a value of the column's type or NULL; an INTEGER is widened into a REAL column.
    ///
    /// - Precondition: any other type is a broken promise of the caller: the binder and the row writer convert first.
    package mutating func append(_ value: Value) {
        switch (value, type) {
        case (.null, _): appendNull()
        case (.integer(let value), .integer): append(integer: value)
        case (.timestamp(let value), .timestamp): append(integer: value)
        case (.real(let value), .real): append(real: value)
        case (.integer(let value), .real): append(real: Double(value))
        case (.boolean(let value), .boolean): append(boolean: value)
        case (.text(let value), .text), (.json(let value), .json): append(text: value)
        case (.blob(let value), .blob): append(bytes: value)
        case (.vector(let value), .vector): append(bytes: value.bytes)
        default: preconditionFailure("a value of type \(value.type) in a column of type \(type)")
        }
    }

    /// Appends a value of exactly the column's type, or NULL. False, and no change, for a value of another type.
    package mutating func appendIfFitting(_ value: Value) -> Bool {
        switch (value, type) {
        case (.integer(let value), .integer): append(integer: value)
        case (.real(let value), .real): append(real: value)
        case (.text(let value), .text): append(text: value)
        case (.null, _): appendNull()
        default:
            if value.type != type { return false }
            append(value)
        }
        return true
    }

    /// Bytes of the values of variable length.
    package var byteCount: Int { bytes.bytes.count }

    package mutating func append(integer value: Int64) {
        integers.append(value)
        appendedValue()
    }

    package mutating func append(real value: Double) {
        reals.append(value)
        appendedValue()
    }

    package mutating func append(boolean value: Bool) {
        booleans.append(value)
        appendedValue()
    }

    package mutating func append(text value: String) {
        bytes.append(value)
        appendedValue()
    }

    package mutating func append(bytes value: some Sequence<UInt8>) {
        bytes.append(value)
        appendedValue()
    }

    package mutating func append(bytes value: UnsafeRawBufferPointer) {
        bytes.append(value)
        appendedValue()
    }

    package mutating func appendNull() {
        if nulls == nil { nulls = [Bool](repeating: false, count: count) }
        nulls?.append(true)
        count += 1
        switch type {
        case .integer, .timestamp: integers.append(0)
        case .real: reals.append(0)
        case .boolean: booleans.append(false)
        case .null: break
        default: bytes.appendEmpty()
        }
    }

    /// Takes back all but the first `newCount` values.
    package mutating func truncate(to newCount: Int) {
        guard newCount >= 0, newCount < count else { return }
        let surplus = count - newCount
        switch type {
        case .integer, .timestamp: integers.removeLast(surplus)
        case .real: reals.removeLast(surplus)
        case .boolean: booleans.removeLast(surplus)
        case .null: break
        default: bytes.truncate(to: newCount)
        }
        nulls?.removeLast(surplus)
        count = newCount
    }

    private mutating func appendedValue() {
        count += 1
        nulls?.append(false)
    }

    package consuming func finish() -> Column {
        let storage: Column.Storage =
            switch type {
            case .integer, .timestamp: .integers(integers)
            case .real: .reals(reals)
            case .boolean: .booleans(booleans)
            case .null: .nulls(count: count)
            default: .bytes(bytes)
            }
        return Column(type: type, storage: storage, nulls: nulls)
    }
}
