// The layers of a network: forward and backward over a batch of rows.

import MartletCore
import MartletKernels

/// A layer has no weights of its own: they are a part of the network's one array, so that steps and means are one loop.
class NetworkLayer {
    let inputCount: Int
    let outputCount: Int
    let weightCount: Int

    init(inputCount: Int, outputCount: Int, weightCount: Int) {
        self.inputCount = inputCount
        self.outputCount = outputCount
        self.weightCount = weightCount
    }

    /// Fills in starting weights.
    func initialize(_ weights: UnsafeMutablePointer<Float>, _ random: inout SeededRandom) {}

    /// `output` of `rows` rows from `input`.
    func forward(
        _ weights: UnsafePointer<Float>, _ input: UnsafePointer<Float>, rows: Int,
        into output: UnsafeMutablePointer<Float>
    ) {}

    /// The gradients of the weights, and of the input if it is asked for, after `forward` of the same rows.
    /// `outputGradient` is used up.
    func backward(
        _ weights: UnsafePointer<Float>, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
        outputGradient: UnsafeMutablePointer<Float>, rows: Int, weightGradient: UnsafeMutablePointer<Float>,
        inputGradient: UnsafeMutablePointer<Float>?
    ) {}

    /// Uniform numbers of the deviation √(2 / inputs), for rectified outputs (He et al. 2015).
    final func fill(_ weights: UnsafeMutablePointer<Float>, _ count: Int, inputs: Int, _ random: inout SeededRandom) {
        let bound = (6 / Float(max(1, inputs))).squareRoot()
        for index in 0..<count {
            weights[index] = (Float(random.next() >> 40) * 0x1p-23 - 1) * bound
        }
    }
}

/// x · W + b, rectified or not. Weights: `inputCount` rows of `outputCount`, then the bias.
final class DenseLayer: NetworkLayer {
    private let rectifies: Bool
    private let team: WorkerTeam
    private let product: MatrixProduct

    init(inputs: Int, outputs: Int, rectifies: Bool, team: WorkerTeam) {
        self.rectifies = rectifies
        self.team = team
        product = MatrixProduct(team: team)
        super.init(inputCount: inputs, outputCount: outputs, weightCount: (inputs + 1) * outputs)
    }

    override func initialize(_ weights: UnsafeMutablePointer<Float>, _ random: inout SeededRandom) {
        fill(weights, inputCount * outputCount, inputs: inputCount, &random)
        (weights + inputCount * outputCount).update(repeating: 0, count: outputCount)
    }

    override func forward(
        _ weights: UnsafePointer<Float>, _ input: UnsafePointer<Float>, rows: Int,
        into output: UnsafeMutablePointer<Float>
    ) {
        product.multiply(
            MatrixView(input, rows: rows, columns: inputCount),
            MatrixView(weights, rows: inputCount, columns: outputCount), into: output)
        let bias = weights + inputCount * outputCount
        team.forEachRange(rows, step: 64) { range in
            NetworkKernels.addBias(
                output + range.lowerBound * outputCount, bias, rows: range.count, columns: outputCount,
                rectify: rectifies)
        }
    }

    override func backward(
        _ weights: UnsafePointer<Float>, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
        outputGradient: UnsafeMutablePointer<Float>, rows: Int, weightGradient: UnsafeMutablePointer<Float>,
        inputGradient: UnsafeMutablePointer<Float>?
    ) {
        if rectifies {
            team.forEachRange(rows * outputCount, step: 16_384) { range in
                NetworkKernels.maskRectified(
                    outputGradient + range.lowerBound, output + range.lowerBound, range.count)
            }
        }
        let gradient = MatrixView(outputGradient, rows: rows, columns: outputCount)
        product.multiply(
            MatrixView(input, rows: rows, columns: inputCount).transposed, gradient, into: weightGradient)
        NetworkKernels.columnSums(
            outputGradient, rows: rows, columns: outputCount, into: weightGradient + inputCount * outputCount)
        if let inputGradient {
            product.multiply(
                gradient, MatrixView(weights, rows: inputCount, columns: outputCount).transposed, into: inputGradient)
        }
    }
}
