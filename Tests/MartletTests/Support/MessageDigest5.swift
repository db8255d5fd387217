// MD5 (RFC 1321), by which logic tests abbreviate long results.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

enum MessageDigest5 {
    private static let shifts: [UInt32] =
        [7, 12, 17, 22].repeated(4) + [5, 9, 14, 20].repeated(4) + [4, 11, 16, 23].repeated(4)
        + [6, 10, 15, 21].repeated(4)

    static func hexadecimal(_ text: String) -> String {
        var message = Array(text.utf8)
        let bitCount = UInt64(message.count) * 8
        message.append(0x80)
        while message.count % 64 != 56 { message.append(0) }
        for index in 0..<8 { message.append(UInt8(truncatingIfNeeded: bitCount >> UInt64(8 * index))) }

        var state: [UInt32] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476]
        for chunk in stride(from: 0, to: message.count, by: 64) {
            let words = (0..<16).map { word in
                (0..<4).reduce(UInt32(0)) { $0 | UInt32(message[chunk + word * 4 + $1]) << UInt32(8 * $1) }
            }
            var (a, b, c, d) = (state[0], state[1], state[2], state[3])
            for round in 0..<64 {
                var mixed: UInt32
                let word: Int
                switch round / 16 {
                case 0: (mixed, word) = ((b & c) | (~b & d), round)
                case 1: (mixed, word) = ((d & b) | (~d & c), (5 * round + 1) % 16)
                case 2: (mixed, word) = (b ^ c ^ d, (3 * round + 5) % 16)
                default: (mixed, word) = (c ^ (b | ~d), (7 * round) % 16)
                }
                mixed = mixed &+ a &+ constants[round] &+ words[word]
                (a, d, c) = (d, c, b)
                b = b &+ (mixed << shifts[round] | mixed >> (32 - shifts[round]))
            }
            state = zip(state, [a, b, c, d]).map { $0 &+ $1 }
        }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static let constants: [UInt32] = (1...64).map { UInt32(abs(sin(Double($0))) * 4_294_967_296) }
}

extension [UInt32] {
    fileprivate func repeated(_ count: Int) -> [UInt32] { (0..<count).flatMap { _ in self } }
}
