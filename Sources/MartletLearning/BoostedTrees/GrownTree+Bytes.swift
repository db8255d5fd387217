// A grown tree in the state of a training.

import MartletCore
import MartletKernels

extension GrownTree {
    func write(to writer: inout ModelWriter) {
        writer.write(UInt32(nodes.count))
        for node in nodes {
            writer.write(UInt32(node.feature))
            switch node.rule {
            case .threshold(let last, let missingLeft, let sawMissing):
                writer.write(UInt8((missingLeft ? 1 : 0) | (sawMissing ? 2 : 0)))
                writer.write(UInt32(last))
            case .categories(let bins):
                writer.write(UInt8(4))
                writer.write(blob: bins)
            }
            writer.write(node.left)
            writer.write(node.right)
            writer.write(node.gain)
            writer.write(node.value)
            writer.write(UInt64(node.rowCount))
        }
        writer.write(leafValues)
        writer.write(leafRowCounts.map { UInt64($0) })
    }

    /// - Throws: `corrupt`.
    init(from reader: inout ModelReader, features: Int) throws(Diagnostic) {
        self.init()
        let count = Int32(clamping: try reader.read(UInt32.self))
        for number in 0..<count {
            let feature = Int(try reader.read(UInt32.self))
            let flags = try reader.read(UInt8.self)
            let rule: SplitCandidate.Rule
            if flags == 4 {
                rule = .categories(try reader.readBlob())
            } else {
                let last = Int(try reader.read(UInt32.self))
                try reader.require(last < TreeKernels.binCount, "a threshold")
                rule = .threshold(last, missingLeft: flags & 1 != 0, sawMissing: flags & 2 != 0)
            }
            let left = try reader.read(Int32.self)
            let right = try reader.read(Int32.self)
            try reader.require(
                feature < features && left < count && right < count && (left < 0 || left > number)
                    && (right < 0 || right > number), "a node")
            var candidate = SplitCandidate()
            candidate.rule = rule
            nodes.append(
                Node(
                    feature: feature, rule: rule, goesLeft: candidate.goesLeft, left: left, right: right,
                    gain: try reader.readFloat(), value: try reader.readFloat(),
                    rowCount: Int(truncatingIfNeeded: try reader.read(UInt64.self))))
        }
        leafValues = try reader.readFloats()
        leafRowCounts = try reader.readNumbers(UInt64.self).map { Int(truncatingIfNeeded: $0) }
        let leaves = leafValues.count
        try reader.require(
            leafRowCounts.count == leaves && leaves > 0
                && nodes.allSatisfy { max(~Int($0.left), ~Int($0.right)) < leaves }, "the leaves")
    }
}
