// A convolution of 3 × 3, rectified, and the largest of each 2 × 2 pixels.

import MartletCore
import MartletKernels

/// Images are height × width × channels. The surroundings of pixels are written out as rows, so that a convolution is a
/// matrix product; a few images at a time, which the second cache holds.
///
/// A batch is cut in eight groups of images, whatever the number of threads; the groups' gradients are added in order.
/// Weights: 9 · channels rows of `filters`, then the bias.
final class ConvolutionLayer: NetworkLayer {
    private static let groupCount = 8
    private let height: Int
    private let width: Int
    private let channels: Int
    private let filters: Int
    private let team: WorkerTeam
    private let groups: [Group]

    var outputHeight: Int { height / 2 }
    var outputWidth: Int { width / 2 }

    /// What one group works with.
    private final class Group {
        let product = MatrixProduct(team: WorkerTeam(threads: 1))
        let patches: UnsafeMutablePointer<Float>
        let image: UnsafeMutablePointer<Float>
        let gradient: UnsafeMutablePointer<Float>
        let bias: UnsafeMutablePointer<Float>
        var places: UnsafeMutablePointer<UInt8>
        private var placeCapacity = 1

        init(pixels: Int, inputs: Int, filters: Int) {
            patches = .allocate(capacity: pixels * inputs)
            image = .allocate(capacity: pixels * filters)
            gradient = .allocate(capacity: (inputs + 1) * filters)
            bias = .allocate(capacity: filters)
            places = .allocate(capacity: 1)
        }

        func reservePlaces(_ count: Int) {
            guard count > placeCapacity else { return }
            places.deallocate()
            places = .allocate(capacity: count)
            placeCapacity = count
        }

        deinit {
            patches.deallocate()
            image.deallocate()
            gradient.deallocate()
            bias.deallocate()
            places.deallocate()
        }
    }

    init(height: Int, width: Int, channels: Int, filters: Int, team: WorkerTeam) {
        self.height = height
        self.width = width
        self.channels = channels
        self.filters = filters
        self.team = team
        let pixels = height * width
        let inputs = 9 * channels
        let atOnce = Self.imagesAtOnce(pixels: pixels, inputs: inputs)
        groups = (0..<Self.groupCount).map { _ in Group(pixels: atOnce * pixels, inputs: inputs, filters: filters) }
        super.init(
            inputCount: pixels * channels, outputCount: (height / 2) * (width / 2) * filters,
            weightCount: (inputs + 1) * filters)
    }

    private static func imagesAtOnce(pixels: Int, inputs: Int) -> Int {
        min(8, max(1, 150_000 / max(1, pixels * inputs)))
    }

    private var atOnce: Int { Self.imagesAtOnce(pixels: height * width, inputs: 9 * channels) }

    override func initialize(_ weights: UnsafeMutablePointer<Float>, _ random: inout SeededRandom) {
        fill(weights, 9 * channels * filters, inputs: 9 * channels, &random)
        (weights + 9 * channels * filters).update(repeating: 0, count: filters)
    }

    private func images(_ group: Int, _ rows: Int) -> Range<Int> {
        group * rows / Self.groupCount..<(group + 1) * rows / Self.groupCount
    }

    private func writePatches(_ input: UnsafePointer<Float>, _ images: Range<Int>, _ group: Group) {
        let pixels = height * width
        for (index, image) in images.enumerated() {
            NetworkKernels.patches(
                of: input + image * inputCount, height: height, width: width, channels: channels,
                into: group.patches + index * pixels * 9 * channels)
        }
    }

    override func forward(
        _ weights: UnsafePointer<Float>, _ input: UnsafePointer<Float>, rows: Int,
        into output: UnsafeMutablePointer<Float>
    ) {
        let pixels = height * width
        let inputs = 9 * channels
        team.run(Self.groupCount) { number in
            let group = groups[number]
            let mine = images(number, rows)
            group.reservePlaces(mine.count * outputCount)
            for start in stride(from: mine.lowerBound, to: mine.upperBound, by: atOnce) {
                let part = start..<min(mine.upperBound, start + atOnce)
                writePatches(input, part, group)
                group.product.multiply(
                    MatrixView(group.patches, rows: part.count * pixels, columns: inputs),
                    MatrixView(weights, rows: inputs, columns: filters), into: group.image)
                NetworkKernels.addBias(
                    group.image, weights + inputs * filters, rows: part.count * pixels, columns: filters,
                    rectify: false)
                for (index, image) in part.enumerated() {
                    NetworkKernels.pool(
                        group.image + index * pixels * filters, height: height, width: width, channels: filters,
                        into: output + image * outputCount,
                        places: group.places + (image - mine.lowerBound) * outputCount)
                }
            }
        }
    }

    override func backward(
        _ weights: UnsafePointer<Float>, input: UnsafePointer<Float>, output: UnsafePointer<Float>,
        outputGradient: UnsafeMutablePointer<Float>, rows: Int, weightGradient: UnsafeMutablePointer<Float>,
        inputGradient: UnsafeMutablePointer<Float>?
    ) {
        let pixels = height * width
        let inputs = 9 * channels
        team.run(Self.groupCount) { number in
            let group = groups[number]
            group.gradient.update(repeating: 0, count: weightCount)
            let mine = images(number, rows)
            for start in stride(from: mine.lowerBound, to: mine.upperBound, by: atOnce) {
                let part = start..<min(mine.upperBound, start + atOnce)
                for (index, image) in part.enumerated() {
                    NetworkKernels.unpool(
                        outputGradient + image * outputCount,
                        places: group.places + (image - mine.lowerBound) * outputCount, height: height, width: width,
                        channels: filters, into: group.image + index * pixels * filters)
                }
                writePatches(input, part, group)
                let gradient = MatrixView(group.image, rows: part.count * pixels, columns: filters)
                group.product.multiply(
                    MatrixView(group.patches, rows: part.count * pixels, columns: inputs).transposed, gradient,
                    adding: true, into: group.gradient)
                NetworkKernels.columnSums(
                    group.image, rows: part.count * pixels, columns: filters, into: group.bias)
                for filter in 0..<filters { group.gradient[inputs * filters + filter] += group.bias[filter] }
                guard let inputGradient else { continue }
                group.product.multiply(
                    gradient, MatrixView(weights, rows: inputs, columns: filters).transposed, into: group.patches)
                for (index, image) in part.enumerated() {
                    (inputGradient + image * inputCount).update(repeating: 0, count: inputCount)
                    NetworkKernels.addPatches(
                        group.patches + index * pixels * inputs, height: height, width: width, channels: channels,
                        to: inputGradient + image * inputCount)
                }
            }
        }
        for index in 0..<weightCount {
            var sum: Float = 0
            for group in groups { sum += group.gradient[index] }
            weightGradient[index] = sum
        }
    }
}
