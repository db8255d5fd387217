// Distances of 32-bit floats: one body of 16-lane vectors, compiled for each instruction set.
#include "float_distances.h"

#include <string.h>

#include "instruction_set.h"

#pragma STDC FP_CONTRACT OFF

typedef float lanes __attribute__((vector_size(64)));

#define LOAD(target, from) memcpy(&target, from, sizeof target)

// Expanded in each function, because vectors of 64 bytes must not be passed between functions of different targets.
#define SUM(TERM)                                                                                       \
    const char *x = a, *y = b;                                                                          \
    lanes sum0 = {0}, sum1 = {0};                                                                       \
    size_t i = 0;                                                                                       \
    for (; i + 32 <= count; i += 32) {                                                                  \
        lanes p, q, r, s;                                                                               \
        LOAD(p, x + 4 * i);                                                                             \
        LOAD(q, y + 4 * i);                                                                             \
        LOAD(r, x + 4 * i + 64);                                                                        \
        LOAD(s, y + 4 * i + 64);                                                                        \
        sum0 = sum0 + TERM(p, q);                                                                       \
        sum1 = sum1 + TERM(r, s);                                                                       \
    }                                                                                                   \
    if (i < count) {                                                                                    \
        float tail[64] = {0};                                                                           \
        lanes p, q, r, s;                                                                               \
        memcpy(tail, x + 4 * i, 4 * (count - i));                                                       \
        memcpy(tail + 32, y + 4 * i, 4 * (count - i));                                                  \
        LOAD(p, tail);                                                                                  \
        LOAD(q, tail + 32);                                                                             \
        LOAD(r, tail + 16);                                                                             \
        LOAD(s, tail + 48);                                                                             \
        sum0 = sum0 + TERM(p, q);                                                                       \
        sum1 = sum1 + TERM(r, s);                                                                       \
    }                                                                                                   \
    sum0 = sum0 + sum1;                                                                                 \
    float part[16];                                                                                     \
    memcpy(part, &sum0, sizeof part);                                                                   \
    for (size_t width = 8; width > 0; width /= 2)                                                       \
        for (size_t j = 0; j < width; j++) part[j] = part[j] + part[j + width];                         \
    return part[0];

#define PRODUCT(a, b) ((a) * (b))
#define SQUARE(a, b) (((a) - (b)) * ((a) - (b)))

#define KERNELS(NAME, TARGET)                                                                            \
    TARGET static float dot_##NAME(const void *a, const void *b, size_t count) { SUM(PRODUCT) }          \
    TARGET static float squared_distance_##NAME(const void *a, const void *b, size_t count) { SUM(SQUARE) }

#define NO_TARGET
KERNELS(baseline, NO_TARGET)

#if defined(__x86_64__)
#define AVX2_TARGET __attribute__((target("avx2")))
#define AVX512_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
KERNELS(avx2, AVX2_TARGET)
KERNELS(avx512, AVX512_TARGET)

#define CHOOSE(FUNCTION)                                       \
    switch (ck_instruction_set()) {                            \
        case CK_AVX512_VNNI:                                   \
        case CK_AVX512: return FUNCTION##_avx512(a, b, count); \
        case CK_AVX2: return FUNCTION##_avx2(a, b, count);     \
        default: return FUNCTION##_baseline(a, b, count);      \
    }
#else
#define CHOOSE(FUNCTION) return FUNCTION##_baseline(a, b, count);
#endif

float ck_dot_f32(const void *a, const void *b, size_t count) { CHOOSE(dot) }

float ck_squared_distance_f32(const void *a, const void *b, size_t count) { CHOOSE(squared_distance) }

double ck_dot_f32_reference(const void *a, const void *b, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        float x, y;
        memcpy(&x, (const char *)a + 4 * i, 4);
        memcpy(&y, (const char *)b + 4 * i, 4);
        sum += (double)x * (double)y;
    }
    return sum;
}

double ck_squared_distance_f32_reference(const void *a, const void *b, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        float x, y;
        memcpy(&x, (const char *)a + 4 * i, 4);
        memcpy(&y, (const char *)b + 4 * i, 4);
        sum += ((double)x - (double)y) * ((double)x - (double)y);
    }
    return sum;
}
