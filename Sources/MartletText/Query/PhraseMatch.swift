// Where the words of a phrase stand together.

/// The terms of a phrase against the terms of a text, both by number. Words that the analyzer leaves out do not count.
struct PhraseMatch {
    /// The phrase's terms, in order.
    let terms: [Int32]
    /// How far the words together may be moved; a word that is moved past another costs two.
    let slop: Int

    /// The places of the words of each occurrence, from left to right. O(text + occurrences of the phrase's words).
    func occurrences(in tokens: [Int32]) -> [[Int]] {
        var places = [[Int]](repeating: [], count: terms.count)
        for (place, token) in tokens.enumerated() {
            for (index, term) in terms.enumerated() where term == token { places[index].append(place) }
        }
        return occurrences(at: places)
    }

    /// As above, from the places of each word, ascending.
    func occurrences(at places: [[Int]]) -> [[Int]] {
        if places.contains(where: \.isEmpty) { return [] }
        // For each word a place; how far each is from where the first would put it.
        var next = [Int](repeating: 0, count: terms.count)
        var result: [[Int]] = []
        while true {
            var lowest = 0
            var highest = Int.min
            for index in terms.indices {
                let shift = places[index][next[index]] - index
                if shift < places[lowest][next[lowest]] - lowest { lowest = index }
                highest = max(highest, shift)
            }
            if highest - (places[lowest][next[lowest]] - lowest) <= slop {
                let found = terms.indices.map { places[$0][next[$0]] }
                if slop == 0 || Set(found).count == found.count { result.append(found) }
            }
            next[lowest] += 1
            if next[lowest] == places[lowest].count { return result }
        }
    }
}
