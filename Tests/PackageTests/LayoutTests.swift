// What is at the top of the repository, and what its manifest promises.

import Foundation
import Testing

@Suite struct LayoutTests {
    @Test func theTopLevelIsFixed() throws {
        let result = try Command.run(["git", "ls-files"], in: Repository.root)
        guard let result, result.status == 0 else { return }
        let names = Set(
            result.output.split(separator: "\n").compactMap { $0.split(separator: "/").first.map(String.init) })
        let visible = names.filter { !$0.hasPrefix(".") }.sorted()
        #expect(visible == ["Fuzz", "Grammar", "LICENSE", "Package.swift", "README.md", "Sources", "Tests"])
    }

    /// Packages that are depended on must not set flags of their own. (The fuzzers do, and are only there when asked
    /// for.)
    @Test func aConsumerMayDependOnIt() throws {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "martlet-manifest-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let result = try Command.run(
            ["swift", "package", "--scratch-path", scratch.path, "dump-package"], in: Repository.root)
        guard let result else { return }
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("\"MartletRuntime\""))
        #expect(!result.output.contains("unsafe" + "Flags"))
    }

    @Test func systemLibrariesSayWhoProvidesThem() throws {
        let manifest = try Repository.text("Package.swift")
        let declarations = manifest.split(separator: ".systemLibrary(").dropFirst()
        #expect(declarations.count >= 5)
        for declaration in declarations {
            let text = declaration.prefix(200)
            #expect(text.contains("providers:") && text.contains(".apt([") && text.contains(".brew(["), "\(text)")
        }
        // The same packages are installed by the set-up script and named by the README.
        let setup = try Repository.text(".ci/setup")
        let readme = try Repository.text("README.md")
        for name in ["liblmdb-dev", "libstemmer-dev", "libedit-dev", "libpng-dev", "libturbojpeg0-dev"] {
            for (file, text) in [("Package.swift", manifest), (".ci/setup", setup), ("README.md", readme)] {
                #expect(text.contains(name), "\(file) lacks \(name)")
            }
        }
    }

    @Test func theMapOfTheReadmeIsTrue() throws {
        let readme = try Repository.text("README.md")
        for target in try Repository.targets() where target.hasPrefix("Martlet") {
            #expect(readme.contains("`\(target)`"), "README.md lacks \(target)")
        }
    }
}
