// Distances of floats and halves: one side is widened as it is read.
#include "half_distances.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "instruction_set.h"
#include "lane_sums.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#pragma STDC FP_CONTRACT OFF

typedef uint32_t words __attribute__((vector_size(64)));
typedef uint16_t halfwords __attribute__((vector_size(32)));

// Sixteen halves at `from` as floats. Expanded in each function, because vectors of 64 bytes must not be passed between
// functions of different targets.

// The exponent's offset is a factor of 2¹¹², which also makes subnormal halves right.
#define WIDEN_BY_BITS(target, from)                                                \
    do {                                                                           \
        halfwords packed;                                                          \
        memcpy(&packed, from, sizeof packed);                                      \
        words wide = __builtin_convertvector(packed, words);                       \
        words magnitude = (wide & 0x7FFF) << 13, sign = (wide & 0x8000) << 16;     \
        lanes widened;                                                             \
        memcpy(&widened, &magnitude, sizeof widened);                              \
        widened = widened * 0x1p112f;                                              \
        words bits;                                                                \
        memcpy(&bits, &widened, sizeof bits);                                      \
        bits = bits | sign;                                                        \
        memcpy(&target, &bits, sizeof target);                                     \
    } while (0)

#define KERNELS(NAME, TARGET, WIDEN)                                                                           \
    TARGET static float dot_##NAME(const void *a, const void *b, size_t count) { LANE_SUM(PRODUCT, 2, WIDEN) } \
    TARGET static float squared_distance_##NAME(const void *a, const void *b, size_t count) { LANE_SUM(SQUARE, 2, WIDEN) } \
    TARGET static void widen_##NAME(const void *halves, size_t count, float *out) {                            \
        const char *from = halves;                                                                             \
        size_t i = 0;                                                                                          \
        for (; i + 16 <= count; i += 16) {                                                                     \
            lanes value;                                                                                       \
            WIDEN(value, from + 2 * i);                                                                        \
            memcpy(out + i, &value, sizeof value);                                                             \
        }                                                                                                      \
        if (i < count) {                                                                                       \
            uint16_t tail[16] = {0};                                                                           \
            lanes value;                                                                                       \
            memcpy(tail, from + 2 * i, 2 * (count - i));                                                       \
            WIDEN(value, tail);                                                                                \
            memcpy(out + i, &value, 4 * (count - i));                                                          \
        }                                                                                                      \
    }

#define NO_TARGET

#if defined(__x86_64__)
KERNELS(baseline, NO_TARGET, WIDEN_BY_BITS)

#define AVX2_TARGET __attribute__((target("avx2,f16c")))
#define WIDEN_BY_F16C(target, from)                                                               \
    do {                                                                                          \
        const char *place = (const char *)(from);                                                 \
        __m256 low = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)place));                    \
        __m256 high = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(place + 16)));            \
        memcpy(&target, &low, 32);                                                                \
        memcpy((char *)&target + 32, &high, 32);                                                  \
    } while (0)
KERNELS(avx2, AVX2_TARGET, WIDEN_BY_F16C)

#define AVX512_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#define WIDEN_BY_AVX512(target, from)                                                             \
    do {                                                                                          \
        __m512 wide = _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(const void *)(from))); \
        memcpy(&target, &wide, 64);                                                               \
    } while (0)
KERNELS(avx512, AVX512_TARGET, WIDEN_BY_AVX512)

#define CHOOSE(FUNCTION, ...)                                        \
    switch (ck_instruction_set()) {                                  \
        case CK_AVX512_VNNI:                                         \
        case CK_AVX512: return FUNCTION##_avx512(__VA_ARGS__);       \
        case CK_AVX2: return FUNCTION##_avx2(__VA_ARGS__);           \
        default: return FUNCTION##_baseline(__VA_ARGS__);            \
    }
#else
#if defined(__ARM_NEON) && defined(__aarch64__)
#define WIDEN_BY_NEON(target, from)                                                    \
    do {                                                                               \
        uint16_t packed[16];                                                           \
        float wide[16];                                                                \
        memcpy(packed, from, sizeof packed);                                           \
        for (int part = 0; part < 4; part++)                                           \
            vst1q_f32(wide + 4 * part, vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(packed + 4 * part)))); \
        memcpy(&target, wide, sizeof target);                                          \
    } while (0)
KERNELS(baseline, NO_TARGET, WIDEN_BY_NEON)
#else
KERNELS(baseline, NO_TARGET, WIDEN_BY_BITS)
#endif

#define CHOOSE(FUNCTION, ...) return FUNCTION##_baseline(__VA_ARGS__);
#endif

float ck_dot_f16(const void *floats, const void *halves, size_t count) { CHOOSE(dot, floats, halves, count) }

float ck_squared_distance_f16(const void *floats, const void *halves, size_t count) {
    CHOOSE(squared_distance, floats, halves, count)
}

void ck_floats_of_halves(const void *halves, size_t count, float *out) { CHOOSE(widen, halves, count, out) }

void ck_halves_of_floats(const float *floats, size_t count, void *halves) {
    for (size_t i = 0; i < count; i++) {
        uint32_t bits, magnitude;
        memcpy(&bits, floats + i, 4);
        magnitude = bits & 0x7FFFFFFF;
        uint16_t half;
        if (magnitude >= 0x477FF000) {
            half = 0x7BFF;  // 65504
        } else if (magnitude < 0x38800000) {
            // Subnormal: adding one half puts the rounded significand into the low bits.
            float sum;
            memcpy(&sum, &magnitude, 4);
            sum += 0.5f;
            memcpy(&magnitude, &sum, 4);
            half = (uint16_t)(magnitude - 0x3F000000);
        } else {
            half = (uint16_t)((magnitude + 0x0FFF + (magnitude >> 13 & 1) - 0x38000000) >> 13);
        }
        half |= (uint16_t)(bits >> 16 & 0x8000);
        memcpy((char *)halves + 2 * i, &half, 2);
    }
}

static double half_at(const void *halves, size_t index) {
    uint16_t half;
    memcpy(&half, (const char *)halves + 2 * index, 2);
    int exponent = half >> 10 & 0x1F;
    double significand = half & 0x3FF;
    double value = exponent == 0 ? ldexp(significand, -24) : ldexp(1024 + significand, exponent - 25);
    return half & 0x8000 ? -value : value;
}

double ck_dot_f16_reference(const void *floats, const void *halves, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += float_at(floats, i) * half_at(halves, i);
    return sum;
}

double ck_squared_distance_f16_reference(const void *floats, const void *halves, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        double difference = float_at(floats, i) - half_at(halves, i);
        sum += difference * difference;
    }
    return sum;
}
