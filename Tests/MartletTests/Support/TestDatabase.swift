// A database in a folder of its own, for tests that need several sessions or threads.

import Foundation
import MartletCore
import MartletRuntime
import MartletStorage
import Synchronization

final class TestDatabase: Sendable {
    let engine: Engine
    private let folder: URL

    init(
        threads: Int = 2, statementMemoryBytes: Int = 1 << 30, usesOptimizer: Bool = true,
        temporaryDirectory: String? = nil,
        trainingFault: (@Sendable (_ shard: Int) throws(Diagnostic) -> Void)? = nil
    ) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var options = EngineOptions(
            durability: .none, threads: threads, statementMemoryBytes: statementMemoryBytes)
        options.usesOptimizer = usesOptimizer
        options.temporaryDirectory = temporaryDirectory
        options.trainingFault = trainingFault
        engine = try Engine(
            path: folder.appending(path: "test.martlet").path(percentEncoded: false), options: options)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func session() -> EngineSession { EngineSession(engine) }

    /// The rows of a statement in a session of its own, as text.
    @discardableResult
    func run(_ sql: String, parameters: ParameterValues = .none) throws(Diagnostic) -> [String] {
        try session().texts(sql, parameters: parameters)
    }

    /// Everything that PRAGMA integrity_check finds; empty when all is well.
    func problems() throws(Diagnostic) -> [String] {
        try run("PRAGMA integrity_check").filter { $0 != "ok" }
    }

    func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }
}

extension EngineSession {
    @discardableResult
    func texts(_ sql: String, parameters: ParameterValues = .none) throws(Diagnostic) -> [String] {
        try run(sql, parameters: parameters).rows().map { $0.map(TextForm.value).joined(separator: "|") }
    }
}

/// Runs `body` on as many threads as `count` and waits for all; the first error of each.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) -> [any Error] {
    let errors = Mutex<[any Error]>([])
    let group = DispatchGroup()
    for number in 0..<count {
        group.enter()
        let thread = Thread {
            do {
                try body(number)
            } catch {
                errors.withLock { $0.append(error) }
            }
            group.leave()
        }
        thread.start()
    }
    group.wait()
    return errors.withLock { $0 }
}

/// The code of the diagnostic that `body` throws; nil if it throws none.
func code(of body: () throws(Diagnostic) -> Void) -> ErrorCode? {
    do {
        try body()
        return nil
    } catch {
        return error.code
    }
}
