// The text and stored forms of VECTOR.

package import MartletCore

package enum VectorFormat {
    /// Packs numbers into a vector of the given type.
    ///
    /// - Throws: `invalidVector` when the dimension differs, a number is not finite in the element type, an `i8` element
    ///   is no integer of -128...127, or a `bit` element is neither 0 nor 1.
    package static func pack(
        _ numbers: [Double], dimension: Int, element: VectorElement
    ) throws(Diagnostic) -> Vector {
        guard numbers.count == dimension else {
            throw Diagnostic(.invalidVector, "a vector of \(numbers.count) elements where \(dimension) are expected")
        }
        guard dimension <= Limits.vectorDimension else {
            throw Diagnostic(.limitExceeded, "a vector has at most \(Limits.vectorDimension) elements")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(element.byteCount(dimension: dimension))
        func fault(_ index: Int) -> Diagnostic {
            Diagnostic(
                .invalidVector,
                "element \(index + 1) of the vector, \(NumberFormat.text(numbers[index])), does not fit \(element.rawValue)"
            )
        }
        switch element {
        case .f32:
            for (index, number) in numbers.enumerated() {
                let float = Float(number)
                guard float.isFinite else { throw fault(index) }
                append(float.bitPattern, to: &bytes)
            }
        case .f16:
            for (index, number) in numbers.enumerated() {
                guard let half = HalfFloat.bitPattern(Float(number)) else { throw fault(index) }
                bytes.append(UInt8(truncatingIfNeeded: half))
                bytes.append(UInt8(truncatingIfNeeded: half >> 8))
            }
        case .i8:
            for (index, number) in numbers.enumerated() {
                guard let integer = Int8(exactly: number) else { throw fault(index) }
                bytes.append(UInt8(bitPattern: integer))
            }
        case .bit:
            bytes = [UInt8](repeating: 0, count: element.byteCount(dimension: dimension))
            for (index, number) in numbers.enumerated() {
                guard number == 0 || number == 1 else { throw fault(index) }
                if number == 1 { bytes[index / 8] |= 1 << UInt8(index % 8) }
            }
        }
        return Vector(dimension: dimension, element: element, bytes: bytes)
    }

    /// The elements as floats; `bit` gives 0 and 1.
    package static func unpack(_ vector: Vector) -> [Float] {
        let bytes = vector.bytes
        #if _endian(little)
            if vector.element == .f32, bytes.count == 4 * vector.dimension {
                return [Float](unsafeUninitializedCapacity: vector.dimension) { floats, count in
                    UnsafeMutableRawBufferPointer(floats).copyBytes(from: bytes)
                    count = vector.dimension
                }
            }
        #endif
        return (0..<vector.dimension).map { index in
            switch vector.element {
            case .f32:
                var pattern: UInt32 = 0
                for offset in 0..<4 { pattern |= UInt32(bytes[index * 4 + offset]) << UInt32(offset * 8) }
                return Float(bitPattern: pattern)
            case .f16: return HalfFloat.float(UInt16(bytes[index * 2]) | UInt16(bytes[index * 2 + 1]) << 8)
            case .i8: return Float(Int8(bitPattern: bytes[index]))
            case .bit: return Float(bytes[index / 8] >> UInt8(index % 8) & 1)
            }
        }
    }

    /// The vector as a JSON array: `[0.1, 2, -3.5]`; whole numbers without a point.
    package static func text(_ vector: Vector) -> String {
        var bytes: [UInt8] = []
        append(vector, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    static func append(_ vector: Vector, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "["))
        for (index, number) in unpack(vector).enumerated() {
            if index > 0 { bytes.append(contentsOf: ", ".utf8) }
            let text = NumberFormat.text(number)
            bytes.append(contentsOf: text.hasSuffix(".0") ? text.dropLast(2).utf8 : text[...].utf8)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Reads a JSON array of numbers. See `pack` for the errors.
    package static func parse(
        _ bytes: Span<UInt8>, dimension: Int, element: VectorElement
    ) throws(Diagnostic) -> Vector {
        func fault(_ reason: String) -> Diagnostic {
            Diagnostic(
                .invalidVector, "\(Excerpt.quoted(bytes)) is not a vector: \(reason)",
                hint: "write an array of numbers: '[0.1, 2]'")
        }
        var numbers: [Double] = []
        numbers.reserveCapacity(min(dimension, Limits.vectorDimension))
        var position = 0
        JSONScanner.skipWhitespace(bytes, &position)
        guard JSONScanner.accept(UInt8(ascii: "["), bytes, &position) else { throw fault("it does not start with '['") }
        JSONScanner.skipWhitespace(bytes, &position)
        if !JSONScanner.accept(UInt8(ascii: "]"), bytes, &position) {
            repeat {
                JSONScanner.skipWhitespace(bytes, &position)
                let start = position
                do {
                    _ = try JSONScanner.skipNumber(bytes, &position)
                } catch {
                    throw fault("element \(numbers.count + 1) is not a number")
                }
                guard case .value(let number) = NumberFormat.real(bytes.extracting(start..<position)) else {
                    throw fault("element \(numbers.count + 1) is out of range")
                }
                guard numbers.count < Limits.vectorDimension else {
                    throw Diagnostic(.limitExceeded, "a vector has at most \(Limits.vectorDimension) elements")
                }
                numbers.append(number)
                JSONScanner.skipWhitespace(bytes, &position)
            } while JSONScanner.accept(UInt8(ascii: ","), bytes, &position)
            guard JSONScanner.accept(UInt8(ascii: "]"), bytes, &position) else {
                throw fault("no ',' or ']' after element \(numbers.count)")
            }
        }
        JSONScanner.skipWhitespace(bytes, &position)
        guard position == bytes.count else { throw fault("text after its end") }
        return try pack(numbers, dimension: dimension, element: element)
    }

    private static func append(_ pattern: UInt32, to bytes: inout [UInt8]) {
        for shift: UInt32 in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: pattern >> shift)) }
    }
}

/// IEEE binary16 as bit patterns, since `Float16` does not exist on every platform.
package enum HalfFloat {
    /// The nearest half, ties to even; nil for NaN and what would be infinite.
    package static func bitPattern(_ float: Float) -> UInt16? {
        let bits = float.bitPattern
        let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
        let magnitude = bits & 0x7FFF_FFFF
        // 65520 is the first number that rounds to infinity.
        guard magnitude < 0x477F_F000 else { return nil }
        if magnitude < 0x3880_0000 {
            // Subnormal: adding one half puts the rounded significand into the low bits.
            let sum = Float(bitPattern: magnitude) + 0.5
            return sign | UInt16(truncatingIfNeeded: sum.bitPattern &- Float(0.5).bitPattern)
        }
        let rounded = magnitude &+ 0x0FFF &+ (magnitude >> 13 & 1)
        return sign | UInt16(truncatingIfNeeded: (rounded &- 0x3800_0000) >> 13)
    }

    package static func float(_ half: UInt16) -> Float {
        let sign = UInt32(half & 0x8000) << 16
        let exponent = UInt32(half >> 10 & 0x1F)
        let significand = UInt32(half & 0x3FF)
        switch exponent {
        case 0:
            let magnitude = Float(significand) * 0x1p-24
            return sign == 0 ? magnitude : -magnitude
        case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | significand << 13)
        default: return Float(bitPattern: sign | (exponent + 112) << 23 | significand << 13)
        }
    }
}
