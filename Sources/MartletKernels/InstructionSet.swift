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

    /// Makes every kernel of search and storage use this set, or the best one if the processor does not have it. All sets give the same
    /// results, so that a search that runs meanwhile is not disturbed.
    package func use() { ck_use_instruction_set(Int32(rawValue)) }

    /// As `use`, and for learning too: where multiplication is fused with addition, the last bits of what is learned
    /// depend on the set. Before anything is learned.
    package func useEverywhere() {
        use()
        ck_use_learning_instruction_set(Int32(rawValue))
    }

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
        let learning = InstructionSet(rawValue: Int(ck_learning_instruction_set())) ?? .baseline
        func atMost(_ best: InstructionSet, _ set: InstructionSet) -> InstructionSet {
            set.rawValue < best.rawValue ? set : best
        }
        // Hamming distances have nothing between POPCNT and VPOPCNTDQ.
        let bits = current == .avx512 ? InstructionSet.avx2 : current
        return [
            ("bit packing", "unpack, running sums", atMost(.avx2, current)),
            ("float distances", "dot, squared l2 (f32)", atMost(.avx512, current)),
            ("half distances", "dot, squared l2, widening (f16)", atMost(.avx512, current)),
            ("code distances", "dot, squared l2 (i8): of rows, of a range, of a batch", current),
            ("nibble distances", "dot, squared l2 (4 bits): of rows", atMost(.avx2, current)),
            ("bit distances", "hamming (bit)", bits),
            ("text scoring", "BM25 contributions and sums", atMost(.avx2, current)),
            ("matrix products", "tiles of products (f32)", atMost(.avx512, learning)),
            ("sparse rows", "scores, updates (f32)", atMost(.avx512, learning)),
            ("networks", "biases, rectification, Adam (f32)", atMost(.avx2, learning)),
            ("elementwise", "exp, log (f32)", atMost(.avx2, learning)),
            ("trees", "histograms, partition, evaluation", atMost(.avx512, learning)),
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
