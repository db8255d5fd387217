// Numbers as 8-bit codes: the nearest one, of two that are equally near the even one.

import MartletVectors
import Testing

@Suite struct CodeScaleTests {
    @Test(arguments: [
        CodeScale(middle: 0, step: 1), CodeScale(middle: 0.37, step: 0.013), CodeScale(middle: -5e6, step: 3e4),
        CodeScale(middle: 1e-30, step: .leastNormalMagnitude),
    ])
    func nearestCodes(scale: CodeScale) {
        for tenth in -3_000...3_000 {
            let value = scale.middle + scale.step * (Float(tenth) / 10)
            let scaled = ((value - scale.middle) / scale.step).rounded(.toNearestOrEven)
            #expect(scale.code(value) == UInt8(max(0, min(255, scaled + 128))))
        }
        for value in [Float.greatestFiniteMagnitude, 1e30, 0, -1e30, -Float.greatestFiniteMagnitude] {
            let scaled = ((value - scale.middle) / scale.step).rounded(.toNearestOrEven)
            #expect(scale.code(value) == UInt8(max(0, min(255, scaled + 128))))
        }
    }
}
