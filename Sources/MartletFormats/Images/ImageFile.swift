// A file of an image: what its header says, and its pixels.

package import MartletCore

/// The bytes of a PNG or JPEG file, of which the header has been read.
///
/// Decoding takes three bytes a pixel, for JPEG that is progressive up to nine.
package struct ImageFile {
    package enum Format: String, Sendable, CaseIterable {
        case png = "PNG"
        case jpeg = "JPEG"

        /// By the bytes that files of the format start with.
        init?(start: ArraySlice<UInt8>) {
            if start.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
                self = .png
            } else if start.starts(with: [0xFF, 0xD8, 0xFF]) {
                self = .jpeg
            } else {
                return nil
            }
        }
    }

    package let format: Format
    package let width: Int
    package let height: Int
    private let bytes: [UInt8]

    /// - Throws: `malformedImage` for bytes that are neither or whose header is damaged, `limitExceeded` for more pixels
    ///   than `Limits.imagePixels`, however few bytes they are packed into.
    package init(_ bytes: [UInt8]) throws(Diagnostic) {
        guard let format = Format(start: bytes.prefix(8)) else {
            throw Diagnostic(
                .malformedImage, bytes.isEmpty ? "the file is empty" : "the file is neither a PNG nor a JPEG image")
        }
        self.format = format
        self.bytes = bytes
        (width, height) =
            switch format {
            case .png: try PNGDecoder.size(bytes)
            case .jpeg: try JPEGDecoder.size(bytes)
            }
        let (pixels, overflows) = width.multipliedReportingOverflow(by: height)
        guard !overflows, pixels <= Limits.imagePixels else {
            throw Diagnostic(
                .limitExceeded, "the image has \(width) × \(height) pixels, more than \(Limits.imagePixels)")
        }
    }

    /// The pixels. JPEG, whose coding allows it, is decoded at a half, a quarter or an eighth of its size where this
    /// leaves twice the pixels that are wanted in both directions.
    ///
    /// - Throws: `malformedImage` for a file that is damaged or cut off.
    package func decoded(forWidth wantedWidth: Int, height wantedHeight: Int) throws(Diagnostic) -> ImageBitmap {
        switch format {
        case .png: return try PNGDecoder.decode(bytes, width: width, height: height)
        case .jpeg:
            let divisor =
                [8, 4, 2].first { width / $0 >= 2 * wantedWidth && height / $0 >= 2 * wantedHeight } ?? 1
            return try JPEGDecoder.decode(
                bytes, width: (width + divisor - 1) / divisor, height: (height + divisor - 1) / divisor)
        }
    }
}

/// Rows of pixels from the top, each three bytes: red, green and blue.
package struct ImageBitmap {
    package let width: Int
    package let height: Int
    package let bytes: [UInt8]

    /// - Precondition: three bytes for each pixel.
    package init(width: Int, height: Int, bytes: [UInt8]) {
        precondition(bytes.count == width * height * 3)
        self.width = width
        self.height = height
        self.bytes = bytes
    }
}
