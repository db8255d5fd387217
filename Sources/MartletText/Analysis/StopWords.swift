// Words too common to search for.

enum StopWords {
    /// The stop words of a language, as small letters; empty where no list is known.
    static func words(of language: String) -> [String] {
        language == "english" || language == "porter" ? english : []
    }

    private static let english: [String] = """
        a an and are as at be but by for if in into is it no not of on or such that the their then there these they \
        this to was will with
        """.split(separator: " ").map(String.init)
}
