// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
]

/// One layer of the engine. Imports point down only; `PackageTests` checks it.
func layer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.init(stringLiteral: name)] + dependencies, exclude: exclude,
        swiftSettings: settings)
}

/// A libFuzzer program. Only `Fuzz/run` asks for them: its flags would make the package unfit as a dependency.
func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: ["FuzzSupport"] + dependencies, path: "Fuzz/" + name,
        exclude: ["\(name).dict", "Corpus"],
        swiftSettings: settings + [.unsafeFlags(["-parse-as-library", "-sanitize=fuzzer,address"])])
}

let fuzzers: [Target] = [
    .target(
        name: "FuzzSupport", dependencies: ["MartletCore"], path: "Fuzz/Support", swiftSettings: settings),
    fuzzer("FuzzCanary", []),
    fuzzer("FuzzParser", ["MartletCore", "MartletLanguage"]),
    fuzzer("FuzzCodecs", ["MartletCore"]),
    fuzzer("FuzzSegment", ["MartletCore", "MartletKernels", "MartletText"]),
    fuzzer("FuzzCopy", ["MartletCore", "MartletFormats"]),
    fuzzer("FuzzStatement", ["MartletCore", "MartletStorage", "MartletLanguage", "MartletRuntime"]),
]

let package = Package(
    name: "martlet",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Martlet", targets: ["Martlet"]),
        .executable(name: "martlet", targets: ["MartletCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // System libraries
        .systemLibrary(
            name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"]), .brew(["lmdb"])]),
        .systemLibrary(name: "CStemmer", providers: [.apt(["libstemmer-dev"]), .brew(["snowball"])]),
        .systemLibrary(
            name: "CEditLine", pkgConfig: "libedit", providers: [.apt(["libedit-dev"]), .brew(["libedit"])]),
        .systemLibrary(
            name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
        .systemLibrary(
            name: "CTurboJPEG", pkgConfig: "libturbojpeg",
            providers: [.apt(["libturbojpeg0-dev"]), .brew(["jpeg-turbo"])]),

        // The engine, lowest layer first
        .target(name: "CKernels"),
        layer("MartletCore", []),
        layer("MartletStorage", ["CKernels", "CLMDB", "MartletCore"]),
        layer("MartletKernels", ["CKernels", "MartletCore"]),
        layer("MartletLanguage", ["MartletCore"]),
        layer("MartletFormats", ["CPNG", "CTurboJPEG", "MartletCore"]),
        layer("MartletReference", ["MartletCore"]),
        layer("MartletExpressions", ["MartletCore", "MartletKernels", "MartletFormats"]),
        layer("MartletCatalog", ["MartletCore", "MartletStorage"]),
        layer("MartletText", ["CStemmer", "MartletCore", "MartletStorage", "MartletKernels"]),
        layer("MartletVectors", ["MartletCore", "MartletStorage", "MartletKernels"]),
        layer("MartletLearning", ["MartletCore", "MartletKernels", "MartletFormats"]),
        layer("MartletRetrieval", ["MartletCore", "MartletKernels", "MartletText", "MartletLearning"]),
        layer(
            "MartletPlanning",
            [
                "MartletCore", "MartletKernels", "MartletLanguage", "MartletExpressions", "MartletCatalog",
                "MartletLearning",
            ]),
        layer(
            "MartletExecution",
            [
                "MartletCore", "MartletStorage", "MartletKernels", "MartletLanguage", "MartletFormats",
                "MartletExpressions", "MartletCatalog", "MartletText", "MartletVectors", "MartletLearning",
                "MartletRetrieval", "MartletReference", "MartletPlanning",
            ]),
        layer(
            "MartletRuntime",
            [
                "MartletCore", "MartletStorage", "MartletLanguage", "MartletFormats", "MartletExpressions",
                "MartletCatalog", "MartletPlanning", "MartletExecution", "MartletText", "MartletVectors",
            ]),
        layer(
            "Martlet",
            [
                "MartletCore", "MartletStorage", "MartletLanguage", "MartletFormats", "MartletExpressions",
                "MartletCatalog", "MartletPlanning", "MartletExecution", "MartletRuntime",
            ]),

        // The shell
        .target(name: "CLineEditing", dependencies: ["CEditLine"]),
        layer(
            "MartletShell",
            [
                "CLineEditing", "Martlet", "MartletCore", "MartletStorage", "MartletKernels", "MartletLanguage",
                "MartletFormats",
                "MartletRuntime",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(name: "MartletCommand", dependencies: ["MartletShell"], swiftSettings: settings),

        tests(of: "MartletCore"),
        tests(of: "MartletStorage", ["MartletCore"]),
        tests(of: "MartletKernels", ["MartletCore"]),
        tests(of: "MartletLanguage", ["MartletCore"]),
        tests(of: "MartletFormats", ["CPNG", "CTurboJPEG", "MartletCore"]),
        tests(of: "MartletExpressions", ["MartletCore", "MartletFormats"]),
        tests(of: "MartletReference", ["MartletCore", "MartletLanguage"]),
        tests(of: "MartletText", ["MartletCore", "MartletStorage", "MartletKernels"]),
        tests(of: "MartletVectors", ["MartletCore", "MartletKernels"]),
        tests(of: "MartletLearning", ["MartletCore", "MartletKernels"]),
        tests(of: "MartletRetrieval", ["MartletCore", "MartletKernels", "MartletText"]),
        // A process of its own for the crash tests to kill.
        .target(
            name: "CrashWorkload", dependencies: ["MartletCore", "MartletStorage", "MartletRuntime"],
            path: "Tests/CrashWorkload", swiftSettings: settings),
        .executableTarget(
            name: "CrashWorker", dependencies: ["CrashWorkload", "MartletCore", "MartletStorage", "MartletRuntime"],
            path: "Tests/CrashWorker", swiftSettings: settings),
        .testTarget(
            name: "MartletCrashTests",
            dependencies: ["CrashWorkload", "CrashWorker", "MartletCore", "MartletStorage", "MartletRuntime"],
            swiftSettings: settings),
        tests(
            of: "Martlet", ["CPNG", "MartletCore", "MartletLanguage", "MartletRuntime", "MartletStorage"],
            exclude: ["Scripts"]),
        .testTarget(
            name: "MartletShellTests",
            dependencies: [
                "MartletShell", "MartletCommand", "MartletCore", "MartletFormats", "MartletRuntime",
            ], swiftSettings: settings),

        // Benchmarks, and tests on collections that are not part of the package
        .executableTarget(
            name: "MartletBenchmarks",
            dependencies: ["Martlet", "MartletCore", "MartletKernels"], path: "Tests/Benchmarks",
            swiftSettings: settings),
        tests(of: "MartletBenchmarks"),
        .testTarget(name: "MartletDataTests", dependencies: ["Martlet"], swiftSettings: settings),

        // As a program that depends on the package would
        .testTarget(name: "MartletAPITests", dependencies: ["Martlet", "MartletRuntime"], swiftSettings: settings),
        // The package itself: layers, layout, style, a consumer
        .testTarget(name: "PackageTests", swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)

if Context.environment["MARTLET_FUZZ"] != nil { package.targets += fuzzers }
