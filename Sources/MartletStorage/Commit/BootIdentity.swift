// Which run of the operating system this is: what a process wrote before it died is still there in the same run.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

package enum BootIdentity {
    /// 0 if it cannot be told.
    package static let current: UInt64 = {
        #if canImport(Darwin)
            var text = [CChar](repeating: 0, count: 64)
            var count = text.count
            guard sysctlbyname("kern.bootsessionuuid", &text, &count, nil, 0) == 0 else { return 0 }
            return number(text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
        #else
            let file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { return 0 }
            defer { close(file) }
            var text = [UInt8](repeating: 0, count: 64)
            let count = read(file, &text, text.count)
            return number(Array(text.prefix(max(0, count))))
        #endif
    }()

    /// The first sixteen hexadecimal digits of a UUID.
    private static func number(_ text: [UInt8]) -> UInt64 {
        let digits = text.filter { $0 != UInt8(ascii: "-") }.prefix(16)
        return UInt64(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0
    }
}
