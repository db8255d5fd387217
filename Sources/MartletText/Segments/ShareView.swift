// What loops over many documents read of a share.

/// Looks into the memory of an ``AnalyzedDocuments`` without counting references to it: good while that is there and no
/// document is added.
///
/// `@unchecked Sendable`: nobody changes what it looks at.
struct ShareView: @unchecked Sendable {
    let rowids: UnsafeBufferPointer<Int64>
    /// By document, where its key begins; then where the last ends.
    let keyStarts: UnsafeBufferPointer<Int>
    let keyBytes: UnsafeBufferPointer<UInt8>
    /// By document, the length of each field.
    let lengths: UnsafeBufferPointer<UInt32>
    /// By document, where its entries begin; then where the last end.
    let starts: UnsafeBufferPointer<Int>
    let entries: UnsafeBufferPointer<UInt8>

    @inline(__always)
    func reader(_ document: Int) -> EntryReader { EntryReader(entries, starts[document]..<starts[document + 1]) }

    @inline(__always)
    func key(_ document: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: keyBytes[keyStarts[document]..<keyStarts[document + 1]]))
    }
}
