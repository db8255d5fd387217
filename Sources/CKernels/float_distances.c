// Distances of 32-bit floats: one body of 16-lane vectors, compiled for each instruction set.
#include "float_distances.h"

#include "instruction_set.h"
#include "lane_sums.h"

#pragma STDC FP_CONTRACT OFF

#define KERNELS(NAME, TARGET)                                                                            \
    TARGET static float dot_##NAME(const void *a, const void *b, size_t count) { LANE_SUM(PRODUCT, 4, LOAD_FLOATS) } \
    TARGET static float squared_distance_##NAME(const void *a, const void *b, size_t count) { LANE_SUM(SQUARE, 4, LOAD_FLOATS) }

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
    for (size_t i = 0; i < count; i++) sum += float_at(a, i) * float_at(b, i);
    return sum;
}

double ck_squared_distance_f32_reference(const void *a, const void *b, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += (float_at(a, i) - float_at(b, i)) * (float_at(a, i) - float_at(b, i));
    return sum;
}
