// Where a reader's bytes come from: a file read in chunks, or memory.

package import MartletCore

/// A stream of bytes with a name for error messages. In text, a UTF-8 byte order mark at its start is skipped.
package final class ByteSource {
    package enum Content: Sendable { case text, binary }

    /// What errors call it: the path as given, `stdin`.
    package let name: String
    private var descriptor: Int32?
    private let closesDescriptor: Bool
    /// Bytes to hand out before the file's: the start of the stream less a byte order mark, or the whole memory.
    private var pending: [UInt8]
    private var pendingPosition = 0
    /// Bytes handed out so far, for progress.
    package private(set) var bytesRead = 0
    /// How many bytes there are; nil for a pipe or a device.
    package let byteCount: Int?

    /// Opens a file. Constant memory, whatever its size.
    ///
    /// - Throws: `cannotOpenFile` with the system's sentence: missing, a directory, no permission.
    package convenience init(path: String, content: Content = .text) throws(Diagnostic) {
        let descriptor: Int32
        do {
            descriptor = try FileAccess.openToRead(path)
        } catch {
            throw Diagnostic(.cannotOpenFile, "cannot open '\(path)': \(error.sentence)", place: path)
        }
        self.init(
            name: path, descriptor: descriptor, closes: true, pending: [],
            byteCount: FileAccess.byteCount(of: descriptor))
        if content == .text { try readStart() }
    }

    /// Reads an open descriptor, such as standard input, that stays the caller's to close.
    package convenience init(descriptor: Int32, name: String) throws(Diagnostic) {
        self.init(name: name, descriptor: descriptor, closes: false, pending: [])
        try readStart()
    }

    package convenience init(bytes: [UInt8], name: String = "input", content: Content = .text) {
        self.init(name: name, descriptor: nil, closes: false, pending: bytes, byteCount: bytes.count)
        if content == .text { skipByteOrderMark() }
    }

    private init(name: String, descriptor: Int32?, closes: Bool, pending: [UInt8], byteCount: Int? = nil) {
        self.byteCount = byteCount
        self.name = name
        self.descriptor = descriptor
        self.closesDescriptor = closes
        self.pending = pending
    }

    deinit {
        if closesDescriptor, let descriptor { try? FileAccess.closeFile(descriptor) }
    }

    /// Puts bytes into `buffer[offset...]` and returns how many; 0 at the end only.
    package func read(into buffer: inout [UInt8], at offset: Int) throws(Diagnostic) -> Int {
        guard offset >= 0, offset < buffer.count else { return 0 }
        let left = pending.count - pendingPosition
        if left > 0 {
            let count = min(left, buffer.count - offset)
            buffer.replaceSubrange(
                offset..<offset + count, with: pending[pendingPosition..<pendingPosition + count])
            pendingPosition += count
            bytesRead += count
            return count
        }
        guard let descriptor else { return 0 }
        let count = try readFile(descriptor, into: &buffer, at: offset)
        bytesRead += count
        return count
    }

    /// The rest of the stream.
    ///
    /// - Throws: `limitExceeded` beyond `limit` bytes.
    package func readAll(limit: Int = Limits.textBytes) throws(Diagnostic) -> [UInt8] {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try read(into: &chunk, at: 0)
            if count == 0 { return all }
            all.append(contentsOf: chunk[..<count])
            if all.count > limit {
                throw Diagnostic(.limitExceeded, "'\(name)' is larger than \(limit) bytes", place: name)
            }
        }
    }

    private func readFile(_ descriptor: Int32, into buffer: inout [UInt8], at offset: Int) throws(Diagnostic) -> Int {
        do {
            return try FileAccess.read(descriptor, into: &buffer, at: offset)
        } catch {
            throw Diagnostic(.cannotOpenFile, "cannot read '\(name)': \(error.sentence)", place: name)
        }
    }

    private func readStart() throws(Diagnostic) {
        guard let descriptor else { return }
        var start = [UInt8](repeating: 0, count: 3)
        var count = 0
        while count < start.count {
            let more = try readFile(descriptor, into: &start, at: count)
            if more == 0 { break }
            count += more
        }
        pending = Array(start[..<count])
        skipByteOrderMark()
    }

    private func skipByteOrderMark() {
        if pending.starts(with: [0xEF, 0xBB, 0xBF]) { pendingPosition = 3 }
    }
}
