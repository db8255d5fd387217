// Distances of 4-bit codes. Products of a code below 16 and one below 128 are small enough for 16-bit sums of several.
#include "nibble_distances.h"

#include <string.h>

#include "instruction_set.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

static inline void fetch(const ck_nibble_rows *rows, uint32_t id) {
    if (id >= rows->row_count) return;
    const uint8_t *row = rows->rows + (size_t)id * rows->stride;
    for (size_t at = 0; at < rows->stride; at += 64) __builtin_prefetch(row + at, 0, 3);
    // A row may begin anywhere in a line.
    __builtin_prefetch(row + rows->stride - 1, 0, 3);
}

static inline float distance(float base, float scale, const uint8_t *row, int32_t dot) {
    float norm;
    memcpy(&norm, row, 4);
    return base + norm - scale * (float)dot;
}

int32_t ck_nibble_dot_reference(const ck_nibble_rows *rows, const int8_t *even, const int8_t *odd, uint32_t id) {
    const uint8_t *codes = rows->rows + (size_t)id * rows->stride + 4;
    int32_t dot = 0;
    for (size_t i = 0; i < rows->byte_count; i++) dot += even[i] * (codes[i] & 15) + odd[i] * (codes[i] >> 4);
    return dot;
}

#define DISTANCES(NAME, TARGET)                                                                                       \
    TARGET static void distances_##NAME(                                                                              \
        const ck_nibble_rows *rows, const int8_t *even, const int8_t *odd, float base, float scale,                   \
        const uint32_t *ids, size_t count, float *out) {                                                              \
        const size_t ahead = rows->stride > 1024 ? 2 : 4;                                                             \
        for (size_t i = 0; i < count && i < ahead; i++) fetch(rows, ids[i]);                                          \
        for (size_t i = 0; i < count; i++) {                                                                          \
            if (i + ahead < count) fetch(rows, ids[i + ahead]);                                                       \
            if (ids[i] >= rows->row_count) {                                                                          \
                out[i] = __builtin_inff();                                                                            \
                continue;                                                                                             \
            }                                                                                                         \
            const uint8_t *row = rows->rows + (size_t)ids[i] * rows->stride;                                          \
            out[i] = distance(base, scale, row, dot_##NAME(row + 4, even, odd, rows->byte_count));                    \
        }                                                                                                             \
    }

#if defined(__x86_64__)

#define SSE2_TARGET
// 8-bit query codes as 16-bit ones against the codes of one half.
static inline __m128i products(__m128i sum, __m128i codes, __m128i query) {
    const __m128i zero = _mm_setzero_si128();
    const __m128i sign = _mm_cmpgt_epi8(zero, query);
    sum = _mm_add_epi32(sum, _mm_madd_epi16(_mm_unpacklo_epi8(codes, zero), _mm_unpacklo_epi8(query, sign)));
    return _mm_add_epi32(sum, _mm_madd_epi16(_mm_unpackhi_epi8(codes, zero), _mm_unpackhi_epi8(query, sign)));
}
static inline int32_t dot_baseline(const uint8_t *codes, const int8_t *even, const int8_t *odd, size_t byte_count) {
    const __m128i low = _mm_set1_epi8(15);
    __m128i sum = _mm_setzero_si128();
    for (size_t i = 0; i < byte_count; i += 16) {
        const __m128i pair = _mm_loadu_si128((const __m128i *)(codes + i));
        sum = products(sum, _mm_and_si128(pair, low), _mm_loadu_si128((const __m128i *)(even + i)));
        sum = products(
            sum, _mm_and_si128(_mm_srli_epi16(pair, 4), low), _mm_loadu_si128((const __m128i *)(odd + i)));
    }
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4E));
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xB1));
    return _mm_cvtsi128_si32(sum);
}
DISTANCES(baseline, SSE2_TARGET)

#define AVX2_TARGET __attribute__((target("avx2")))
AVX2_TARGET static inline int32_t dot_avx2(
    const uint8_t *codes, const int8_t *even, const int8_t *odd, size_t byte_count) {
    const __m256i low = _mm256_set1_epi8(15), one = _mm256_set1_epi16(1);
    __m256i sum = _mm256_setzero_si256();
    for (size_t i = 0; i < byte_count;) {
        // A step adds at most 4 · 15 · 128 to a 16-bit sum: four of them fit.
        const size_t end = byte_count - i < 128 ? byte_count : i + 128;
        __m256i small = _mm256_setzero_si256();
        for (; i < end; i += 32) {
            const __m256i pair = _mm256_loadu_si256((const __m256i *)(codes + i));
            const __m256i e = _mm256_loadu_si256((const __m256i *)(even + i));
            const __m256i o = _mm256_loadu_si256((const __m256i *)(odd + i));
            const __m256i evens = _mm256_maddubs_epi16(_mm256_and_si256(pair, low), e);
            const __m256i odds = _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16(pair, 4), low), o);
            small = _mm256_add_epi16(small, _mm256_add_epi16(evens, odds));
        }
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(small, one));
    }
    __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4E));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xB1));
    return _mm_cvtsi128_si32(half);
}
DISTANCES(avx2, AVX2_TARGET)

#else

#define NO_TARGET
static inline int32_t dot_baseline(const uint8_t *codes, const int8_t *even, const int8_t *odd, size_t byte_count) {
#if defined(__ARM_NEON)
    int32x4_t sum = vdupq_n_s32(0);
    for (size_t i = 0; i < byte_count; i += 16) {
        const uint8x16_t pair = vld1q_u8(codes + i);
        const int8x16_t evens = vreinterpretq_s8_u8(vandq_u8(pair, vdupq_n_u8(15)));
        const int8x16_t odds = vreinterpretq_s8_u8(vshrq_n_u8(pair, 4));
        const int8x16_t e = vld1q_s8(even + i), o = vld1q_s8(odd + i);
        // At most 4 · 15 · 128.
        int16x8_t low = vmull_s8(vget_low_s8(evens), vget_low_s8(e));
        low = vmlal_s8(low, vget_high_s8(evens), vget_high_s8(e));
        low = vmlal_s8(low, vget_low_s8(odds), vget_low_s8(o));
        low = vmlal_s8(low, vget_high_s8(odds), vget_high_s8(o));
        sum = vpadalq_s16(sum, low);
    }
    return vaddvq_s32(sum);
#else
    int32_t dot = 0;
    for (size_t i = 0; i < byte_count; i++) dot += even[i] * (codes[i] & 15) + odd[i] * (codes[i] >> 4);
    return dot;
#endif
}
DISTANCES(baseline, NO_TARGET)

#endif

void ck_nibble_distances(
    const ck_nibble_rows *rows, const int8_t *even, const int8_t *odd, float base, float scale, const uint32_t *ids,
    size_t count, float *out) {
#if defined(__x86_64__)
    if (ck_instruction_set() >= CK_AVX2) {
        distances_avx2(rows, even, odd, base, scale, ids, count, out);
        return;
    }
#endif
    distances_baseline(rows, even, odd, base, scale, ids, count, out);
}
