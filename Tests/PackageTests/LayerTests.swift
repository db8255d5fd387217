// Imports point down only, and only the top layer is public.

import Foundation
import Testing

@Suite struct LayerTests {
    /// Lowest first. Targets of one line do not know each other.
    static let layers: [[String]] = [
        ["CLMDB", "CStemmer", "CEditLine", "CPNG", "CTurboJPEG", "CLineEditing", "CKernels"],
        ["MartletCore"],
        ["MartletStorage", "MartletKernels", "MartletLanguage", "MartletFormats", "MartletReference"],
        ["MartletExpressions", "MartletCatalog", "MartletText", "MartletVectors", "MartletLearning"],
        ["MartletRetrieval"],
        ["MartletPlanning"],
        ["MartletExecution"],
        ["MartletRuntime"],
        ["Martlet"],
        ["MartletShell"],
        ["MartletCommand"],
    ]

    private static let heights = Dictionary(
        uniqueKeysWithValues: layers.enumerated().flatMap { height, names in names.map { ($0, height) } })

    /// The modules that a file imports: `package import struct Foundation.Date` imports Foundation.
    static func imports(of text: String) -> [String] {
        // Every other part is inside of a text of several lines, which may show an import.
        let code = text.split(separator: "\"\"\"", omittingEmptySubsequences: false).enumerated()
        return code.filter { $0.offset % 2 == 0 }.flatMap { $0.element.split(separator: "\n") }.compactMap { line in
            var words = line.split(separator: " ").map(String.init)
            while let first = words.first, first.hasPrefix("@") || modifiers.contains(first) { words.removeFirst() }
            guard words.first == "import", words.count > 1 else { return nil }
            let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
            let module = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
            return module.split(separator: ".").first.map(String.init)
        }
    }

    private static let modifiers: Set = ["public", "package", "internal", "private", "fileprivate"]

    @Test func everyTargetHasItsLayer() throws {
        #expect(try Repository.targets() == Self.heights.keys.sorted())
    }

    @Test func importsPointDown() throws {
        for file in try Repository.swiftFiles(in: "Sources") {
            let height = try #require(Self.heights[file.target], "\(file)")
            for module in Self.imports(of: file.text) {
                guard let imported = Self.heights[module] else { continue }
                #expect(imported < height, "\(file) imports \(module)")
            }
        }
    }

    /// What the manifest allows, and so the compiler, is no wider than the layers.
    @Test func dependenciesPointDown() throws {
        let manifest = try Repository.text("Package.swift")
        let pattern = /layer\(\s*"(\w+)",\s*\[([^\]]*)\]/
        var count = 0
        for match in manifest.matches(of: pattern) {
            let height = try #require(Self.heights[String(match.1)], "\(match.1)")
            for name in match.2.matches(of: /"(\w+)"/) {
                guard let imported = Self.heights[String(name.1)] else { continue }
                #expect(imported < height, "\(match.1) depends on \(name.1)")
            }
            count += 1
        }
        #expect(count >= 14)
    }

    @Test func onlyTheTopIsPublic() throws {
        for file in try Repository.swiftFiles(in: "Sources") where file.target != "Martlet" {
            for (number, line) in file.lines.enumerated() {
                let words = line.split(separator: " ")
                // `public import` is about a dependency, and nothing to a file without public declarations.
                let isOpen = words.first == "open" && words.count > 1 && ["class", "func", "var"].contains(words[1])
                guard words.first == "public" || isOpen else { continue }
                Issue.record("\(file):\(number + 1): \(line)")
            }
        }
    }

    @Test func importLinesAreRead() {
        let text = """
            // import Nothing
            import A
            package import B
            @testable import C
            public import struct D.Inner
            let word = "import E"
            """
        #expect(Self.imports(of: text) == ["A", "B", "C", "D"])
    }
}
