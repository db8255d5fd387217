// Functions of the system's mathematical library.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

enum Mathematics {
    static func logarithm(_ number: Float) -> Float { log(number) }
    static func exponential(_ number: Float) -> Float { exp(number) }
}
