// Hamming distances: bits that differ, counted a word or a vector at a time.
#include "bit_distances.h"

#include <string.h>

#include "instruction_set.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#define WORDS(NAME, TARGET, COUNT)                                                              \
    TARGET static uint32_t hamming_##NAME(const void *a, const void *b, size_t byte_count) {    \
        const uint8_t *x = a, *y = b;                                                           \
        uint64_t sum = 0;                                                                       \
        size_t i = 0;                                                                           \
        for (; i + 8 <= byte_count; i += 8) {                                                   \
            uint64_t p, q;                                                                      \
            memcpy(&p, x + i, 8);                                                               \
            memcpy(&q, y + i, 8);                                                               \
            sum += COUNT(p ^ q);                                                                \
        }                                                                                       \
        if (i < byte_count) {                                                                   \
            uint64_t p = 0, q = 0;                                                              \
            memcpy(&p, x + i, byte_count - i);                                                  \
            memcpy(&q, y + i, byte_count - i);                                                  \
            sum += COUNT(p ^ q);                                                                \
        }                                                                                       \
        return (uint32_t)sum;                                                                   \
    }

#define POPCOUNT(word) ((uint64_t)__builtin_popcountll(word))

#if defined(__x86_64__)
// Without POPCNT: pairs, fours and eights of bits at once, then their sum by a product.
static inline uint64_t count_in_parallel(uint64_t word) {
    word -= word >> 1 & 0x5555555555555555u;
    word = (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
    word = (word + (word >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    return word * 0x0101010101010101u >> 56;
}

#define NO_TARGET
WORDS(baseline, NO_TARGET, count_in_parallel)

#define POPCNT_TARGET __attribute__((target("avx2,popcnt")))
WORDS(avx2, POPCNT_TARGET, POPCOUNT)

#define VPOPCNT_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vpopcntdq")))
VPOPCNT_TARGET static uint32_t hamming_vpopcnt(const void *a, const void *b, size_t byte_count) {
    const uint8_t *x = a, *y = b;
    __m512i sum = _mm512_setzero_si512();
    size_t i = 0;
    for (; i + 64 <= byte_count; i += 64) {
        __m512i difference = _mm512_xor_si512(_mm512_loadu_si512(x + i), _mm512_loadu_si512(y + i));
        sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(difference));
    }
    if (i < byte_count) {
        __mmask64 mask = ((__mmask64)1 << (byte_count - i)) - 1;
        __m512i difference =
            _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, x + i), _mm512_maskz_loadu_epi8(mask, y + i));
        sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(difference));
    }
    return (uint32_t)_mm512_reduce_add_epi64(sum);
}

uint32_t ck_hamming(const void *a, const void *b, size_t byte_count) {
    switch (ck_instruction_set()) {
        case CK_AVX512_VNNI: return hamming_vpopcnt(a, b, byte_count);
        case CK_AVX512:
        case CK_AVX2: return hamming_avx2(a, b, byte_count);
        default: return hamming_baseline(a, b, byte_count);
    }
}
#else
#define NO_TARGET
#if defined(__ARM_NEON) && defined(__aarch64__)
WORDS(words, NO_TARGET, POPCOUNT)

static uint32_t hamming_baseline(const void *a, const void *b, size_t byte_count) {
    const uint8_t *x = a, *y = b;
    uint32x4_t sum = vdupq_n_u32(0);
    size_t i = 0;
    for (; i + 16 <= byte_count; i += 16)
        sum = vpadalq_u16(sum, vpaddlq_u8(vcntq_u8(veorq_u8(vld1q_u8(x + i), vld1q_u8(y + i)))));
    return vaddvq_u32(sum) + hamming_words(x + i, y + i, byte_count - i);
}
#else
WORDS(baseline, NO_TARGET, POPCOUNT)
#endif

uint32_t ck_hamming(const void *a, const void *b, size_t byte_count) { return hamming_baseline(a, b, byte_count); }
#endif

uint32_t ck_hamming_reference(const void *a, const void *b, size_t byte_count) {
    uint32_t sum = 0;
    for (size_t i = 0; i < 8 * byte_count; i++)
        sum += (((const uint8_t *)a)[i / 8] ^ ((const uint8_t *)b)[i / 8]) >> (i % 8) & 1;
    return sum;
}

void ck_floats_of_bits(const void *bits, size_t count, float *out) {
    const uint8_t *from = bits;
    for (size_t i = 0; i < count; i++) out[i] = (float)(from[i / 8] >> (i % 8) & 1);
}
