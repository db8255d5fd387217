// The shell at a pseudo-terminal: prompt, several lines, completion, Ctrl-C, history.

import Glibc
import Testing

/// A pseudo-terminal with the shell on its other side.
private final class Terminal {
    private let controller: Int32
    private let process: pid_t
    private var seen = ""

    init?(_ arguments: [String], state: String) {
        guard let (controller, path) = Self.open() else { return nil }
        self.controller = controller
        var size = winsize(ws_row: 40, ws_col: 200, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(controller, UInt(TIOCSWINSZ), &size)
        process = Martlet.start(
            arguments, environment: ["TERM=xterm", "NO_COLOR=1", "LANG=C.UTF-8", "XDG_STATE_HOME=\(state)"],
            terminal: path)
        if process <= 0 { return nil }
    }

    deinit { close(controller) }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { write(controller, $0.baseAddress, $0.count) }
    }

    /// Reads until `text` has come since the last call; false after `seconds`.
    func expect(_ text: String, within seconds: Int = 60) -> Bool {
        for _ in 0..<(seconds * 10) {
            if let range = find(text) {
                seen = String(seen[range...])
                return true
            }
            var entry = pollfd(fd: controller, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, 100) == 1 else { continue }
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = read(controller, &chunk, chunk.count)
            if count <= 0 { return find(text) != nil }
            seen += String(decoding: chunk[..<count], as: UTF8.self)
        }
        return false
    }

    /// Presses Ctrl-C until `text` comes: on a busy machine the first may come before the shell is ready for it.
    func interrupt(until text: String) -> Bool {
        (0..<60).contains { _ in
            usleep(200_000)
            type("\u{3}")
            return expect(text, within: 1)
        }
    }

    private func find(_ text: String) -> String.Index? {
        let bytes = Array(seen.utf8)
        let wanted = Array(text.utf8)
        guard bytes.count >= wanted.count else { return nil }
        for start in 0...(bytes.count - wanted.count) where bytes[start...].starts(with: wanted) {
            return seen.utf8.index(seen.utf8.startIndex, offsetBy: start + wanted.count)
        }
        return nil
    }

    /// The exit code, or the negated signal that ended the process; it is killed if it does not end within a minute.
    ///
    /// - Parameter key: pressed until the end: a Ctrl-C that the terminal hears late throws away what was typed after it.
    func end(pressing key: String = "") -> Int32 {
        var status: Int32 = 0
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .seconds(60) {
            type(key)
            if waitpid(process, &status, WNOHANG) == process { return Self.code(status) }
            // A process that writes to a terminal that nobody reads never ends.
            var entry = pollfd(fd: controller, events: Int16(POLLIN), revents: 0)
            if poll(&entry, 1, 100) == 1, entry.revents & Int16(POLLIN) != 0 {
                var chunk = [UInt8](repeating: 0, count: 4096)
                _ = read(controller, &chunk, chunk.count)
            }
            usleep(10_000)
        }
        kill(process, SIGKILL)
        waitpid(process, &status, 0)
        return Self.code(status)
    }

    private static func code(_ status: Int32) -> Int32 {
        status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
    }

    /// A controller and the path of its terminal. `posix_openpt` and its kin are not in the Glibc module.
    private static func open() -> (Int32, String)? {
        let controller = Glibc.open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard controller >= 0 else { return nil }
        var isLocked: Int32 = 0
        var number: UInt32 = 0
        // TIOCSPTLCK and TIOCGPTN
        if ioctl(controller, 0x4004_5431, &isLocked) == 0, ioctl(controller, 0x8004_5430, &number) == 0 {
            return (controller, "/dev/pts/\(number)")
        }
        close(controller)
        return nil
    }

    /// Whether this machine has pseudo-terminals.
    static let isAvailable: Bool = {
        guard let (controller, _) = open() else { return false }
        close(controller)
        return true
    }()
}

@Suite(.serialized) struct TerminalTests {
    @Test(.enabled(if: Terminal.isAvailable, "needs a pseudo-terminal"))
    func aSessionFromPromptToQuit() throws {
        let directory = try TemporaryDirectory()
        let arguments = [directory.path + "/kb.martlet"]
        let terminal = try #require(Terminal(arguments, state: directory.path))
        #expect(terminal.expect("martlet 0."))
        #expect(terminal.expect("kb> "))

        // A statement over two lines.
        terminal.type("CREATE TABLE animals\n")
        #expect(terminal.expect("... "))
        terminal.type("(id INTEGER PRIMARY KEY);\n")
        #expect(terminal.expect("table animals created"))
        #expect(terminal.expect("kb> "))

        // Tab completes the table's name.
        terminal.type("SELECT count(*) + 41 AS n FROM ani\t")
        #expect(terminal.expect("mals "))
        terminal.type(";\n")
        #expect(terminal.expect("│ 41 │"))
        #expect(terminal.expect("kb> "))

        // Ctrl-C throws a line away.
        terminal.type("SELECT nonsense")
        #expect(terminal.expect("nonsense"))
        #expect(terminal.interrupt(until: "kb> "))
        terminal.type("SELECT 7 * 6 AS n;\n")
        #expect(terminal.expect("│ 42 │"))
        #expect(terminal.expect("kb> "))

        // Ctrl-C cancels a statement, not the shell.
        let endless = (0..<5).map { "sys.reference r\($0)" }.joined(separator: " CROSS JOIN ")
        terminal.type("SELECT count(*) FROM \(endless);\n")
        #expect(terminal.expect("r4;"))
        #expect(terminal.interrupt(until: "error[E0504]"))
        #expect(terminal.expect("kb> "))

        // An open transaction shows in the prompt.
        terminal.type("BEGIN;\n")
        #expect(terminal.expect("kb*> "))
        terminal.type("ROLLBACK;\n")
        #expect(terminal.expect("kb> "))
        terminal.type(".quit\n")
        #expect(terminal.end() == 0)

        // The history of the next session has the statement on one line.
        #expect(directory.permissions(of: "martlet/history") == 0o600)
        #expect(directory.text(of: "martlet/history").hasPrefix("CREATE TABLE animals (id INTEGER PRIMARY KEY);\n"))
        let next = try #require(Terminal(arguments, state: directory.path))
        #expect(next.expect("kb> "))
        next.type("\u{10}\u{10}")
        #expect(next.expect("ROLLBACK;"))
        #expect(next.interrupt(until: "kb> "))
        #expect(next.end(pressing: "\u{4}") == 0)
    }
}
