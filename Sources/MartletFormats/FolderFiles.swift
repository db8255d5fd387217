// The files of a folder, in the order of their paths.

package import MartletCore

/// A regular file found below a folder.
package struct FolderFile: Hashable, Sendable {
    /// Below the folder, with `/` between its parts.
    package let path: String
    package let byteCount: Int
    /// Microseconds since 1970-01-01 UTC.
    package let modified: Int64

    package var name: String {
        String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
    }

    /// The first of the folders that the file lies in.
    package var firstFolder: String? { path.firstIndex(of: "/").map { String(path[..<$0]) } }
}

/// Walks over the regular files below a folder. Memory grows with the depth and the largest single folder only.
///
/// Names are ordered by their bytes. Files and folders whose name starts with a dot are left out, and so are symbolic
/// links to folders.
package final class FolderFiles {
    private struct Level {
        /// Below the root, empty or ending in `/`.
        let path: String
        /// The names that are left, in descending order.
        var names: [[UInt8]]
    }

    private let root: String
    private let isRecursive: Bool
    private var levels: [Level] = []

    /// - Throws: `cannotOpenFile` if the folder cannot be read.
    package init(_ path: String, isRecursive: Bool) throws(Diagnostic) {
        root = path.utf8.last == UInt8(ascii: "/") ? path : path + "/"
        self.isRecursive = isRecursive
        try enter("")
    }

    /// Where a file of the folder can be opened.
    package func location(_ path: String) -> String { root + path }

    /// The next file; nil at the end.
    ///
    /// - Throws: `cannotOpenFile` for a folder that cannot be read, `notUTF8` for a name that is no text; the next call
    ///   goes on behind it.
    package func next() throws(Diagnostic) -> FolderFile? {
        while !levels.isEmpty {
            let last = levels.count - 1
            guard let bytes = levels[last].names.popLast() else {
                levels.removeLast()
                continue
            }
            let parent = levels[last].path
            guard let name = String(validating: bytes, as: UTF8.self) else {
                throw Diagnostic(
                    .notUTF8, "the name '\(String(decoding: bytes, as: UTF8.self))' of a file is not UTF-8",
                    place: location(parent))
            }
            let path = parent + name
            guard let status = FileAccess.linkStatus(ofPath: location(path)) else { continue }
            if status.isDirectory {
                if isRecursive { try enter(path + "/") }
            } else if status.isRegular {
                return FolderFile(path: path, byteCount: status.byteCount, modified: status.modified)
            }
        }
        return nil
    }

    private func enter(_ path: String) throws(Diagnostic) {
        guard path.utf8.count <= 4_096 else {
            throw Diagnostic(.limitExceeded, "folders are nested too deeply", place: location(path))
        }
        do throws(SystemError) {
            let names = try FileAccess.names(inFolder: location(path)).filter { $0.first != UInt8(ascii: ".") }
            levels.append(Level(path: path, names: names.sorted { $1.lexicographicallyPrecedes($0) }))
        } catch {
            throw Diagnostic(
                .cannotOpenFile, "cannot read the folder '\(location(path))': \(error.sentence)", place: location(path))
        }
    }
}

extension ByteSource {
    /// A whole file as text.
    ///
    /// - Throws: `cannotOpenFile`, `limitExceeded` beyond the limit of a text, `notUTF8` unless `replacesInvalid`,
    ///   `invalidText` for a NUL character; each with the file, and where it has one, line and column as its place.
    package static func text(ofFile path: String, replacesInvalid: Bool) throws(Diagnostic) -> String {
        let bytes = try ByteSource(path: path).readAll()
        func place(_ offset: Int) -> String {
            let before = bytes[..<offset]
            let line = before.count { $0 == UInt8(ascii: "\n") } + 1
            let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            let column = before[start...].count { $0 & 0xC0 != 0x80 } + 1
            return "\(path):\(line):\(column)"
        }
        if let offset = bytes.firstIndex(of: 0) {
            throw Diagnostic(.invalidText, "the text contains a NUL character", place: place(offset))
        }
        if !replacesInvalid, let offset = UTF8Validation.firstFault(bytes.span) {
            throw Diagnostic(
                .notUTF8, "the text is not UTF-8", hint: "invalid_utf8 = 'replace' reads it all the same",
                place: place(offset))
        }
        let text = String(decoding: bytes, as: UTF8.self)
        // Replacement characters are longer than what they stand for.
        if text.utf8.count > Limits.textBytes {
            throw Diagnostic(.limitExceeded, "a text has at most \(Limits.textBytes) bytes", place: path)
        }
        return text
    }
}
