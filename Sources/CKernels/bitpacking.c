// Packing and unpacking of blocks of 128 numbers: vectors of four lanes (SSE2 or NEON), compiled once more for AVX2.
#include "bitpacking.h"

#include <string.h>

#include "instruction_set.h"

typedef uint32_t lanes __attribute__((vector_size(16)));

static inline __attribute__((always_inline)) lanes load(const uint8_t *from) {
    lanes value;
    memcpy(&value, from, 16);
    return value;
}

static inline __attribute__((always_inline)) void store(uint32_t *to, lanes value) { memcpy(to, &value, 16); }

void ck_pack128(const uint32_t *values, uint32_t bits, uint8_t *out) {
    if (bits == 0) return;
    if (bits > 32) bits = 32;
    lanes word = {0, 0, 0, 0};
    uint32_t filled = 0;
    for (uint32_t i = 0; i < 32; i++) {
        lanes value;
        memcpy(&value, values + 4 * i, 16);
        word |= value << filled;
        filled += bits;
        if (filled < 32) continue;
        memcpy(out, &word, 16);
        out += 16;
        filled -= 32;
        // What did not fit; a shift by the whole width would be undefined.
        word = filled > 0 ? value >> (bits - filled) : (lanes){0, 0, 0, 0};
    }
}

void ck_unpack128_reference(const uint8_t *in, uint32_t bits, uint32_t *out) {
    if (bits > 32) bits = 32;
    uint64_t mask = ((uint64_t)1 << bits) - 1;
    for (uint32_t i = 0; i < 128; i++) {
        if (bits == 0) {
            out[i] = 0;
            continue;
        }
        uint32_t lane = i & 3, position = (i >> 2) * bits, low, high = 0;
        const uint8_t *at = in + 16 * (size_t)(position >> 5) + 4 * lane;
        memcpy(&low, at, 4);
        if ((position & 31) + bits > 32) memcpy(&high, at + 16, 4);
        out[i] = (uint32_t)((((uint64_t)high << 32 | low) >> (position & 31)) & mask);
    }
}

void ck_unpack128_sums_reference(const uint8_t *in, uint32_t bits, uint32_t base, uint32_t *out) {
    ck_unpack128_reference(in, bits, out);
    for (uint32_t i = 0; i < 128; i++) out[i] = base += out[i];
}

// `bits` is a constant where this is expanded, so that every shift and branch below is settled by the compiler.
static inline __attribute__((always_inline)) void unpack_constant(
    const uint8_t *in, const uint32_t bits, const int sums, uint32_t base, uint32_t *out) {
    if (bits == 0) {
        for (uint32_t i = 0; i < 128; i++) out[i] = sums ? base : 0;
        return;
    }
    const uint32_t mask = bits == 32 ? 0xFFFFFFFFu : (1u << (bits & 31)) - 1;
    const lanes zero = {0, 0, 0, 0};
    lanes running = {base, base, base, base};
    lanes word = load(in);
#pragma clang loop unroll(full)
    for (uint32_t i = 0; i < 32; i++) {
        const uint32_t position = i * bits, shift = position & 31;
        lanes value = word >> shift;
        if (shift + bits >= 32 && i < 31) {
            word = load(in + 16 * (size_t)((position >> 5) + 1));
            if (shift + bits > 32) value |= word << ((32 - shift) & 31);
        }
        if (bits < 32) value &= mask;
        if (sums) {
            value += __builtin_shufflevector(value, zero, 4, 0, 1, 2);
            value += __builtin_shufflevector(value, zero, 4, 4, 0, 1);
            value += running;
            running = __builtin_shufflevector(value, value, 3, 3, 3, 3);
        }
        store(out + 4 * i, value);
    }
}

#define CASE(n, sums)                              \
    case n:                                        \
        unpack_constant(in, n, sums, base, out); \
        break;
#define CASES(sums)                                                                                              \
    CASE(0, sums) CASE(1, sums) CASE(2, sums) CASE(3, sums) CASE(4, sums) CASE(5, sums) CASE(6, sums)           \
    CASE(7, sums) CASE(8, sums) CASE(9, sums) CASE(10, sums) CASE(11, sums) CASE(12, sums) CASE(13, sums)       \
    CASE(14, sums) CASE(15, sums) CASE(16, sums) CASE(17, sums) CASE(18, sums) CASE(19, sums) CASE(20, sums)    \
    CASE(21, sums) CASE(22, sums) CASE(23, sums) CASE(24, sums) CASE(25, sums) CASE(26, sums) CASE(27, sums)    \
    CASE(28, sums) CASE(29, sums) CASE(30, sums) CASE(31, sums)                                                  \
    default:                                                                                                     \
        unpack_constant(in, 32, sums, base, out);

static void unpack_baseline(const uint8_t *in, uint32_t bits, uint32_t *out) {
    const uint32_t base = 0;
    switch (bits) { CASES(0) }
}

static void unpack_sums_baseline(const uint8_t *in, uint32_t bits, uint32_t base, uint32_t *out) {
    switch (bits) { CASES(1) }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void unpack_avx2(const uint8_t *in, uint32_t bits, uint32_t *out) {
    const uint32_t base = 0;
    switch (bits) { CASES(0) }
}

__attribute__((target("avx2"))) static void unpack_sums_avx2(
    const uint8_t *in, uint32_t bits, uint32_t base, uint32_t *out) {
    switch (bits) { CASES(1) }
}

void ck_unpack128(const uint8_t *in, uint32_t bits, uint32_t *out) {
    if (ck_instruction_set() >= CK_AVX2) unpack_avx2(in, bits, out);
    else unpack_baseline(in, bits, out);
}

void ck_unpack128_sums(const uint8_t *in, uint32_t bits, uint32_t base, uint32_t *out) {
    if (ck_instruction_set() >= CK_AVX2) unpack_sums_avx2(in, bits, base, out);
    else unpack_sums_baseline(in, bits, base, out);
}
#else
void ck_unpack128(const uint8_t *in, uint32_t bits, uint32_t *out) { unpack_baseline(in, bits, out); }

void ck_unpack128_sums(const uint8_t *in, uint32_t bits, uint32_t base, uint32_t *out) {
    unpack_sums_baseline(in, bits, base, out);
}
#endif
