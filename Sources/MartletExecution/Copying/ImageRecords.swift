// Images of a folder's files as values of a row.

import MartletCore
import MartletFormats
import MartletPlanning

/// Reads one image after the other, and brings it to the size of the VECTOR columns that take its pixels.
final class ImageRecords {
    /// nil: only the images' sizes are wanted.
    private var resampler: ImageResampler?
    private var pixels: [Float] = []
    /// Of the last image, as it is in its file.
    private(set) var width = 0
    private(set) var height = 0

    /// Before the first image: a column of its pixels.
    ///
    /// - Parameters:
    ///   - size: what is not given of it follows from the column: a square, gray if that fits it.
    ///   - place: of errors.
    func addPixels(
        _ column: String, _ type: DataType, _ size: FolderOptions.ImageSize, _ place: String
    ) throws(Diagnostic) {
        guard case .vector(let dimension, let element) = type, element == .f32 || element == .f16 else {
            throw Diagnostic(
                .typeMismatch, "the pixels of a file are a VECTOR of f32 or f16, and column '\(column)' \(type)",
                place: place)
        }
        let resampler = try Self.resampler(size, dimension, "column '\(column)' is a \(type)", place)
        if let known = self.resampler, known != resampler {
            throw Diagnostic(.fieldMismatch, "pixels fill columns of one dimension only", place: place)
        }
        self.resampler = resampler
    }

    private static func resampler(
        _ size: FolderOptions.ImageSize, _ dimension: Int, _ column: String, _ place: String
    ) throws(Diagnostic) -> ImageResampler {
        for channels in size.channels.map({ [$0] }) ?? [1, 3] {
            let side = Int(Double(dimension / channels).squareRoot())
            guard let width = size.width ?? size.height ?? (side > 0 ? side : nil) else { continue }
            let height = size.height ?? width
            if width * height * channels == dimension {
                return ImageResampler(width: width, height: height, channels: channels)
            }
        }
        guard let width = size.width ?? size.height else {
            throw Diagnostic(
                .fieldMismatch, "\(column), which is no square image", hint: "give its width, height and channels",
                place: place)
        }
        let height = size.height ?? width
        let channels = size.channels ?? 1
        throw Diagnostic(
            .fieldMismatch,
            "\(column), and images of \(width) × \(height) with \(channels) channel\(channels == 1 ? "" : "s") have "
                + "\(width * height * channels) numbers", place: place)
    }

    /// - Throws: `cannotOpenFile`, `malformedImage`, `limitExceeded`, with the file as their place.
    func read(_ path: String) throws(Diagnostic) {
        do throws(Diagnostic) {
            let file = try ImageFile(try ByteSource(path: path, content: .binary).readAll())
            width = file.width
            height = file.height
            guard let resampler else { return }
            pixels = resampler.pixels(of: try file.decoded(forWidth: resampler.width, height: resampler.height))
        } catch {
            var error = error
            error.place = path
            throw error
        }
    }

    func appendPixels(to column: inout ColumnBuilder) throws(Diagnostic) {
        guard case .vector(let dimension, let element) = column.type else { return }
        column.append(
            bytes: try VectorFormat.pack(pixels.map { Double($0) }, dimension: dimension, element: element).bytes)
    }
}
