// Parts of words as the index writes them.

extension Analyzer {
    /// Small letters, accents dropped if the index drops them: not stemmed, for what is no whole word.
    func normalized(_ text: String) -> [UInt8] {
        let small = text.lowercased()
        guard definition.folding else { return Array(small.utf8) }
        var folded: [UInt32] = []
        for scalar in small.unicodeScalars { Folding.fold(scalar.value, to: &folded) }
        var result = String.UnicodeScalarView()
        for value in folded { if let scalar = Unicode.Scalar(value) { result.append(scalar) } }
        return Array(String(result).utf8)
    }
}
