// Products of sparse rows with a dense matrix: accumulators stay in registers, one lane a column.
#include "sparse_kernels.h"

#include <stddef.h>
#include <string.h>

#include "instruction_set.h"

#pragma STDC FP_CONTRACT OFF

typedef float lanes16 __attribute__((vector_size(64)));
typedef float lanes8 __attribute__((vector_size(32)));
typedef float lanes4 __attribute__((vector_size(16)));

// Sums `count` rows at the column `first`, in as many lanes as `type` has.
#define ROW(type, first)                                                      \
    ({                                                                        \
        type row;                                                             \
        memcpy(&row, matrix + indices[j] * width + (first), sizeof row);      \
        row * values[j];                                                      \
    })
#define STORE(sum, first) memcpy(scores + (first), &(sum), sizeof(sum))

// Four blocks of columns in one pass, so that additions do not wait for each other.
#define FOUR(type, lanes, first)                                                                  \
    {                                                                                             \
        const size_t k0 = (first), k1 = k0 + (lanes), k2 = k1 + (lanes), k3 = k2 + (lanes);       \
        type sum0 = {0}, sum1 = {0}, sum2 = {0}, sum3 = {0};                                      \
        for (size_t j = 0; j < count; j++) {                                                      \
            sum0 += ROW(type, k0);                                                                \
            sum1 += ROW(type, k1);                                                                \
            sum2 += ROW(type, k2);                                                                \
            sum3 += ROW(type, k3);                                                                \
        }                                                                                         \
        STORE(sum0, k0);                                                                          \
        STORE(sum1, k1);                                                                          \
        STORE(sum2, k2);                                                                          \
        STORE(sum3, k3);                                                                          \
    }

// From `lanes` to twice as many columns that begin at `first`: two blocks, which may overlap.
#define TWO(type, lanes, first)                              \
    {                                                        \
        const size_t k0 = (first), k1 = width - (lanes);     \
        type sum0 = {0}, sum1 = {0};                         \
        for (size_t j = 0; j < count; j++) {                 \
            sum0 += ROW(type, k0);                           \
            sum1 += ROW(type, k1);                           \
        }                                                    \
        STORE(sum0, k0);                                     \
        STORE(sum1, k1);                                     \
    }

static inline __attribute__((always_inline)) void sparse_scores(
    const uint32_t *indices, const float *values, size_t count, const float *matrix, size_t width, float *scores) {
    size_t k = 0;
    for (; k + 64 <= width; k += 64) FOUR(lanes16, 16, k)
    if (k + 32 <= width) {
        FOUR(lanes8, 8, k)
        k += 32;
    }
    const size_t rest = width - k;
    if (rest >= 16) {
        TWO(lanes16, 16, k)
    } else if (rest >= 8) {
        TWO(lanes8, 8, k)
    } else if (rest >= 4) {
        TWO(lanes4, 4, k)
    } else {
        for (; k < width; k++) {
            float sum = 0;
            for (size_t j = 0; j < count; j++) sum += ROW(float, k);
            scores[k] = sum;
        }
    }
}

static inline __attribute__((always_inline)) void sparse_add(
    const uint32_t *indices, const float *values, size_t count, const float *steps, float *matrix, size_t width) {
    for (size_t j = 0; j < count; j++) {
        float *row = matrix + (size_t)indices[j] * width;
        const float value = values[j];
        size_t k = 0;
        for (; k + 8 <= width; k += 8) {
            lanes8 here, step;
            memcpy(&here, row + k, sizeof here);
            memcpy(&step, steps + k, sizeof step);
            here += step * value;
            memcpy(row + k, &here, sizeof here);
        }
        if (k + 4 <= width) {
            lanes4 here, step;
            memcpy(&here, row + k, sizeof here);
            memcpy(&step, steps + k, sizeof step);
            here += step * value;
            memcpy(row + k, &here, sizeof here);
            k += 4;
        }
        for (; k < width; k++) row[k] += steps[k] * value;
    }
}

#define SCORES_ARGUMENTS \
    const uint32_t *indices, const float *values, size_t count, const float *matrix, size_t width, float *scores
#define ADD_ARGUMENTS \
    const uint32_t *indices, const float *values, size_t count, const float *steps, float *matrix, size_t width

#if defined(__x86_64__)
#define AVX512 __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2")))
AVX512 static void sparse_scores_avx512(SCORES_ARGUMENTS) {
    sparse_scores(indices, values, count, matrix, width, scores);
}
AVX512 static void sparse_add_avx512(ADD_ARGUMENTS) { sparse_add(indices, values, count, steps, matrix, width); }

__attribute__((target("avx2"))) static void sparse_scores_avx2(SCORES_ARGUMENTS) {
    sparse_scores(indices, values, count, matrix, width, scores);
}
__attribute__((target("avx2"))) static void sparse_add_avx2(ADD_ARGUMENTS) {
    sparse_add(indices, values, count, steps, matrix, width);
}

static inline int has_avx512(void) {
    return ck_learning_instruction_set() >= CK_AVX512;
}
#endif

void ck_sparse_scores(SCORES_ARGUMENTS) {
#if defined(__x86_64__)
    if (has_avx512()) return sparse_scores_avx512(indices, values, count, matrix, width, scores);
    if (ck_learning_instruction_set() >= CK_AVX2) return sparse_scores_avx2(indices, values, count, matrix, width, scores);
#endif
    sparse_scores(indices, values, count, matrix, width, scores);
}

void ck_sparse_add(ADD_ARGUMENTS) {
#if defined(__x86_64__)
    if (has_avx512()) return sparse_add_avx512(indices, values, count, steps, matrix, width);
    if (ck_learning_instruction_set() >= CK_AVX2) return sparse_add_avx2(indices, values, count, steps, matrix, width);
#endif
    sparse_add(indices, values, count, steps, matrix, width);
}
