// UNION ALL: the rows of one input, then those of the other.

import MartletCore

final class ConcatenateOperator: Operator {
    private let left: any Operator
    private let right: any Operator
    private var isOnRight = false

    init(_ left: any Operator, _ right: any Operator) {
        self.left = left
        self.right = right
    }

    func next() throws(Diagnostic) -> Batch? {
        if !isOnRight {
            if let batch = try left.next() { return batch }
            isOnRight = true
        }
        return try right.next()
    }
}
