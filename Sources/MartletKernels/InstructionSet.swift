// The instruction set that the kernels use.

import CKernels

package enum InstructionSet: Int, CaseIterable, Sendable {
    /// SSE2 on x86-64, NEON on arm64.
    case baseline = 0
    case avx2 = 1
    case avx512 = 2
    case avx512VNNI = 3

    package static var best: InstructionSet { InstructionSet(rawValue: Int(ck_best_instruction_set())) ?? .baseline }

    package static var current: InstructionSet { InstructionSet(rawValue: Int(ck_instruction_set())) ?? .baseline }

    /// Makes every kernel use this set, or the best one if the processor does not have it. All sets give the same
    /// results, so that a search that runs meanwhile is not disturbed.
    package func use() { ck_use_instruction_set(Int32(rawValue)) }

    package init?(name: String) {
        guard let set = Self.allCases.first(where: { $0.name == name || "\($0)" == name }) else { return nil }
        self = set
    }

    /// Whether the processor has it.
    package var isAvailable: Bool { rawValue <= Self.best.rawValue }

    /// Those that the processor has, as the command line names them.
    package static var available: [String] { allCases.filter(\.isAvailable).map { "\($0)" } }

    /// What each family of kernels uses now: several sets are one to some of them.
    package static var families: [(family: String, kernels: String, instructionSet: InstructionSet)] {
        let current = current
        func atMost(_ set: InstructionSet) -> InstructionSet { current.rawValue < set.rawValue ? current : set }
        return [
            ("bit packing", "unpack, running sums", atMost(.avx2)),
            ("float distances", "dot, squared l2 (f32)", atMost(.avx512)),
            ("code distances", "dot, squared l2 (i8): of rows, of a range, of a batch", current),
        ]
    }

    package var name: String {
        switch self {
        case .baseline:
            #if arch(arm64)
                "neon"
            #else
                "sse2"
            #endif
        case .avx2: "avx2"
        case .avx512: "avx512"
        case .avx512VNNI: "avx512-vnni"
        }
    }
}
