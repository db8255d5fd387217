// Files that are read and written.

import Foundation
import MartletCore
import MartletFormats
import Testing

struct ByteSinkTests {
    private static let directory = "/tmp"

    private func path(_ name: String) -> String {
        "\(Self.directory)/martlet-formats-\(ProcessInfo.processInfo.processIdentifier)-\(name)"
    }

    @Test func writtenFilesReadBack() throws {
        let path = path("whole")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let content = [UInt8](repeating: 65, count: 200_000)
        let sink = try ByteSink(path: path)
        try sink.write(content)
        #expect(throws: Diagnostic.self) { try ByteSource(path: path) }
        try sink.finish()
        #expect(try ByteSource(path: path).readAll() == content)
    }

    @Test func droppedFilesLeaveTheTarget() throws {
        let path = path("kept")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let first = try ByteSink(path: path)
        try first.write("old")
        try first.finish()
        do {
            let second = try ByteSink(path: path)
            try second.write("new")
            try second.flush()
        }
        #expect(try ByteSource(path: path).readAll() == Array("old".utf8))
    }

    @Test func namesWhatFails() {
        let missing = #expect(throws: Diagnostic.self) { try ByteSource(path: "/nonexistent/file") }
        #expect(missing?.code == .cannotOpenFile)
        #expect(missing?.message == "cannot open '/nonexistent/file': no such file or directory")
        let directory = #expect(throws: Diagnostic.self) { try ByteSource(path: Self.directory) }
        #expect(directory?.message.hasSuffix("is a directory") == true)
        let unwritable = #expect(throws: Diagnostic.self) { try ByteSink(path: "/nonexistent/file") }
        #expect(unwritable?.code == .cannotWriteFile)
        #if os(Linux)
            let full = #expect(throws: Diagnostic.self) {
                let sink = try ByteSink(path: "/dev/full")
                try sink.write("x")
                try sink.finish()
            }
            #expect(full?.code == .diskFull)
        #endif
    }
}
