// The command line of `martlet`.

import ArgumentParser
import MartletCore
import MartletFormats
import MartletKernels
import Synchronization

extension RenderMode: ExpressibleByArgument {}

/// How safe a commit is, as far as the command line offers it.
enum DurabilityArgument: String, CaseIterable, ExpressibleByArgument, Sendable {
    case full, normal
}

struct ShellArguments: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract: "A database that trains, deploys and searches, in one file.",
        discussion: """
            Statements come from -c and -f in their order, else from standard input if it is no terminal; else the \
            shell starts. A batch stops at the first error. Results go to standard output, everything else to \
            standard error.

            Exit codes: 0 fine, 1 wrong usage, 2 the database cannot be opened, 3 a statement failed.
            """)

    /// A `-c` or `-f` with its place among both.
    struct Action: Hashable, Sendable {
        enum Kind: Hashable, Sendable {
            case statement(String)
            case script(String)
        }

        var kind: Kind
        var order: Int

        /// The parser keeps the order of one option's values; numbers given as they are read keep that of both.
        private static let count = Atomic<Int>(0)

        init(_ kind: Kind) {
            self.kind = kind
            order = Self.count.add(1, ordering: .relaxed).newValue
        }
    }

    @Argument(
        help: ArgumentHelp(
            "The database file, made if it does not exist.",
            discussion: "Without it a temporary database is used, which is gone at the end.", valueName: "file"))
    var path: String?

    @Option(
        name: [.customShort("c"), .customLong("command")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Run statements, and leave. May be repeated and mixed with -f.", valueName: "statement"),
        transform: { Action(.statement($0)) })
    var statements: [Action] = []

    @Option(
        name: [.customShort("f"), .customLong("file")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Run a script, and leave. May be repeated and mixed with -c.", valueName: "script"),
        transform: { Action(.script($0)) })
    var scripts: [Action] = []

    @Option(help: "How results look. Default: box on a terminal, else table.")
    var mode: RenderMode?

    @Flag(help: "Open the database to read only.")
    var readOnly = false

    @Flag(help: "Show each statement before its result.")
    var echo = false

    @Option(help: "What a commit promises: full survives loss of power, normal may lose the last ones.")
    var durability: DurabilityArgument = .full

    @Option(
        help: ArgumentHelp(
            "The instruction set of the inner loops. Default: the best of the processor.",
            valueName: "baseline|avx2|avx512|avx512VNNI"),
        transform: {
            guard let set = InstructionSet(name: $0), set.isAvailable else {
                throw ValidationError("this processor has \(InstructionSet.available.joined(separator: ", "))")
            }
            return set
        })
    var kernels: InstructionSet?

    @Flag(help: "Neither read nor keep a history of what is typed.")
    var noHistory = false

    @Flag(help: "Show the version.")
    var version = false

    /// The `-c` and `-f` in the order of the command line.
    var actions: [Action] { (statements + scripts).sorted { $0.order < $1.order } }

    mutating func validate() throws {
        if readOnly, path == nil { throw ValidationError("--read-only needs a database file.") }
    }
}
