// The part of a byte source that a record reader works on.

import MartletCore

/// Bytes of a source from the current record's start on. Readers scan `bytes[start..<end]`; when the record's end is not
/// in sight, they `extend` the window and scan it again. A window that is extended for the same record at least doubles,
/// so scanning again costs linear time in all.
struct ByteWindow {
    private let source: ByteSource
    private(set) var bytes: [UInt8]
    private(set) var start = 0
    private(set) var end = 0
    /// True when the source has nothing beyond `end`.
    private(set) var isComplete = false

    init(_ source: ByteSource, capacity: Int = 256 << 10) {
        self.source = source
        bytes = [UInt8](repeating: 0, count: max(capacity, 16))
    }

    var name: String { source.name }
    var isAtEnd: Bool { isComplete && start == end }
    var sourceByteCount: Int? { source.byteCount }
    /// Bytes of the source before `start`.
    var consumedByteCount: Int { source.bytesRead - (end - start) }

    /// Sets where the next record starts.
    mutating func advance(to position: Int) {
        start = min(max(position, start), end)
    }

    /// Moves the record to the front and fills the rest of the window.
    mutating func extend() throws(Diagnostic) {
        let kept = end - start
        if kept > bytes.count / 2 {
            var larger = [UInt8](repeating: 0, count: bytes.count * 2)
            larger.replaceSubrange(0..<kept, with: bytes[start..<end])
            bytes = larger
        } else if start > 0 {
            for index in 0..<kept { bytes[index] = bytes[start + index] }
        }
        start = 0
        end = kept
        while end < bytes.count {
            let count = try source.read(into: &bytes, at: end)
            if count == 0 {
                isComplete = true
                return
            }
            end += count
        }
    }

    /// Calls `body` with a part of the window, without copying it.
    @inline(__always)
    func withBytes<Result, Failure: Error>(
        _ range: Range<Int>, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes.span.extracting(range))
    }

    /// Lines ended within `start..<position`, and the column of `position`, counted in Unicode scalars from 1.
    func place(of position: Int) -> (linesEnded: Int, column: Int) {
        var lines = 0
        var column = 1
        let position = min(max(position, start), end)
        for index in start..<position {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n") {
                // The second half of CR LF ends no line of its own.
                if index == start || bytes[index - 1] != UInt8(ascii: "\r") { lines += 1 }
                column = 1
            } else if byte == UInt8(ascii: "\r") {
                lines += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return (lines, column)
    }
}
