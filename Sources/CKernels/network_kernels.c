// What neural networks do between matrix products. No operation is fused or reordered, on any processor.
#include "network_kernels.h"

#include <math.h>
#include <string.h>

#include "instruction_set.h"

#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

INLINE void add_bias(float *x, const float *bias, size_t rows, size_t columns, int rectify) {
    for (size_t r = 0; r < rows; r++) {
        float *row = x + r * columns;
        if (rectify) {
            for (size_t c = 0; c < columns; c++) {
                float value = row[c] + bias[c];
                // A NaN stays one, so that a loss gone wrong is seen.
                row[c] = value < 0 ? 0 : value;
            }
        } else {
            for (size_t c = 0; c < columns; c++) row[c] += bias[c];
        }
    }
}

// Without errno, which would keep loops from being vectorised; correctly rounded either way.
INLINE float root(float x) {
#if defined(__has_builtin) && __has_builtin(__builtin_elementwise_sqrt)
    return __builtin_elementwise_sqrt(x);
#else
    return sqrtf(x);
#endif
}

INLINE void adam_step(
    float *weights, float *first, float *second, const float *gradient, size_t count, float rate, float epsilon,
    float decay) {
    for (size_t i = 0; i < count; i++) {
        float g = gradient[i];
        float m = first[i] + 0.1f * (g - first[i]);
        float v = second[i] + 0.001f * (g * g - second[i]);
        first[i] = m;
        second[i] = v;
        weights[i] = weights[i] - decay * weights[i] - rate * m / (root(v) + epsilon);
    }
}

INLINE void standardize(
    const float *values, const float *means, const float *scales, size_t count, float limit, float *inputs) {
    for (size_t i = 0; i < count; i++) {
        float scaled = (values[i] - means[i]) * scales[i];
        scaled = scaled > limit ? limit : scaled;
        scaled = scaled < -limit ? -limit : scaled;
        inputs[i] = scaled == scaled ? scaled : 0;
    }
}

INLINE void column_sums(const float *x, size_t rows, size_t columns, float *sums) {
    memset(sums, 0, columns * sizeof *sums);
    for (size_t r = 0; r < rows; r++) {
        const float *row = x + r * columns;
        for (size_t c = 0; c < columns; c++) sums[c] += row[c];
    }
}

INLINE void mask_rectified(float *gradient, const float *output, size_t count) {
    for (size_t i = 0; i < count; i++) {
        // Read in any case: a read that depends would be a branch.
        const float kept = gradient[i];
        gradient[i] = output[i] > 0 ? kept : 0;
    }
}

#define ADAM_ARGUMENTS                                                                                             \
    float *weights, float *first, float *second, const float *gradient, size_t count, float rate, float epsilon, \
        float decay

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2")))
AVX2 static void add_bias_avx2(float *x, const float *bias, size_t rows, size_t columns, int rectify) {
    add_bias(x, bias, rows, columns, rectify);
}
AVX2 static void standardize_avx2(
    const float *values, const float *means, const float *scales, size_t count, float limit, float *inputs) {
    standardize(values, means, scales, count, limit, inputs);
}
AVX2 static void mask_rectified_avx2(float *gradient, const float *output, size_t count) {
    mask_rectified(gradient, output, count);
}
AVX2 static void adam_step_avx2(ADAM_ARGUMENTS) {
    adam_step(weights, first, second, gradient, count, rate, epsilon, decay);
}
#endif

void ck_standardize(
    const float *values, const float *means, const float *scales, size_t count, float limit, float *inputs) {
#if defined(__x86_64__)
    if (ck_learning_instruction_set() >= CK_AVX2) return standardize_avx2(values, means, scales, count, limit, inputs);
#endif
    standardize(values, means, scales, count, limit, inputs);
}

void ck_add_bias(float *x, const float *bias, size_t rows, size_t columns, int rectify) {
#if defined(__x86_64__)
    if (ck_learning_instruction_set() >= CK_AVX2) return add_bias_avx2(x, bias, rows, columns, rectify);
#endif
    add_bias(x, bias, rows, columns, rectify);
}

void ck_adam_step(ADAM_ARGUMENTS) {
#if defined(__x86_64__)
    if (ck_learning_instruction_set() >= CK_AVX2)
        return adam_step_avx2(weights, first, second, gradient, count, rate, epsilon, decay);
#endif
    adam_step(weights, first, second, gradient, count, rate, epsilon, decay);
}

void ck_mask_rectified(float *gradient, const float *output, size_t count) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) return mask_rectified_avx2(gradient, output, count);
#endif
    mask_rectified(gradient, output, count);
}

void ck_column_sums(const float *x, size_t rows, size_t columns, float *sums) {
    column_sums(x, rows, columns, sums);
}

// MARK: Images

void ck_patches(const float *image, size_t height, size_t width, size_t channels, float *patches) {
    const size_t line = width * channels, part = 3 * channels;
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++) {
            for (size_t k = 0; k < 3; k++, patches += part) {
                if (y + k < 1 || y + k > height) {
                    memset(patches, 0, part * sizeof *patches);
                    continue;
                }
                const float *from = image + (y + k - 1) * line;
                size_t left = x == 0 ? 1 : 0, right = x + 1 == width ? 1 : 0;
                if (left) memset(patches, 0, channels * sizeof *patches);
                if (right) memset(patches + 2 * channels, 0, channels * sizeof *patches);
                memcpy(
                    patches + left * channels, from + (x + left - 1) * channels,
                    (3 - left - right) * channels * sizeof *patches);
            }
        }
    }
}

void ck_add_patches(const float *patches, size_t height, size_t width, size_t channels, float *image) {
    const size_t line = width * channels, part = 3 * channels;
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++) {
            for (size_t k = 0; k < 3; k++, patches += part) {
                if (y + k < 1 || y + k > height) continue;
                size_t left = x == 0 ? 1 : 0, right = x + 1 == width ? 1 : 0;
                float *to = image + (y + k - 1) * line + (x + left - 1) * channels;
                const float *from = patches + left * channels;
                const size_t count = (3 - left - right) * channels;
                for (size_t i = 0; i < count; i++) to[i] += from[i];
            }
        }
    }
}

void ck_pool(const float *image, size_t height, size_t width, size_t channels, float *out, uint8_t *places) {
    const size_t line = width * channels;
    for (size_t y = 0; y + 1 < height; y += 2) {
        for (size_t x = 0; x + 1 < width; x += 2) {
            const float *at = image + y * line + x * channels;
            for (size_t c = 0; c < channels; c++) {
                float best = 0;
                uint8_t place = 4;
                const float four[4] = {at[c], at[c + channels], at[c + line], at[c + line + channels]};
                for (int i = 0; i < 4; i++) {
                    // Not "above": a NaN is passed on.
                    int better = !(four[i] <= best);
                    best = better ? four[i] : best;
                    place = better ? (uint8_t)i : place;
                }
                out[c] = best;
                places[c] = place;
            }
            out += channels;
            places += channels;
        }
    }
}

void ck_unpool(
    const float *gradient, const uint8_t *places, size_t height, size_t width, size_t channels, float *image) {
    const size_t line = width * channels;
    memset(image, 0, height * line * sizeof *image);
    for (size_t y = 0; y + 1 < height; y += 2) {
        for (size_t x = 0; x + 1 < width; x += 2) {
            float *at = image + y * line + x * channels;
            for (size_t c = 0; c < channels; c++) {
                const uint8_t place = places[c];
                if (place < 4) at[c + (place & 1) * channels + (place >> 1) * line] = gradient[c];
            }
            gradient += channels;
            places += channels;
        }
    }
}
