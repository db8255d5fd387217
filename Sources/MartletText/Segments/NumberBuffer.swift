// Numbers in memory of their own.

/// An array whose room is made in advance: what is appended within it costs no check, and threads that look at it side by
/// side count no references.
struct NumberBuffer<Number: FixedWidthInteger>: ~Copyable {
    private(set) var count = 0
    private var storage: UnsafeMutableBufferPointer<Number>

    init() { storage = .allocate(capacity: 64) }

    deinit { storage.deallocate() }

    /// Makes room for so many more.
    @inline(__always)
    mutating func reserve(_ more: Int) {
        if storage.count - count < more { grow(more) }
    }

    private mutating func grow(_ more: Int) {
        let larger = UnsafeMutableBufferPointer<Number>.allocate(capacity: max(2 * storage.count, count + more))
        _ = larger.initialize(from: numbers)
        storage.deallocate()
        storage = larger
    }

    /// - Precondition: there is room.
    @inline(__always)
    mutating func append(_ number: Number) {
        storage[count] = number
        count += 1
    }

    /// Appends what `write` puts behind the last number: it returns how many, at most `most`.
    @inline(__always)
    mutating func append(atMost most: Int, _ write: (UnsafeMutablePointer<Number>) -> Int) {
        reserve(most)
        // There is always some memory.
        count += write(storage.baseAddress.unsafelyUnwrapped + count)
    }

    @inline(__always)
    subscript(place: Int) -> Number {
        get { storage[place] }
        nonmutating set { storage[place] = newValue }
    }

    /// Good until more room is made.
    var numbers: UnsafeBufferPointer<Number> { UnsafeBufferPointer(rebasing: storage[..<count]) }

    var mutableNumbers: UnsafeMutableBufferPointer<Number> { UnsafeMutableBufferPointer(rebasing: storage[..<count]) }

    /// Keeps the room.
    mutating func removeAll() { count = 0 }
}
