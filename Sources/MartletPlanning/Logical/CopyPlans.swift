// Bound COPY.

package import MartletCore
package import MartletExpressions

package enum FileFormat: String, Hashable, Sendable, CaseIterable {
    case csv, tsv, jsonl
    /// One array of numbers, as NumPy saves it.
    case npy
    /// Vectors of 32-bit floats, 32-bit integers and bytes, each with its dimension before it.
    case fvecs, ivecs, bvecs
    /// A folder, of which each file is one text.
    case text
    /// A folder, of which each file is one image.
    case images

    /// Whether files are read as they are found in a folder.
    package var isFolder: Bool { self == .text || self == .images }

    /// By the end of a file's name; folders have to be asked for.
    package init?(path: String) {
        let lowered = path.lowercased()
        let endings: [(String, FileFormat)] = [
            (".csv", .csv), (".tsv", .tsv), (".tab", .tsv), (".jsonl", .jsonl), (".ndjson", .jsonl), (".npy", .npy),
            (".fvecs", .fvecs), (".ivecs", .ivecs), (".bvecs", .bvecs),
        ]
        guard let (_, format) = endings.first(where: { lowered.hasSuffix($0.0) }) else { return nil }
        self = format
    }
}

/// What happens to records that cannot become rows.
package enum RecordErrorHandling: Hashable, Sendable {
    /// The first one ends the statement.
    case stop
    /// They are left out, told in a file if there is a path, up to a number.
    case skip(rejects: String?, maximum: Int)
}

package struct CopyOptions: Hashable, Sendable {
    package var format: FileFormat
    package var hasHeader = true
    package var delimiter: UInt8 = 44
    /// The unquoted text that stands for NULL.
    package var nullText = ""
    package var onError = RecordErrorHandling.stop
    /// The files of a folder that are read.
    package var folder = FolderOptions()

    package init(format: FileFormat) {
        self.format = format
    }
}

/// How a folder is read.
package struct FolderOptions: Hashable, Sendable {
    /// A fact about a file that can fill a column.
    package enum Field: String, Hashable, Sendable, CaseIterable {
        /// Below the folder, with `/` between its parts.
        case path
        case name
        case text
        /// An image, brought to one size: a vector.
        case pixels
        /// Of the image in the file.
        case width, height
        /// In bytes.
        case size
        case modified
        /// The name of the folder right below the given one; NULL for a file that is not in one.
        case label

        /// Those that files of a format have.
        package static func all(of format: FileFormat) -> [Field] {
            allCases.filter { field in
                switch field {
                case .text: format == .text
                case .pixels, .width, .height: format == .images
                case .path, .name, .size, .modified, .label: true
                }
            }
        }
    }

    /// The size that images are brought to, as far as it is given.
    package struct ImageSize: Hashable, Sendable {
        package var width: Int?
        package var height: Int?
        /// 1 or 3.
        package var channels: Int?
    }

    package var pattern: String?
    package var isRecursive = true
    /// Whether what is not UTF-8 becomes U+FFFD instead of an error.
    package var replacesInvalidText = false
    package var imageSize = ImageSize()
    /// For each listed column, the fact that fills it; nil: that which has the column's name.
    package var fields: [Field]?

    package init() {}
}

package struct CopyFromPlan: Sendable {
    package var target: WriteTarget
    package var path: String
    package var options: CopyOptions
    /// The table columns that the file's fields fill, in order; nil: those that the header or the objects name.
    package var columns: [Int]?
    /// The default of each table column, over no input.
    package var defaults: [BoundExpression]

    package init(
        target: WriteTarget, path: String, options: CopyOptions, columns: [Int]?, defaults: [BoundExpression]
    ) {
        self.target = target
        self.path = path
        self.options = options
        self.columns = columns
        self.defaults = defaults
    }

    /// The number of rows, and of records that were left out where that may happen.
    package var output: [OutputColumn] {
        if case .stop = options.onError { return StatementResult.rowCount }
        return StatementResult.rowCount + [OutputColumn(name: "rejected", type: .integer)]
    }
}

package struct CopyToPlan: Sendable {
    package var source: LogicalPlan
    /// As the query names them; rules may rename what the source gives.
    package var columnNames: [String]
    package var columnTypes: [DataType]
    package var path: String
    package var options: CopyOptions

    package init(source: LogicalPlan, path: String, options: CopyOptions) {
        self.source = source
        let columns = source.output.filter { !$0.isHidden }
        columnNames = columns.map(\.name)
        columnTypes = columns.map(\.type)
        self.path = path
        self.options = options
    }
}
