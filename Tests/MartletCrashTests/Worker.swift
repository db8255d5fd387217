// A CrashWorker process: started, spoken with, killed.

import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

struct WorkerError: Error {
    var message: String
}

final class Worker {
    let process: pid_t
    private var input: Int32
    private let output: Int32
    private var pending: [UInt8] = []
    private var isReaped = false

    /// Beside the program that runs the tests, or where `MARTLET_CRASH_WORKER` says.
    static let program: String = {
        if let named = ProcessInfo.processInfo.environment["MARTLET_CRASH_WORKER"] { return named }
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let starts = [program, URL(fileURLWithPath: CommandLine.arguments[0])] + Bundle.allBundles.map(\.bundleURL)
        for start in starts {
            var folder = start
            for _ in 0..<4 {
                folder.deleteLastPathComponent()
                let candidate = folder.appendingPathComponent("CrashWorker").path
                if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
            }
        }
        return "CrashWorker"
    }()

    init(_ arguments: [String]) throws {
        signal(SIGPIPE, SIG_IGN)
        var toChild: [Int32] = [0, 0]
        var fromChild: [Int32] = [0, 0]
        try #require(pipe(&toChild) == 0 && pipe(&fromChild) == 0)
        // Other children must not hold these ends open.
        for end in toChild + fromChild { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        var process = pid_t()
        var names: [UnsafeMutablePointer<CChar>?] = ([Self.program] + arguments).map { strdup($0) } + [nil]
        let settings = ["SWIFT_BACKTRACE=enable=no", "TMPDIR=\(NSTemporaryDirectory())"]
        var variables: [UnsafeMutablePointer<CChar>?] = settings.map { strdup($0) } + [nil]
        defer { for text in names + variables { free(text) } }
        let code = posix_spawn(&process, Self.program, &actions, nil, &names, &variables)
        close(toChild[0])
        close(fromChild[1])
        input = toChild[1]
        output = fromChild[0]
        self.process = process
        guard code == 0 else {
            isReaped = true
            throw WorkerError(message: "cannot start \(Self.program): \(String(cString: strerror(code)))")
        }
    }

    deinit {
        if !isReaped {
            kill(process, SIGKILL)
            var status: Int32 = 0
            waitpid(process, &status, 0)
        }
        if input >= 0 { close(input) }
        close(output)
    }

    /// The next line; nil when the process has ended, or after `milliseconds`.
    func line(milliseconds: Int = 60_000) -> String? {
        let deadline = ContinuousClock.now + .milliseconds(milliseconds)
        while true {
            if let end = pending.firstIndex(of: 10) {
                let line = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeSubrange(...end)
                return line
            }
            let left = max(0, (deadline - ContinuousClock.now).milliseconds)
            var wait = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, Int32(clamping: left)) > 0 else { return nil }
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = read(output, &buffer, buffer.count)
            if count <= 0 { return nil }
            pending += buffer[..<count]
        }
    }

    /// Sends a line without waiting for its answer.
    func send(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
    }

    /// The rows of a statement's answer, and its last line; nil if the process ended.
    func answer(milliseconds: Int = 60_000) -> (rows: [String], status: String)? {
        var rows: [String] = []
        while let line = line(milliseconds: milliseconds) {
            if !line.hasPrefix("row ") { return (rows, line) }
            rows.append(String(line.dropFirst(4)))
        }
        return nil
    }

    func ask(_ line: String, milliseconds: Int = 60_000) -> (rows: [String], status: String)? {
        send(line)
        return answer(milliseconds: milliseconds)
    }

    /// Ends the process at once, as a crash would. What it had said is still read.
    func killNow() -> [String] {
        kill(process, SIGKILL)
        var lines: [String] = []
        while let line = line() { lines.append(line) }
        _ = wait()
        return lines
    }

    /// Closes its input and waits: 0, or 128 + the signal that ended it.
    func finish() -> Int32 {
        close(input)
        input = -1
        while line() != nil {}
        return wait()
    }

    private func wait() -> Int32 {
        if isReaped { return -1 }
        var status: Int32 = 0
        waitpid(process, &status, 0)
        isReaped = true
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }
}

extension Duration {
    var milliseconds: Int { Int(components.seconds) * 1_000 + Int(components.attoseconds / 1_000_000_000_000_000) }
}

/// A folder that is gone with the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array((NSTemporaryDirectory() + "/martlet-crash-XXXXXX").utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        chmod(path, 0o700)
        try? FileManager.default.removeItem(atPath: path)
    }
}
