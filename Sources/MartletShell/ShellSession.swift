// The shell without a terminal: settings, and running statements and dot-commands.

package import MartletCore
package import MartletFormats
package import MartletRuntime
import Synchronization

/// Where a shell writes, and what is known about it.
package struct ShellStreams {
    /// Results.
    package var results: ByteSink
    /// Errors, the time, progress.
    package var messages: ByteSink
    package var resultsAreOnTerminal = false
    package var messagesAreOnTerminal = false
    /// The terminal's width in cells at this moment.
    package var terminalWidth: @Sendable () -> Int? = { nil }
    /// Whether nobody reads the results any more.
    package var isClosed: () -> Bool = { false }
    package var isColoured = false
    package var progress: ProgressLine?

    package init(results: ByteSink, messages: ByteSink) {
        self.results = results
        self.messages = messages
    }
}

package struct ShellSettings: Sendable {
    package var mode: RenderMode
    package var echoes = false
    package var showsTime = false
    package var showsHeader = true
    package var showsProgress = true

    package init(mode: RenderMode) { self.mode = mode }
}

/// What came of a piece of a script.
package enum ShellOutcome: Hashable, Sendable {
    case done
    /// An error was shown.
    case failed
    case quit
    /// Nobody reads the results any more.
    case closed
}

/// What a statement had to say beside its rows. Safe from any thread.
private final class Notices: Sendable {
    private let sentences = Mutex<[String]>([])

    var all: [String] { sentences.withLock { $0 } }

    func append(_ sentence: String) { sentences.withLock { $0.append(sentence) } }
}

/// Runs statements and dot-commands and shows what they give. Used from one thread; `cancel` may come from any.
package final class ShellSession {
    let session: EngineSession
    let streams: ShellStreams
    package var settings: ShellSettings
    /// Where `.output` sends results.
    var output: ByteSink?
    var outputPath: String?
    let help = HelpSearch()
    let cancellation = Cancellation()
    /// Told when a statement starts and ends, so that Ctrl-C can be sent the right way.
    package var runningChanged: (Bool) -> Void = { _ in }
    private var scriptDepth = 0

    private static let scriptDepthLimit = 32

    package init(_ engine: Engine, streams: ShellStreams, settings: ShellSettings) {
        session = EngineSession(engine)
        self.streams = streams
        self.settings = settings
    }

    package var isInTransaction: Bool { session.isInTransaction }

    /// Ends the running statement. From any thread.
    package var canceller: @Sendable () -> Void {
        { [session, cancellation] in
            cancellation.cancel()
            session.cancel()
        }
    }

    // MARK: Running

    package func run(_ piece: ScriptPiece) -> ShellOutcome {
        switch piece {
        case .statement(let text, let source): runStatement(text, source)
        case .dotCommand(let line, let source): runDotCommand(line, source)
        }
    }

    /// Runs the pieces of a stream up to the first error.
    package func run(_ stream: StatementStream) -> ShellOutcome {
        while true {
            do throws(Diagnostic) {
                guard let piece = try stream.next() else { return .done }
                let outcome = run(piece)
                if outcome != .done { return outcome }
            } catch {
                show(error)
                return .failed
            }
        }
    }

    /// Runs a script in a file up to the first error.
    package func runFile(_ path: String) -> ShellOutcome {
        guard scriptDepth < Self.scriptDepthLimit else {
            show(Diagnostic(.limitExceeded, "scripts read each other more than \(Self.scriptDepthLimit) deep"))
            return .failed
        }
        scriptDepth += 1
        defer { scriptDepth -= 1 }
        do throws(Diagnostic) {
            return run(StatementStream(try ByteSource(path: path), name: path))
        } catch {
            show(error)
            return .failed
        }
    }

    /// Runs a text of any number of statements up to the first error.
    package func run(text: String, name: String?) -> ShellOutcome {
        run(StatementStream(ByteSource(bytes: Array(text.utf8), name: name ?? "input"), name: name))
    }

    private func runStatement(_ text: String, _ source: StatementSource) -> ShellOutcome {
        if settings.echoes {
            do throws(Diagnostic) { try write(text + ";\n") } catch { return writingFailed(error) }
        }
        let start = ContinuousClock.now
        cancellation.reset()
        let notices = Notices()
        let progress = settings.showsProgress ? streams.progress : nil
        progress?.begin()
        session.progress = { step in
            if let notice = step.notice { notices.append(notice) } else { progress?.report(step) }
        }
        runningChanged(true)
        let outcome = runAndShow(text, source)
        runningChanged(false)
        streams.progress?.clear()
        for notice in notices.all { message("note: \(notice)\n") }
        if settings.showsTime, outcome != .closed {
            message("time: \(Self.seconds(start.duration(to: .now))) s\n")
        }
        return outcome
    }

    private func runAndShow(_ text: String, _ source: StatementSource) -> ShellOutcome {
        let stream: ResultStream
        do throws(Diagnostic) {
            stream = try session.run(text)
        } catch {
            show(error, text, source)
            return .failed
        }
        defer { stream.close() }
        streams.progress?.clear()
        let renderer = makeRenderer()
        var hasBegun = false
        var failure: Diagnostic?
        do throws(Diagnostic) {
            while true {
                var batch: Batch?
                do throws(Diagnostic) {
                    batch = try stream.next()
                    try cancellation.check()
                } catch {
                    failure = error
                }
                streams.progress?.clear()
                // A statement that fails before its first row shows its error alone.
                if failure != nil, !hasBegun { break }
                if !hasBegun {
                    try renderer.begin(stream.columns.map { RenderColumn(name: $0.name, type: $0.type) })
                    hasBegun = true
                }
                guard failure == nil, let batch else { break }
                for row in 0..<batch.count {
                    if cancellation.isCancelled { break }
                    try renderer.row(batch.row(row))
                }
            }
            // Also after an error, so that what was shown is whole: a closed box, a closed array.
            if hasBegun { try renderer.finish() }
        } catch {
            return writingFailed(error)
        }
        if let failure {
            show(failure, text, source)
            return .failed
        }
        return .done
    }

    func makeRenderer() -> any ResultRenderer {
        var options = RenderOptions(
            terminalWidth: output == nil && streams.resultsAreOnTerminal ? streams.terminalWidth() : nil)
        options.showsHeader = settings.showsHeader
        return settings.mode.renderer(to: output ?? streams.results, options: options)
    }

    /// The rows of a question that the shell itself asks.
    func rows(_ statement: String, _ parameters: [Value] = []) throws(Diagnostic) -> [[Value]] {
        let stream = try session.run(statement, parameters: ParameterValues(positional: parameters))
        defer { stream.close() }
        return try stream.rows()
    }

    // MARK: Writing

    /// Writes text among the results.
    func write(_ text: String) throws(Diagnostic) {
        let sink = output ?? streams.results
        try sink.write(text)
        try sink.flush()
    }

    func message(_ text: String) {
        try? streams.messages.write(text)
        try? streams.messages.flush()
    }

    package func show(_ diagnostic: Diagnostic, _ statement: String = "", _ source: StatementSource = .init()) {
        streams.progress?.clear()
        // So that an error stands behind the results before it.
        try? streams.results.flush()
        let renderer = DiagnosticRenderer(
            widthLimit: streams.messagesAreOnTerminal ? streams.terminalWidth() ?? 80 : 120,
            isColoured: streams.isColoured)
        message(renderer.text(of: diagnostic, statement: statement, source: source))
    }

    /// A reader that went away is no error: `martlet … | head`.
    func writingFailed(_ diagnostic: Diagnostic) -> ShellOutcome {
        if output == nil, streams.isClosed() { return .closed }
        show(diagnostic)
        return .failed
    }

    /// Finishes what is being written. Idempotent.
    package func finish() -> ShellOutcome {
        do throws(Diagnostic) {
            try closeOutput()
            try streams.results.flush()
            return .done
        } catch {
            return writingFailed(error)
        }
    }

    func closeOutput() throws(Diagnostic) {
        guard let closing = output else { return }
        output = nil
        outputPath = nil
        try closing.finish()
    }

    static func seconds(_ duration: Duration) -> String {
        let milliseconds = duration / .milliseconds(1)
        let whole = Int(max(0, min(milliseconds, 1e15)).rounded())
        let fraction = String(whole % 1_000)
        return "\(whole / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}
