// Words that wait for being looked up together.

/// The next ASCII words of a text, as they are looked up. Looked up one behind the other, without anything between, the
/// waits for memory overlap.
struct WordBatch: ~Copyable {
    struct Word {
        /// In the text.
        var start: UInt32
        var end: UInt32
        /// In the bytes.
        var offset: Int32
        var length: Int32
    }

    private static let wordCount = 64
    private static let byteCount = 1_024

    private let words: UnsafeMutableBufferPointer<Word>
    /// Room for what the words turn out to be.
    let terms: UnsafeMutableBufferPointer<Int32>
    let tokens: UnsafeMutableBufferPointer<Token>
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0
    private var end = 0

    /// - Parameter wordBytes: at most so many does a word have.
    init(wordBytes: Int) {
        words = .allocate(capacity: Self.wordCount)
        words.initialize(repeating: Word(start: 0, end: 0, offset: 0, length: 0))
        terms = .allocate(capacity: Self.wordCount)
        terms.initialize(repeating: 0)
        tokens = .allocate(capacity: Self.wordCount)
        tokens.initialize(repeating: Token(term: 0, start: 0, end: 0, position: 0))
        bytes = .allocate(capacity: Self.byteCount + wordBytes)
        bytes.initialize(repeating: 0)
    }

    deinit {
        words.deallocate()
        terms.deallocate()
        tokens.deallocate()
        bytes.deallocate()
    }

    /// Room for the bytes of the next word.
    @inline(__always)
    var room: UnsafeMutablePointer<UInt8> { bytes.baseAddress.unsafelyUnwrapped + end }

    /// Takes the word that is in `room`; true if there is no room for another one.
    @inline(__always)
    mutating func add(length: Int, start: Int, end textEnd: Int) -> Bool {
        words[count] = Word(
            start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: textEnd),
            offset: Int32(truncatingIfNeeded: end), length: Int32(truncatingIfNeeded: length))
        count += 1
        end += length
        return count == Self.wordCount || end > Self.byteCount
    }

    @inline(__always)
    subscript(place: Int) -> (word: UnsafeBufferPointer<UInt8>, start: UInt32, end: UInt32) {
        let word = words[place]
        let text = bytes[Int(word.offset)..<Int(word.offset) + Int(word.length)]
        return (UnsafeBufferPointer(rebasing: text), word.start, word.end)
    }

    mutating func removeAll() {
        count = 0
        end = 0
    }
}
