// Exponentials and logarithms of many numbers: polynomials after Cephes' single-precision ranges, without branches.
#include "elementwise.h"

#include <stdint.h>
#include <string.h>

#include "instruction_set.h"

#pragma STDC FP_CONTRACT OFF

static inline __attribute__((always_inline)) float power(float x) {
    float bounded = x < -87.0f ? -87.0f : x;
    bounded = bounded > 88.0f ? 88.0f : bounded;
    // Adding 1.5 · 2^23 rounds to the nearest whole number.
    float shifted = bounded * 1.44269504088896341f + 12582912.0f;
    float whole = shifted - 12582912.0f;
    float rest = bounded - whole * 0.693359375f;
    rest = rest - whole * -2.12194440e-4f;
    float sum = 1.9875691500e-4f;
    sum = sum * rest + 1.3981999507e-3f;
    sum = sum * rest + 8.3334519073e-3f;
    sum = sum * rest + 4.1665795894e-2f;
    sum = sum * rest + 1.6666665459e-1f;
    sum = sum * rest + 5.0000001201e-1f;
    sum = sum * (rest * rest) + rest + 1.0f;
    int32_t bits;
    memcpy(&bits, &shifted, 4);
    uint32_t scale_bits = ((uint32_t)(bits - 0x4B400000) + 127u) << 23;
    float scale;
    memcpy(&scale, &scale_bits, 4);
    return sum * scale;
}

static inline __attribute__((always_inline)) float logarithm(float x) {
    float bounded = x < 1.17549435e-38f ? 1.17549435e-38f : x;
    int32_t bits;
    memcpy(&bits, &bounded, 4);
    // The mantissa from √½ up to √2.
    int32_t exponent = (bits - 0x3F3504F3) >> 23;
    int32_t mantissa_bits = bits - (int32_t)((uint32_t)exponent << 23);
    float mantissa;
    memcpy(&mantissa, &mantissa_bits, 4);
    float m = mantissa - 1.0f, square = m * m, e = (float)exponent;
    float sum = 7.0376836292e-2f;
    sum = sum * m - 1.1514610310e-1f;
    sum = sum * m + 1.1676998740e-1f;
    sum = sum * m - 1.2420140846e-1f;
    sum = sum * m + 1.4249322787e-1f;
    sum = sum * m - 1.6668057665e-1f;
    sum = sum * m + 2.0000714765e-1f;
    sum = sum * m - 2.4999993993e-1f;
    sum = sum * m + 3.3333331174e-1f;
    sum = sum * m * square;
    sum = sum + e * -2.12194440e-4f;
    sum = sum - 0.5f * square;
    return m + sum + e * 0.693359375f;
}

#define LOOPS(suffix, attributes)                                                                \
    attributes static void exp_##suffix(float *x, size_t count) {                                \
        for (size_t i = 0; i < count; i++) x[i] = power(x[i]);                                    \
    }                                                                                            \
    attributes static void log_##suffix(float *x, size_t count) {                                \
        for (size_t i = 0; i < count; i++) x[i] = logarithm(x[i]);                                \
    }

LOOPS(baseline, )

#if defined(__x86_64__)
LOOPS(avx2, __attribute__((target("avx2"))))

void ck_exp(float *x, size_t count) {
    if (ck_learning_instruction_set() >= CK_AVX2) exp_avx2(x, count);
    else exp_baseline(x, count);
}

void ck_log(float *x, size_t count) {
    if (ck_learning_instruction_set() >= CK_AVX2) log_avx2(x, count);
    else log_baseline(x, count);
}
#else
void ck_exp(float *x, size_t count) { exp_baseline(x, count); }

void ck_log(float *x, size_t count) { log_baseline(x, count); }
#endif
