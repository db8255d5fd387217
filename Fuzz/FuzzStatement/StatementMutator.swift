// Changes to an input that know its tokens: most of what comes out still binds and runs.

import FuzzSupport
import MartletCore
import MartletLanguage

@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ maximum: Int) -> Int

@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ maximum: Int, _ seed: UInt32) -> Int {
    var random = SeededRandom(seed: UInt64(seed))
    // A quarter is left to libFuzzer's own mutations: bytes that no lexer likes are inputs too.
    if random.below(4) == 0 { return mutateBytes(data, size, maximum) }
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    let changed = changeTokens(of: bytes, &random)
    if changed.isEmpty || changed.count > maximum { return mutateBytes(data, size, maximum) }
    data.update(from: changed, count: changed.count)
    return changed.count
}

private func changeTokens(of bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var lexer = Lexer(bytes)
    var tokens: [ArraySlice<UInt8>] = []
    while tokens.count < 500 {
        let token = lexer.next()
        if token.kind == .endOfText { break }
        tokens.append(bytes[token.start..<token.end])
    }
    var generator = StatementGenerator(random: random)
    for _ in 0...random.below(3) {
        let place = random.below(tokens.count + 1)
        let end = min(tokens.count, place + 1 + (random.below(3) == 0 ? random.below(6) : 0))
        switch random.below(9) {
        case 0: tokens.removeSubrange(place..<end)
        case 1: tokens.insert(contentsOf: tokens[place..<end], at: random.below(tokens.count + 1))
        case 2 where !tokens.isEmpty: tokens.swapAt(random.below(tokens.count), random.below(tokens.count))
        case 3, 4: tokens.replaceSubrange(place..<end, with: [Array(generator.leaf().utf8)[...]])
        case 5, 6: tokens.replaceSubrange(place..<end, with: [Array(generator.expression(2).utf8)[...]])
        case 7: tokens.append(Array((";" + generator.statement()).utf8)[...])
        default: tokens = [Array(generator.statement().utf8)[...]]
        }
    }
    return Array(tokens.joined(separator: [0x20]))
}

extension SeededRandom {
    mutating func below(_ limit: Int) -> Int { Int(next() >> 33) % max(1, limit) }
}
