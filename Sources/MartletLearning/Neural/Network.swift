// Layers in a row, over one array of weights.

import MartletCore
package import MartletKernels

/// One batch at a time goes through; the memory for it is kept.
package final class Network {
    let layers: [NetworkLayer]
    package let weightCount: Int
    private let inputCount: Int
    private let capacity: Int
    /// The inputs, then each layer's outputs, and their gradients.
    private let values: [UnsafeMutablePointer<Float>]
    private let gradients: [UnsafeMutablePointer<Float>]

    /// - Parameter rows: the largest batch.
    package init(_ options: NeuralOptions, inputs: Int, rows: Int, isTraining: Bool, team: WorkerTeam) {
        var layers: [NetworkLayer] = []
        var width = inputs
        if let image = options.image {
            var shape = image
            for filters in options.filters {
                let layer = ConvolutionLayer(
                    height: shape.height, width: shape.width, channels: shape.channels, filters: filters, team: team)
                layers.append(layer)
                shape = .init(height: layer.outputHeight, width: layer.outputWidth, channels: filters)
            }
            width = shape.count
        }
        for next in options.hidden {
            layers.append(DenseLayer(inputs: width, outputs: next, rectifies: true, team: team))
            width = next
        }
        layers.append(
            DenseLayer(inputs: width, outputs: options.objective.outputCount, rectifies: false, team: team))
        self.layers = layers
        weightCount = layers.reduce(0) { $0 + $1.weightCount }
        inputCount = inputs
        capacity = rows
        values = ([inputs] + layers.map(\.outputCount)).map { .allocate(capacity: max(1, $0 * rows)) }
        gradients = isTraining ? layers.map { .allocate(capacity: max(1, $0.outputCount * rows)) } : []
    }

    deinit {
        for value in values { value.deallocate() }
        for gradient in gradients { gradient.deallocate() }
    }

    /// Where a batch's inputs go.
    package var input: UnsafeMutablePointer<Float> { values[0] }
    package var output: UnsafeMutablePointer<Float> { values[values.count - 1] }
    /// Where the loss's derivatives by the outputs go.
    package var outputGradient: UnsafeMutablePointer<Float> { gradients[gradients.count - 1] }

    package func initialize(_ weights: UnsafeMutablePointer<Float>, seed: UInt64) {
        var random = SeededRandom(seed: SeededRandom.mix(seed &+ 0x6E65_7473))
        var first = 0
        for layer in layers {
            layer.initialize(weights + first, &random)
            first += layer.weightCount
        }
        // Outputs start small: every class is as likely.
        if let last = layers.last {
            for index in first - last.weightCount..<first { weights[index] *= 0.25 }
        }
    }

    package func forward(_ weights: UnsafePointer<Float>, rows: Int) {
        precondition(rows <= capacity)
        var first = 0
        for (index, layer) in layers.enumerated() {
            layer.forward(weights + first, values[index], rows: rows, into: values[index + 1])
            first += layer.weightCount
        }
    }

    /// Fills `gradient`, as long as the weights, from `outputGradient`.
    package func backward(_ weights: UnsafePointer<Float>, rows: Int, gradient: UnsafeMutablePointer<Float>) {
        var first = weightCount
        for index in layers.indices.reversed() {
            let layer = layers[index]
            first -= layer.weightCount
            layer.backward(
                weights + first, input: values[index], output: values[index + 1], outputGradient: gradients[index],
                rows: rows, weightGradient: gradient + first, inputGradient: index > 0 ? gradients[index - 1] : nil)
        }
    }
}
