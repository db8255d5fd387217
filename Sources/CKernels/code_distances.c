// Distances of 8-bit codes. The inner loop is Σ query · code with unsigned codes, as VPDPBUSD multiplies; what their
// offset of 128 adds, 128 · Σ query, is in the query's base.
#include "code_distances.h"

#include <string.h>

#include "instruction_set.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#define INLINE static inline __attribute__((always_inline))

INLINE void fetch(const uint8_t *row, size_t stride) {
    for (size_t at = 0; at < stride; at += 64) __builtin_prefetch(row + at, 0, 3);
}

INLINE int32_t norm(const ck_code_rows *rows, uint32_t id) {
    int32_t value = 0;
    if (rows->norms) memcpy(&value, (const uint8_t *)rows->norms + 4 * (size_t)id, 4);
    return value;
}

INLINE float distance(const ck_code_rows *rows, uint32_t id, int32_t base, int32_t dot) {
    // Unsigned: damaged norms must not overflow.
    return (float)(int32_t)((uint32_t)base + (uint32_t)norm(rows, id) - 2u * (uint32_t)dot);
}

int64_t ck_code_distance_reference(const ck_code_rows *rows, const int8_t *query, uint32_t id) {
    const uint8_t *row = rows->codes + (size_t)id * rows->stride;
    int64_t dot = 0;
    for (size_t i = 0; i < rows->stride; i++) dot += (int64_t)query[i] * (int64_t)row[i];
    return norm(rows, id) - 2 * dot;
}

// The three entry points for one inner product `DOT` and one of four rows `DOT4`, under target attribute `TARGET`.
#define ENTRY_POINTS(NAME, TARGET)                                                                                    \
    TARGET static void distances_##NAME(                                                                              \
        const ck_code_rows *rows, const int8_t *query, int32_t base, const uint32_t *ids, size_t count, float *out) { \
        const size_t stride = rows->stride, ahead = stride > 1024 ? 2 : 4;                                            \
        for (size_t i = 0; i < count && i < ahead; i++)                                                               \
            if (ids[i] < rows->row_count) fetch(rows->codes + ids[i] * stride, stride);                               \
        for (size_t i = 0; i < count; i++) {                                                                          \
            if (i + ahead < count && ids[i + ahead] < rows->row_count)                                                \
                fetch(rows->codes + ids[i + ahead] * stride, stride);                                                 \
            if (ids[i] >= rows->row_count) {                                                                          \
                out[i] = __builtin_inff();                                                                            \
                continue;                                                                                             \
            }                                                                                                         \
            out[i] = distance(rows, ids[i], base, dot_##NAME(query, rows->codes + ids[i] * stride, stride));          \
        }                                                                                                             \
    }                                                                                                                 \
    TARGET static void scan_##NAME(                                                                                   \
        const ck_code_rows *rows, const int8_t *query, int32_t base, uint32_t first, size_t count, float *out) {      \
        const size_t stride = rows->stride;                                                                           \
        const uint8_t *row = rows->codes + first * stride;                                                            \
        for (size_t i = 0; i < count; i++, row += stride)                                                             \
            out[i] = distance(rows, first + (uint32_t)i, base, dot_##NAME(query, row, stride));                       \
    }                                                                                                                 \
    TARGET static void tile_##NAME(                                                                                   \
        const ck_code_rows *rows, const int8_t *queries, const int32_t *bases, size_t query_count, uint32_t first,    \
        size_t count, float *out) {                                                                                   \
        const size_t stride = rows->stride;                                                                           \
        size_t q = 0;                                                                                                 \
        for (; q + 4 <= query_count; q += 4) {                                                                        \
            const int8_t *query = queries + q * stride;                                                               \
            size_t i = 0;                                                                                             \
            for (; i + 4 <= count; i += 4) {                                                                          \
                int32_t dots[16];                                                                                     \
                block_##NAME(query, rows->codes + (first + i) * stride, stride, dots);                                \
                for (size_t j = 0; j < 4; j++)                                                                        \
                    for (size_t r = 0; r < 4; r++)                                                                    \
                        out[(q + j) * count + i + r] = distance(                                                      \
                            rows, first + (uint32_t)(i + r), bases[q + j], dots[4 * j + r]);                          \
            }                                                                                                         \
            for (; i < count; i++)                                                                                    \
                for (size_t j = 0; j < 4; j++)                                                                        \
                    out[(q + j) * count + i] = distance(                                                              \
                        rows, first + (uint32_t)i, bases[q + j],                                                      \
                        dot_##NAME(query + j * stride, rows->codes + (first + i) * stride, stride));                  \
        }                                                                                                             \
        for (; q < query_count; q++)                                                                                  \
            scan_##NAME(rows, queries + q * stride, bases[q], first, count, out + q * count);                         \
    }

// Four queries by four rows from single inner products, where registers are few.
#define BLOCK_OF_DOTS(NAME, TARGET)                                                                                   \
    TARGET static void block_##NAME(const int8_t *queries, const uint8_t *rows, size_t stride, int32_t *dots) {       \
        for (size_t j = 0; j < 4; j++)                                                                                \
            for (size_t r = 0; r < 4; r++)                                                                            \
                dots[4 * j + r] = dot_##NAME(queries + j * stride, rows + r * stride, stride); \
    }

#if defined(__x86_64__)

#define SSE2_TARGET
INLINE int32_t dot_baseline(const int8_t *query, const uint8_t *row, size_t stride) {
    const __m128i zero = _mm_setzero_si128();
    __m128i sum0 = zero, sum1 = zero;
    for (size_t i = 0; i < stride; i += 16) {
        __m128i q = _mm_loadu_si128((const __m128i *)(query + i)), c = _mm_loadu_si128((const __m128i *)(row + i));
        __m128i sign = _mm_cmpgt_epi8(zero, q);
        sum0 = _mm_add_epi32(sum0, _mm_madd_epi16(_mm_unpacklo_epi8(q, sign), _mm_unpacklo_epi8(c, zero)));
        sum1 = _mm_add_epi32(sum1, _mm_madd_epi16(_mm_unpackhi_epi8(q, sign), _mm_unpackhi_epi8(c, zero)));
    }
    sum0 = _mm_add_epi32(sum0, sum1);
    sum0 = _mm_add_epi32(sum0, _mm_shuffle_epi32(sum0, 0x4E));
    sum0 = _mm_add_epi32(sum0, _mm_shuffle_epi32(sum0, 0xB1));
    return _mm_cvtsi128_si32(sum0);
}
BLOCK_OF_DOTS(baseline, SSE2_TARGET)
ENTRY_POINTS(baseline, SSE2_TARGET)

#define AVX2_TARGET __attribute__((target("avx2")))
AVX2_TARGET static inline int32_t dot_avx2(const int8_t *query, const uint8_t *row, size_t stride) {
    __m256i sum0 = _mm256_setzero_si256(), sum1 = sum0;
    size_t i = 0;
    for (; i + 32 <= stride; i += 32) {
        __m256i q0 = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(query + i)));
        __m256i q1 = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(query + i + 16)));
        __m256i c0 = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(row + i)));
        __m256i c1 = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(row + i + 16)));
        sum0 = _mm256_add_epi32(sum0, _mm256_madd_epi16(q0, c0));
        sum1 = _mm256_add_epi32(sum1, _mm256_madd_epi16(q1, c1));
    }
    if (i < stride) {
        __m256i q0 = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(query + i)));
        __m256i c0 = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(row + i)));
        sum0 = _mm256_add_epi32(sum0, _mm256_madd_epi16(q0, c0));
    }
    sum0 = _mm256_add_epi32(sum0, sum1);
    __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sum0), _mm256_extracti128_si256(sum0, 1));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4E));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xB1));
    return _mm_cvtsi128_si32(half);
}
BLOCK_OF_DOTS(avx2, AVX2_TARGET)
ENTRY_POINTS(avx2, AVX2_TARGET)

#define AVX512_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
AVX512_TARGET static inline int32_t dot_avx512(const int8_t *query, const uint8_t *row, size_t stride) {
    __m512i sum0 = _mm512_setzero_si512(), sum1 = sum0;
    size_t i = 0;
    for (; i + 64 <= stride; i += 64) {
        __m512i q0 = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)(query + i)));
        __m512i q1 = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)(query + i + 32)));
        __m512i c0 = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)(row + i)));
        __m512i c1 = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)(row + i + 32)));
        sum0 = _mm512_add_epi32(sum0, _mm512_madd_epi16(q0, c0));
        sum1 = _mm512_add_epi32(sum1, _mm512_madd_epi16(q1, c1));
    }
    for (; i < stride; i += 32) {
        __mmask32 mask = stride - i >= 32 ? 0xFFFFFFFFu : (1u << (stride - i)) - 1;
        __m512i q0 = _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8(mask, query + i));
        __m512i c0 = _mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(mask, row + i));
        sum0 = _mm512_add_epi32(sum0, _mm512_madd_epi16(q0, c0));
    }
    return _mm512_reduce_add_epi32(_mm512_add_epi32(sum0, sum1));
}
BLOCK_OF_DOTS(avx512, AVX512_TARGET)
ENTRY_POINTS(avx512, AVX512_TARGET)

#define VNNI_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))
VNNI_TARGET static inline int32_t dot_vnni(const int8_t *query, const uint8_t *row, size_t stride) {
    __m512i sum0 = _mm512_setzero_si512(), sum1 = sum0;
    size_t i = 0;
    for (; i + 128 <= stride; i += 128) {
        sum0 = _mm512_dpbusd_epi32(sum0, _mm512_loadu_si512(row + i), _mm512_loadu_si512(query + i));
        sum1 = _mm512_dpbusd_epi32(sum1, _mm512_loadu_si512(row + i + 64), _mm512_loadu_si512(query + i + 64));
    }
    for (; i < stride; i += 64) {
        __mmask64 mask = stride - i >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << (stride - i)) - 1;
        sum0 = _mm512_dpbusd_epi32(
            sum0, _mm512_maskz_loadu_epi8(mask, row + i), _mm512_maskz_loadu_epi8(mask, query + i));
    }
    return _mm512_reduce_add_epi32(_mm512_add_epi32(sum0, sum1));
}
VNNI_TARGET static void block_vnni(const int8_t *queries, const uint8_t *rows, size_t stride, int32_t *dots) {
    __m512i sums[16];
    for (size_t j = 0; j < 16; j++) sums[j] = _mm512_setzero_si512();
    for (size_t i = 0; i < stride; i += 64) {
        __mmask64 mask = stride - i >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << (stride - i)) - 1;
        __m512i row[4];
        for (size_t r = 0; r < 4; r++) row[r] = _mm512_maskz_loadu_epi8(mask, rows + r * stride + i);
        for (size_t j = 0; j < 4; j++) {
            __m512i query = _mm512_maskz_loadu_epi8(mask, queries + j * stride + i);
            for (size_t r = 0; r < 4; r++) sums[4 * j + r] = _mm512_dpbusd_epi32(sums[4 * j + r], row[r], query);
        }
    }
    for (size_t j = 0; j < 16; j++) dots[j] = _mm512_reduce_add_epi32(sums[j]);
}
ENTRY_POINTS(vnni, VNNI_TARGET)

#define CHOOSE(FUNCTION, ...)                                                                                         \
    switch (ck_instruction_set()) {                                                                                   \
        case CK_AVX512_VNNI: FUNCTION##_vnni(__VA_ARGS__); break;                                                     \
        case CK_AVX512: FUNCTION##_avx512(__VA_ARGS__); break;                                                        \
        case CK_AVX2: FUNCTION##_avx2(__VA_ARGS__); break;                                                            \
        default: FUNCTION##_baseline(__VA_ARGS__);                                                                    \
    }

#else

#define NO_TARGET
INLINE int32_t dot_baseline(const int8_t *query, const uint8_t *row, size_t stride) {
#if defined(__ARM_NEON)
    int32x4_t sum0 = vdupq_n_s32(0), sum1 = sum0;
    for (size_t i = 0; i < stride; i += 16) {
        int8x16_t q = vld1q_s8(query + i);
        uint8x16_t c = vld1q_u8(row + i);
        int16x8_t q0 = vmovl_s8(vget_low_s8(q)), q1 = vmovl_s8(vget_high_s8(q));
        int16x8_t c0 = vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(c)));
        int16x8_t c1 = vreinterpretq_s16_u16(vmovl_u8(vget_high_u8(c)));
        sum0 = vmlal_s16(vmlal_s16(sum0, vget_low_s16(q0), vget_low_s16(c0)), vget_high_s16(q0), vget_high_s16(c0));
        sum1 = vmlal_s16(vmlal_s16(sum1, vget_low_s16(q1), vget_low_s16(c1)), vget_high_s16(q1), vget_high_s16(c1));
    }
    return vaddvq_s32(vaddq_s32(sum0, sum1));
#else
    int32_t sum = 0;
    for (size_t i = 0; i < stride; i++) sum += (int32_t)query[i] * row[i];
    return sum;
#endif
}
BLOCK_OF_DOTS(baseline, NO_TARGET)
ENTRY_POINTS(baseline, NO_TARGET)

#define CHOOSE(FUNCTION, ...) FUNCTION##_baseline(__VA_ARGS__)

#endif

void ck_code_distances(
    const ck_code_rows *rows, const int8_t *query, int32_t base, const uint32_t *ids, size_t count, float *out) {
    CHOOSE(distances, rows, query, base, ids, count, out);
}

void ck_code_scan(
    const ck_code_rows *rows, const int8_t *query, int32_t base, uint32_t first, size_t count, float *out) {
    CHOOSE(scan, rows, query, base, first, count, out);
}

void ck_code_tile(
    const ck_code_rows *rows, const int8_t *queries, const int32_t *bases, size_t query_count, uint32_t first,
    size_t count, float *out) {
    CHOOSE(tile, rows, queries, bases, query_count, first, count, out);
}

int32_t ck_code_row_as_query(const uint8_t *row, size_t dimension, size_t stride, int8_t *out) {
    int32_t sum = 0;
    for (size_t i = 0; i < dimension; i++) {
        out[i] = (int8_t)(row[i] ^ 0x80);
        sum += row[i];
    }
    memset(out + dimension, 0, stride - dimension);
    return sum - 128 * (int32_t)dimension;
}

size_t ck_collect_near(
    const float *distances, size_t from, size_t count, float limit, uint32_t *positions, size_t capacity,
    size_t *next) {
    size_t found = 0, i = from;
    while (i + 16 <= count && found + 16 <= capacity) {
        int any = 0;
        for (size_t j = 0; j < 16; j++) any |= distances[i + j] <= limit;
        if (any) {
            for (size_t j = 0; j < 16; j++) {
                positions[found] = (uint32_t)(i + j);
                found += distances[i + j] <= limit;
            }
        }
        i += 16;
    }
    while (i < count && found < capacity) {
        positions[found] = (uint32_t)i;
        found += distances[i] <= limit;
        i++;
    }
    *next = i;
    return found;
}
