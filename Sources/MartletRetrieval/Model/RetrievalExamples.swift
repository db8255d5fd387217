// Questions and what answers them.

import MartletKernels

/// Pairs of a question and a document with a grade, gathered by question.
///
/// Of a pair that is given more than once the last grade counts; a grade of 0 or less says that the document does not
/// answer.
package struct RetrievalExamples: Sendable {
    package struct Query: Sendable {
        package var text: String
        package var answers: [(rowID: Int64, grade: Float)]
    }

    package private(set) var queries: [Query] = []
    private var numbers: [String: Int] = [:]
    package private(set) var pairCount = 0

    package init() {}

    /// Of all questions and answers.
    package var checksum: UInt32 {
        var checksum: UInt32 = 0
        for query in queries {
            checksum = Checksum.crc32c(Array(query.text.utf8) + [0xFF], seed: checksum)
            for answer in query.answers {
                let words = [
                    UInt64(bitPattern: answer.rowID).littleEndian, UInt64(answer.grade.bitPattern).littleEndian,
                ]
                words.withUnsafeBytes { checksum = Checksum.crc32c($0, seed: checksum) }
            }
        }
        return checksum
    }

    package var isEmpty: Bool { queries.isEmpty }

    /// nil if the pair was not given.
    package func grade(of rowID: Int64, query: String) -> Float? {
        guard let number = numbers[query] else { return nil }
        return queries[number].answers.first { $0.rowID == rowID }?.grade
    }

    package mutating func add(query: String, rowID: Int64, grade: Float) {
        let number: Int
        if let known = numbers[query] {
            number = known
        } else {
            number = queries.count
            numbers[query] = number
            queries.append(Query(text: query, answers: []))
        }
        pairCount += 1
        if let known = queries[number].answers.firstIndex(where: { $0.rowID == rowID }) {
            queries[number].answers[known].grade = grade
        } else {
            queries[number].answers.append((rowID, grade))
        }
    }
}
