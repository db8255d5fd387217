// The program: from arguments to an exit code.

import ArgumentParser
import MartletCore
import MartletFormats
import MartletKernels
import MartletRuntime
import MartletStorage

package enum MartletProgram {
    /// The exit codes, part of the interface.
    package enum ExitCode {
        package static let success: Int32 = 0
        package static let usage: Int32 = 1
        package static let cannotOpen: Int32 = 2
        package static let statementFailed: Int32 = 3
    }

    /// Runs the command on the process's standard streams and returns its exit code.
    package static func run(_ words: [String]) -> Int32 {
        let interrupts = Interrupts.start()
        System.ignoreBrokenPipes()
        let results = ByteSink(descriptor: System.standardOutput, name: "standard output")
        let messages = ByteSink(descriptor: System.standardError, name: "standard error")
        let arguments: ShellArguments
        do {
            arguments = try ShellArguments.parse(words)
        } catch {
            return answer(error, results, messages)
        }
        if arguments.version {
            try? results.write("martlet \(MartletVersion.current)\n")
            try? results.flush()
            return ExitCode.success
        }
        arguments.kernels?.useEverywhere()
        return run(arguments, interrupts, results, messages)
    }

    /// Help goes to standard output and is fine; a mistake goes to standard error.
    private static func answer(_ error: any Error, _ results: ByteSink, _ messages: ByteSink) -> Int32 {
        let isHelp = ShellArguments.exitCode(for: error) == .success
        let text = ShellArguments.fullMessage(for: error) + "\n"
        let sink = isHelp ? results : messages
        try? sink.write(text)
        try? sink.flush()
        return isHelp ? ExitCode.success : ExitCode.usage
    }

    private static func run(
        _ arguments: ShellArguments, _ interrupts: Interrupts, _ results: ByteSink, _ messages: ByteSink
    ) -> Int32 {
        let isInputTerminal = System.isTerminal(System.standardInput)
        let isOutputTerminal = System.isTerminal(System.standardOutput)
        let isErrorTerminal = System.isTerminal(System.standardError)
        var streams = ShellStreams(results: results, messages: messages)
        streams.resultsAreOnTerminal = isOutputTerminal
        streams.messagesAreOnTerminal = isErrorTerminal
        streams.isClosed = { System.isClosedPipe(System.standardOutput) }
        streams.terminalWidth = {
            System.terminalWidth(System.standardOutput) ?? System.terminalWidth(System.standardError)
        }
        let isPlain = System.environment("TERM") == "dumb" || System.environment("NO_COLOR") != nil
        streams.isColoured = isErrorTerminal && !isPlain
        if isErrorTerminal, System.environment("TERM") != "dumb" {
            let start = ContinuousClock.now
            streams.progress = ProgressLine(
                width: { System.terminalWidth(System.standardError) }, now: { start.duration(to: .now) },
                write: { System.writeError($0) })
        }

        var settings = ShellSettings(mode: arguments.mode ?? (isOutputTerminal ? .box : .table))
        settings.echoes = arguments.echo

        let engine: Engine
        do throws(Diagnostic) {
            engine = try open(arguments)
        } catch {
            let renderer = DiagnosticRenderer(isColoured: streams.isColoured)
            try? messages.write(renderer.text(of: error))
            try? messages.flush()
            return ExitCode.cannotOpen
        }
        defer { engine.close() }

        let shell = ShellSession(engine, streams: streams, settings: settings)
        let isInteractive = arguments.actions.isEmpty && isInputTerminal && isOutputTerminal
        interrupts.configure(endsProcess: !isInteractive, cancel: shell.canceller)
        shell.runningChanged = { interrupts.setRunning($0) }

        if isInteractive {
            let history = arguments.noHistory ? nil : HistoryFile.standard()
            return InteractiveShell(shell, path: arguments.path, history: history).run()
        }
        return code(of: runBatch(arguments.actions, shell), shell)
    }

    private static func open(_ arguments: ShellArguments) throws(Diagnostic) -> Engine {
        let options = EngineOptions(
            isReadOnly: arguments.readOnly, durability: arguments.durability == .full ? .full : .normal)
        guard let path = arguments.path else { return try Engine.temporary(options: options) }
        return try Engine(path: path, options: options)
    }

    private static func runBatch(_ actions: [ShellArguments.Action], _ shell: ShellSession) -> ShellOutcome {
        if actions.isEmpty {
            do throws(Diagnostic) {
                let source = try ByteSource(descriptor: System.standardInput, name: "<stdin>")
                return shell.run(StatementStream(source, name: "<stdin>"))
            } catch {
                shell.show(error)
                return .failed
            }
        }
        for action in actions {
            let outcome =
                switch action.kind {
                case .statement(let text): shell.run(text: text, name: "-c")
                case .script(let path): shell.runFile(path)
                }
            if outcome != .done { return outcome }
        }
        return .done
    }

    private static func code(of outcome: ShellOutcome, _ shell: ShellSession) -> Int32 {
        let end = shell.finish()
        return outcome == .failed || end == .failed ? ExitCode.statementFailed : ExitCode.success
    }
}
