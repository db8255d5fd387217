// Images that tests write themselves.

import CPNG
import CTurboJPEG

/// Rows of pixels, each three bytes.
struct MadeImage {
    var width: Int
    var height: Int
    var bytes: [UInt8]

    init(width: Int, height: Int, _ color: (_ x: Int, _ y: Int) -> (UInt8, UInt8, UInt8)) {
        self.width = width
        self.height = height
        bytes = []
        for y in 0..<height {
            for x in 0..<width {
                let (red, green, blue) = color(x, y)
                bytes += [red, green, blue]
            }
        }
    }

    init(gray width: Int, _ height: Int, _ level: (_ x: Int, _ y: Int) -> UInt8) {
        self.init(width: width, height: height) { x, y in
            let level = level(x, y)
            return (level, level, level)
        }
    }

    /// As a PNG file in RGB.
    func png() -> [UInt8] { Self.png(bytes, width, height, format: UInt32(PNG_FORMAT_FLAG_COLOR)) }

    /// - Parameter format: how `bytes` are to be read, and the file is to be.
    static func png(_ bytes: [UInt8], _ width: Int, _ height: Int, format: UInt32) -> [UInt8] {
        var image = png_image()
        image.version = UInt32(PNG_IMAGE_VERSION)
        image.width = UInt32(width)
        image.height = UInt32(height)
        image.format = format
        var file = [UInt8](repeating: 0, count: 4_096 + 2 * bytes.count)
        var count = file.count
        let isWritten = png_image_write_to_memory(&image, &file, &count, 0, bytes, 0, nil)
        precondition(isWritten != 0)
        return Array(file[..<count])
    }

    /// As a JPEG file of high quality, without subsampling of colors.
    func jpeg(isProgressive: Bool = false) -> [UInt8] {
        let handle = tjInitCompress()
        defer { tjDestroy(handle) }
        var file: UnsafeMutablePointer<UInt8>?
        var count: UInt = 0
        let status = tjCompress2(
            handle, bytes, Int32(width), 0, Int32(height), Int32(TJPF_RGB.rawValue), &file, &count,
            Int32(TJSAMP_444.rawValue), 95, isProgressive ? TJFLAG_PROGRESSIVE : 0)
        precondition(status == 0)
        defer { tjFree(file) }
        return Array(UnsafeBufferPointer(start: file, count: Int(count)))
    }
}
