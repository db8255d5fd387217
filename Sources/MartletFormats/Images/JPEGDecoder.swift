// JPEG, by libjpeg-turbo's TurboJPEG interface.

import CTurboJPEG
import MartletCore

enum JPEGDecoder {
    static func size(_ bytes: [UInt8]) throws(Diagnostic) -> (width: Int, height: Int) {
        let header = try read(bytes) { Header($0, $1) }
        if header.isForPrint {
            throw Diagnostic(
                .malformedImage, "the JPEG image has the colors of print (CMYK)", hint: "convert it to RGB")
        }
        return (header.width, header.height)
    }

    /// - Parameters: `width` and `height` are the file's own, or both divided by 2, 4 or 8 and rounded up.
    static func decode(_ bytes: [UInt8], width: Int, height: Int) throws(Diagnostic) -> ImageBitmap {
        let pixels = try read(bytes) { (handle, source) -> [UInt8]? in
            // The library's state of the file comes from its header.
            guard Header(handle, source) != nil else { return nil }
            var isRead = false
            let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
                buffer.initialize(repeating: 0)
                count = buffer.count
                // A warning is a file that is cut off or damaged. Without a limit of scans, a small file could take
                // hours.
                isRead =
                    tjDecompress2(
                        handle, source.baseAddress, UInt(source.count), buffer.baseAddress, Int32(width), 0,
                        Int32(height), Int32(TJPF_RGB.rawValue),
                        TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS) == 0
            }
            return isRead ? pixels : nil
        }
        return ImageBitmap(width: width, height: height, bytes: pixels)
    }

    private struct Header {
        let width: Int
        let height: Int
        let isForPrint: Bool

        init?(_ handle: tjhandle, _ source: UnsafeBufferPointer<UInt8>) {
            var width: Int32 = 0
            var height: Int32 = 0
            var subsampling: Int32 = 0
            var colors: Int32 = 0
            guard
                tjDecompressHeader3(
                    handle, source.baseAddress, UInt(source.count), &width, &height, &subsampling, &colors) == 0,
                width > 0, height > 0
            else { return nil }
            self.width = Int(width)
            self.height = Int(height)
            isForPrint = colors == Int32(TJCS_CMYK.rawValue) || colors == Int32(TJCS_YCCK.rawValue)
        }
    }

    /// - Throws: `malformedImage` with the library's words if `body` gives nil.
    private static func read<Result>(
        _ bytes: [UInt8], _ body: (tjhandle, UnsafeBufferPointer<UInt8>) -> Result?
    ) throws(Diagnostic) -> Result {
        guard let handle = tjInitDecompress() else {
            throw Diagnostic(.outOfMemory, "there is no memory to decode a JPEG image")
        }
        defer { tjDestroy(handle) }
        if let result = bytes.withUnsafeBufferPointer({ body(handle, $0) }) { return result }
        let words = tjGetErrorStr2(handle).map { String(cString: $0) } ?? ""
        throw Diagnostic(.malformedImage, "the JPEG image is damaged" + (words.isEmpty ? "" : ": \(words)"))
    }
}
