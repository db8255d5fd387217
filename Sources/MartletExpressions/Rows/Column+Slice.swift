// A part of a column.

package import MartletCore

extension Column {
    /// The elements of a range of rows. O(bytes of the range).
    ///
    /// - Precondition: the range is within the column.
    package func slice(_ range: Range<Int>) -> Column {
        if range == 0..<count { return self }
        let part: Storage =
            switch storage {
            case .integers(let values): .integers(Array(values[range]))
            case .reals(let values): .reals(Array(values[range]))
            case .booleans(let values): .booleans(Array(values[range]))
            case .nulls: .nulls(count: range.count)
            case .bytes(let values):
                .bytes(
                    ByteColumn(
                        offsets: values.offsets[range.lowerBound...range.upperBound].map {
                            $0 - values.offsets[range.lowerBound]
                        },
                        bytes: Array(values.bytes[values.offsets[range.lowerBound]..<values.offsets[range.upperBound]])
                    ))
            }
        return Column(type: type, storage: part, nulls: nulls.map { Array($0[range]) })
    }
}
