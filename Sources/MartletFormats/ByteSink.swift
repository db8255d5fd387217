// Where a writer's bytes go: a file that appears whole or not at all, a descriptor, or memory.

package import MartletCore

/// A buffered stream of bytes to write. Nothing is certain before `finish`.
///
/// A file is written under a temporary name beside its target, made durable, and renamed; a sink that is dropped before
/// `finish` leaves the target as it was. What is no regular file (a device, a pipe) is written in place.
package final class ByteSink {
    private enum Target {
        case memory
        case descriptor(Int32)
        case file(Int32, temporary: String, target: String)
    }

    /// What errors call it.
    package let name: String
    private var target: Target
    private var buffer: [UInt8] = []
    private static let bufferByteCount = 64 << 10

    /// Collects bytes in memory; see `bytes`.
    package init() {
        name = "memory"
        target = .memory
    }

    /// Writes to an open descriptor, such as standard output, that stays the caller's to close.
    package init(descriptor: Int32, name: String) {
        self.name = name
        target = .descriptor(descriptor)
        buffer.reserveCapacity(Self.bufferByteCount)
    }

    /// Starts a file that replaces what is at `path` when finished.
    ///
    /// - Throws: `cannotWriteFile` with the system's sentence, `diskFull`.
    package init(path: String) throws(Diagnostic) {
        name = path
        do throws(SystemError) {
            target = try Self.openFile(path)
        } catch {
            throw Self.fault(error, path)
        }
        buffer.reserveCapacity(Self.bufferByteCount)
    }

    deinit {
        if case .file(let descriptor, let temporary, _) = target {
            try? FileAccess.closeFile(descriptor)
            FileAccess.remove(temporary)
        }
    }

    /// What was written to memory.
    package var bytes: [UInt8] {
        if case .memory = target { buffer } else { [] }
    }

    /// - Throws: `diskFull`, `cannotWriteFile`.
    package func write(_ bytes: some Sequence<UInt8>) throws(Diagnostic) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferByteCount { try flush() }
    }

    package func write(_ text: String) throws(Diagnostic) {
        try write(text.utf8)
    }

    /// Writes over the first bytes, which have been written before: a header that tells what followed it.
    ///
    /// - Throws: `diskFull`, `cannotWriteFile`, also for what is no file.
    package func overwriteStart(with bytes: [UInt8]) throws(Diagnostic) {
        if case .memory = target {
            buffer.replaceSubrange(0..<min(bytes.count, buffer.count), with: bytes)
            return
        }
        try flush()
        let descriptor: Int32
        switch target {
        case .memory: return
        case .descriptor(let open), .file(let open, _, _): descriptor = open
        }
        do throws(SystemError) {
            try FileAccess.writeStart(descriptor, bytes)
        } catch {
            throw Self.fault(error, name)
        }
    }

    /// Hands buffered bytes to the system.
    package func flush() throws(Diagnostic) {
        let descriptor: Int32
        switch target {
        case .memory: return
        case .descriptor(let open), .file(let open, _, _): descriptor = open
        }
        defer { buffer.removeAll(keepingCapacity: true) }
        do throws(SystemError) {
            try FileAccess.write(descriptor, buffer)
        } catch {
            throw Self.fault(error, name)
        }
    }

    /// Writes what is left; a file becomes durable and takes its name. Nothing may be written afterwards to a file.
    package func finish() throws(Diagnostic) {
        try flush()
        guard case .file(let descriptor, let temporary, let path) = target else { return }
        target = .memory
        do throws(SystemError) {
            do throws(SystemError) {
                try FileAccess.synchronize(descriptor)
            } catch {
                try? FileAccess.closeFile(descriptor)
                throw error
            }
            try FileAccess.closeFile(descriptor)
            try FileAccess.renameFile(temporary, to: path)
        } catch {
            FileAccess.remove(temporary)
            throw Self.fault(error, name)
        }
    }

    private static func openFile(_ path: String) throws(SystemError) -> Target {
        let existing = FileAccess.status(ofPath: path)
        if let existing, !existing.isRegular { return .descriptor(try FileAccess.openToWrite(path)) }
        // Renaming onto a symbolic link would replace the link.
        let target = existing == nil ? path : FileAccess.resolved(path) ?? path
        for attempt in 0..<100 {
            let temporary = "\(target).\(FileAccess.processIdentifier)-\(attempt).partial"
            let descriptor: Int32
            do throws(SystemError) {
                descriptor = try FileAccess.create(temporary)
            } catch {
                if error.number == FileAccess.fileExists { continue }
                throw error
            }
            if let existing { FileAccess.setPermissions(existing.permissions, of: descriptor) }
            return .file(descriptor, temporary: temporary, target: target)
        }
        throw SystemError(number: FileAccess.fileExists)
    }

    private static func fault(_ error: SystemError, _ name: String) -> Diagnostic {
        Diagnostic(
            error.isDiskFull ? .diskFull : .cannotWriteFile, "cannot write '\(name)': \(error.sentence)", place: name)
    }
}
