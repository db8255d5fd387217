// A folder for the files of a run.

import Foundation

struct ScratchFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "martlet-benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file that is not there.
    func freshFile(_ name: String) -> String {
        let file = path + "/" + name
        for suffix in ["", "-lock"] { try? FileManager.default.removeItem(atPath: file + suffix) }
        return file
    }

    static func byteCount(_ path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }
}
