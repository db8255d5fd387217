// What a neural network is to learn, and how.

package import MartletCore

package struct NeuralOptions: Hashable, Sendable {
    package enum Objective: Hashable, Sendable {
        case regression
        case classification(Int)

        package var outputCount: Int { if case .classification(let classes) = self { classes } else { 1 } }
    }

    /// How the rate changes over the epochs.
    package enum Schedule: Hashable, Sendable {
        case constant
        /// Down to a hundredth, evenly.
        case linear
    }

    /// The shape of images, channels last; their features are numbers.
    package struct ImageShape: Hashable, Sendable {
        package var height: Int
        package var width: Int
        package var channels: Int

        package init(height: Int, width: Int, channels: Int = 1) {
            self.height = height
            self.width = width
            self.channels = channels
        }

        /// The square with one channel, or else three, that has `count` numbers: of more than one pixel.
        package init?(squareOf count: Int) {
            for channels in [1, 3] {
                let side = Int(Double(count / channels).squareRoot())
                guard side > 1, side * side * channels == count else { continue }
                self.init(height: side, width: side, channels: channels)
                return
            }
            return nil
        }

        package var count: Int { height * width * channels }
    }

    package var objective: Objective
    /// Of a network of images: the filters of each block of convolution and pooling come first.
    package var image: ImageShape?
    package var filters: [Int] = []
    /// The widths of the layers between inputs and outputs.
    package var hidden = [256]
    package var epochs = 10
    package var batchSize = 256
    package var learningRate = 1e-3
    package var schedule = Schedule.linear
    package var weightDecay = 0.0
    /// Ends after so many epochs without a better validation loss, and keeps the best one's weights; 0: never.
    package var patience = 0
    /// What a row of each class counts; empty: all 1.
    package var classWeights: [Double] = []
    package var seed: UInt64 = 0

    /// A network of layers that are connected whole: the kind `mlp`.
    package init(_ objective: Objective) { self.objective = objective }

    /// Two blocks of convolution, and a head: the kind `cnn`.
    package init(_ objective: Objective, image: ImageShape) {
        self.objective = objective
        self.image = image
        filters = [32, 64]
        hidden = [128]
        epochs = 5
        batchSize = 128
    }

    /// - Parameter inputs: how many inputs the features have.
    package func validate(inputs: Int) throws(Diagnostic) {
        func require(_ condition: Bool, _ message: String) throws(Diagnostic) {
            guard condition else { throw Diagnostic(.invalidOption, message) }
        }
        if case .classification(let classes) = objective {
            try require(classes >= 2 && classes <= 100_000, "a classifier needs from 2 to 100000 classes")
            try require(
                classWeights.isEmpty || classWeights.count == classes, "class_weights needs a weight for each class")
            try require(
                classWeights.allSatisfy { $0 > 0 && $0 <= 1e6 }, "class_weights must be above 0, and at most 1000000")
        } else {
            try require(classWeights.isEmpty, "class_weights are for classification")
        }
        try require(
            hidden.count <= 32 && hidden.allSatisfy { $0 >= 1 && $0 <= 65_536 },
            "hidden must be at most 32 widths from 1 to 65536")
        try require(epochs >= 1 && epochs <= 100_000, "epochs must be from 1 to 100000")
        try require(batchSize >= 1 && batchSize <= 65_536, "batch must be from 1 to 65536")
        try require(learningRate > 0 && learningRate <= 10, "learning_rate must be above 0, and at most 10")
        try require(weightDecay >= 0 && weightDecay <= 1, "weight_decay must be from 0 to 1")
        try require(patience >= 0, "patience must not be negative")
        try require(inputs >= 1 && inputs <= 1 << 22, "a network needs from 1 to 4194304 inputs")
        if let image {
            try require(
                [image.height, image.width].allSatisfy { (1...2_048).contains($0) } && (1...64).contains(image.channels)
                    && image.count == inputs, "shape must multiply to the \(inputs) inputs")
            try require(
                (1...8).contains(filters.count) && filters.allSatisfy { $0 >= 1 && $0 <= 1_024 },
                "filters must be from 1 to 8 numbers from 1 to 1024")
            let halvings = 1 << filters.count
            try require(
                image.height >= halvings && image.width >= halvings,
                "images of \(image.height) × \(image.width) are too small for \(filters.count) blocks")
        }
        let weights = weightCount(inputs: inputs)
        try require(weights <= 1 << 28, "the network has \(weights) weights, more than \(1 << 28)")
    }

    /// - Precondition: the other options are valid.
    package func weightCount(inputs: Int) -> Int {
        var weights = 0
        var width = inputs
        if let image {
            var channels = image.channels
            for count in filters {
                weights += (9 * channels + 1) * count
                channels = count
            }
            width = (image.height >> filters.count) * (image.width >> filters.count) * channels
        }
        for next in hidden + [objective.outputCount] {
            weights += (width + 1) * next
            width = next
        }
        return weights
    }
}
