// What every file of the repository promises to its readers.

import Foundation
import Testing

@Suite struct StyleTests {
    private static func allFiles() throws -> [Repository.SourceFile] {
        try Repository.swiftFiles(in: "Sources") + Repository.swiftFiles(in: "Tests")
            + Repository.swiftFiles(in: "Fuzz")
    }

    @Test func everyFileStartsWithWhatItIs() throws {
        for file in try Self.allFiles() {
            #expect(file.text.hasPrefix("// ") || file.text.hasPrefix("#!"), "\(file)")
        }
    }

    @Test func noFileIsLong() throws {
        for file in try Self.allFiles() { #expect(file.lines.count <= 601, "\(file)") }
    }

    @Test func everyTargetSaysWhatItOwns() throws {
        // Modules of C, and the command that only starts the shell, are nothing but their one file.
        for target in try Repository.targets() where target.hasPrefix("Martlet") && target != "MartletCommand" {
            let text = try Repository.text("Sources/\(target)/\(target).swift")
            for word in ["// \(target): ", "// Owns ", "// Imports ", "// Promises "] {
                #expect(text.contains(word), "\(target).swift lacks '\(word)'")
            }
        }
    }

    /// Assembled, so that this file does not contain them.
    private static let machinePaths = ["/ho" + "me/", "/ro" + "ot/", "/wo" + "rk/", "/Use" + "rs/"]

    @Test func noFileKnowsAMachine() throws {
        for file in try Self.allFiles() {
            for path in Self.machinePaths { #expect(!file.text.contains(path), "\(file) contains \(path)") }
        }
        for name in ["README.md", "Package.swift", ".ci/run", ".ci/setup"] {
            let text = try Repository.text(name)
            for path in Self.machinePaths { #expect(!text.contains(path), "\(name) contains \(path)") }
        }
    }

    @Test func nothingIsForced() throws {
        for file in try Repository.swiftFiles(in: "Sources") {
            for (number, line) in file.lines.enumerated() {
                let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
                for word in ["try!", " as! ", "fatalError("] {
                    #expect(!code.contains(word), "\(file):\(number + 1): \(line)")
                }
            }
        }
    }

    @Test func everyUncheckedSendableIsProved() throws {
        for file in try Repository.swiftFiles(in: "Sources") {
            let lines = file.lines
            for (number, line) in lines.enumerated() where line.contains("@unchecked Sendable") {
                if line.drop(while: { $0 == " " }).hasPrefix("//") { continue }
                // A subclass restates what its superclass has proved.
                if line.contains(/class [^:]+: (Node|WriteJob), @unchecked/) { continue }
                let before = lines[..<number].reversed().prefix { $0.drop { $0 == " " }.hasPrefix("///") }
                #expect(
                    before.contains { $0.contains("@unchecked Sendable") },
                    "\(file):\(number + 1) lacks the sentence that proves it")
            }
        }
    }

    @Test func formatIsClean() throws {
        let result = try Command.run(
            ["swift", "format", "lint", "-r", "--strict", "Sources", "Tests", "Fuzz", "Package.swift"],
            in: Repository.root)
        guard let result, !result.output.contains("unable to invoke") else { return }
        #expect(result.status == 0, "\(result.output)")
    }
}
