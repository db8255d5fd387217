// Products of sparse rows with a dense matrix: accumulators stay in registers, one lane a column.
#include "sparse_kernels.h"

#include <stddef.h>
#include <string.h>

#include "instruction_set.h"

#pragma STDC FP_CONTRACT OFF

typedef float lanes16 __attribute__((vector_size(64)));
typedef float lanes8 __attribute__((vector_size(32)));
typedef float lanes4 __attribute__((vector_size(16)));

// Sums `count` rows in one pass, in `blocks` sums of as many lanes as `type` has, so that additions do not wait for each
// other and a row is read once: the first sum begins at the column `first`, the last at `end`, which may overlap it.
#define SUM_AT(lanes, blocks, first, end) (block + 1 < (blocks) ? (first) + block * (lanes) : (end))
#define SUM(type, lanes, blocks, first, end)                                                         \
    {                                                                                                \
        type sums[blocks] = {0};                                                                     \
        for (size_t j = 0; j < count; j++) {                                                         \
            const float *row = matrix + indices[j] * width;                                          \
            const float value = values[j];                                                           \
            _Pragma("clang loop unroll(full)") for (size_t block = 0; block < (blocks); block++) {   \
                type part;                                                                           \
                memcpy(&part, row + SUM_AT(lanes, blocks, first, end), sizeof part);                 \
                sums[block] += part * value;                                                         \
            }                                                                                        \
        }                                                                                            \
        for (size_t block = 0; block < (blocks); block++) {                                          \
            memcpy(scores + SUM_AT(lanes, blocks, first, end), &sums[block], sizeof(type));          \
        }                                                                                            \
    }

static inline __attribute__((always_inline)) void sparse_scores(
    const uint32_t *indices, const float *values, size_t count, const float *matrix, size_t width, float *scores) {
    size_t k = 0;
    for (; width - k > 80; k += 64) SUM(lanes16, 16, 4, k, k + 48)
    const size_t rest = width - k;
    if (rest > 64) {
        SUM(lanes16, 16, 5, k, width - 16)
    } else if (rest > 48) {
        SUM(lanes16, 16, 4, k, width - 16)
    } else if (rest > 32) {
        SUM(lanes16, 16, 3, k, width - 16)
    } else if (rest > 16) {
        SUM(lanes16, 16, 2, k, width - 16)
    } else if (rest == 16) {
        SUM(lanes16, 16, 1, k, k)
    } else if (rest > 8) {
        SUM(lanes8, 8, 2, k, width - 8)
    } else if (rest == 8) {
        SUM(lanes8, 8, 1, k, k)
    } else if (rest > 4) {
        SUM(lanes4, 4, 2, k, width - 4)
    } else if (rest == 4) {
        SUM(lanes4, 4, 1, k, k)
    } else if (rest == 3) {
        SUM(float, 1, 3, k, k + 2)
    } else if (rest == 2) {
        SUM(float, 1, 2, k, k + 1)
    } else if (rest == 1) {
        SUM(float, 1, 1, k, k)
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
