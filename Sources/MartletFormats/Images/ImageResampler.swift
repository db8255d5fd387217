// Images of any size as pixels of one size.

/// Stretches images to a width and a height, and gives their pixels as numbers from 0 to 1.
///
/// Each pixel is a mean of those around its place, with weights that fall off evenly (a triangle), over one pixel where
/// the image grows and over as many as are drawn together where it shrinks: bilinear interpolation and averaging over
/// areas in one. An image that has the size already keeps its pixels.
package struct ImageResampler: Hashable, Sendable {
    package let width: Int
    package let height: Int
    /// 1: gray, as .299 red + .587 green + .114 blue; 3: red, green and blue.
    package let channels: Int

    package init(width: Int, height: Int, channels: Int) {
        precondition(width > 0 && height > 0 && (channels == 1 || channels == 3))
        self.width = width
        self.height = height
        self.channels = channels
    }

    /// How many numbers an image becomes.
    package var count: Int { width * height * channels }

    /// The pixels row by row from the top, the channels of a pixel together. Linear in the pixels of the image; memory
    /// for a row of it.
    package func pixels(of image: ImageBitmap) -> [Float] {
        let across = ResamplingWeights(from: image.width, to: width)
        let down = ResamplingWeights(from: image.height, to: height)
        let rowCount = width * channels
        var source = [Float](repeating: 0, count: image.width * channels)
        var row = [Float](repeating: 0, count: rowCount)
        var result = [Float](repeating: 0, count: count)
        // The rows of the result that are not complete yet.
        var first = 0
        for y in 0..<image.height {
            read(image, row: y, into: &source)
            across.apply(to: source, channels: channels, into: &row)
            while first < height, down.ranges[first].upperBound <= y { first += 1 }
            var target = first
            while target < height, down.ranges[target].lowerBound <= y {
                let weight = down.weight(of: y, in: target)
                for index in 0..<rowCount { result[target * rowCount + index] += weight * row[index] }
                target += 1
            }
        }
        for index in result.indices { result[index] = min(1, result[index] / 255) }
        return result
    }

    private func read(_ image: ImageBitmap, row: Int, into numbers: inout [Float]) {
        let start = row * image.width * 3
        image.bytes.withUnsafeBufferPointer { bytes in
            numbers.withUnsafeMutableBufferPointer { numbers in
                if channels == 3 {
                    for index in numbers.indices { numbers[index] = Float(bytes[start + index]) }
                    return
                }
                for x in numbers.indices {
                    let place = start + 3 * x
                    let sum = 299 * Int32(bytes[place]) + 587 * Int32(bytes[place + 1]) + 114 * Int32(bytes[place + 2])
                    numbers[x] = Float(sum) / 1_000
                }
            }
        }
    }
}

/// Along one direction: which pixels each pixel of the result is a mean of, and how much each counts.
private struct ResamplingWeights {
    /// Bounds that only rise.
    private(set) var ranges: [Range<Int>] = []
    private var weights: [Float] = []
    /// Where the weights of each range begin.
    private var starts: [Int] = []

    init(from sourceCount: Int, to count: Int) {
        let scale = Double(sourceCount) / Double(count)
        let reach = max(1, scale)
        for index in 0..<count {
            let center = (Double(index) + 0.5) * scale
            let lower = max(0, Int(center - reach + 0.5))
            let upper = max(lower + 1, min(sourceCount, Int(center + reach + 0.5)))
            let shares = (lower..<upper).map { max(0, 1 - abs(Double($0) + 0.5 - center) / reach) }
            let sum = shares.reduce(0, +)
            ranges.append(lower..<upper)
            starts.append(weights.count)
            weights += shares.map { Float($0 / sum) }
        }
    }

    func weight(of source: Int, in index: Int) -> Float { weights[starts[index] + source - ranges[index].lowerBound] }

    func apply(to source: [Float], channels: Int, into result: inout [Float]) {
        source.withUnsafeBufferPointer { source in
            weights.withUnsafeBufferPointer { weights in
                for (index, range) in ranges.enumerated() {
                    let start = starts[index] - range.lowerBound
                    for channel in 0..<channels {
                        var sum: Float = 0
                        for place in range { sum += weights[start + place] * source[place * channels + channel] }
                        result[index * channels + channel] = sum
                    }
                }
            }
        }
    }
}
