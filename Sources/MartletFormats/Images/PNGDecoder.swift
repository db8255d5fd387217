// PNG, by libpng's simplified interface.

import CPNG
import MartletCore

enum PNGDecoder {
    static func size(_ bytes: [UInt8]) throws(Diagnostic) -> (width: Int, height: Int) {
        try read(bytes) { image in (Int(image.width), Int(image.height)) }
    }

    /// Eight bits a channel in sRGB, whatever the file has; what is transparent is laid over white.
    ///
    /// - Parameters: `width` and `height` as `size` gave them.
    static func decode(_ bytes: [UInt8], width: Int, height: Int) throws(Diagnostic) -> ImageBitmap {
        let pixels = try read(bytes) { image -> [UInt8]? in
            guard Int(image.width) == width, Int(image.height) == height else { return nil }
            image.format = UInt32(PNG_FORMAT_FLAG_COLOR)
            var white = png_color(red: 255, green: 255, blue: 255)
            var isRead = false
            let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
                buffer.initialize(repeating: 0)
                count = buffer.count
                isRead = png_image_finish_read(&image, &white, buffer.baseAddress, Int32(width * 3), nil) != 0
            }
            return isRead ? pixels : nil
        }
        return ImageBitmap(width: width, height: height, bytes: pixels)
    }

    /// - Throws: `malformedImage` with the library's words if the header cannot be read or `body` gives nil.
    private static func read<Result>(
        _ bytes: [UInt8], _ body: (inout png_image) -> Result?
    ) throws(Diagnostic) -> Result {
        var image = png_image()
        image.version = UInt32(PNG_IMAGE_VERSION)
        defer { png_image_free(&image) }
        let result = bytes.withUnsafeBytes { source -> Result? in
            guard png_image_begin_read_from_memory(&image, source.baseAddress, source.count) != 0 else { return nil }
            return body(&image)
        }
        if let result { return result }
        var message = image.message
        let words = withUnsafeBytes(of: &message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        throw Diagnostic(.malformedImage, "the PNG image is damaged" + (words.isEmpty ? "" : ": \(words)"))
    }
}
