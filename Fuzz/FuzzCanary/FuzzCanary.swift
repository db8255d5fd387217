// A planted bug: proves that the fuzzers are built, guided and heard.

import FuzzSupport

private let password = Array("nest".utf8)

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = ByteInput(data, count)
    // Byte by byte, so that only a search guided by coverage gets through.
    for (index, byte) in password.enumerated() {
        guard index < input.bytes.count, input.bytes[index] == byte else { return 0 }
    }
    fatalError("the canary was found")
}
