// Documents as bytes, one after the other.

/// Texts in one run of bytes. Any bytes are allowed; those that are not UTF-8 are taken as they are.
package struct TextDocuments: Sendable {
    package private(set) var bytes: [UInt8] = []
    /// Where each document begins, and the end.
    package private(set) var offsets: [Int] = [0]

    package init() {}

    package init(_ texts: some Sequence<String>) { for text in texts { append(text.utf8) } }

    package var count: Int { offsets.count - 1 }

    package mutating func append(_ text: some Sequence<UInt8>) {
        bytes.append(contentsOf: text)
        offsets.append(bytes.count)
    }

    /// The documents of the given numbers, in their order.
    package func documents(_ indices: some Sequence<Int>) -> TextDocuments {
        var result = TextDocuments()
        for index in indices { result.append(bytes[offsets[index]..<offsets[index + 1]]) }
        return result
    }
}
