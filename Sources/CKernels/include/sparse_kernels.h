// Products of sparse rows with a dense matrix of one column a class.
#ifndef CKERNELS_SPARSE_KERNELS_H
#define CKERNELS_SPARSE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// scores[k] = Σ_j values[j] · matrix[indices[j] · width + k] for 0 <= k < width: each sum in the order of j, so that the
/// result does not depend on how columns are divided.
void ck_sparse_scores(
    const uint32_t *indices, const float *values, size_t count, const float *matrix, size_t width, float *scores);

/// matrix[indices[j] · width + k] += values[j] · steps[k]
void ck_sparse_add(
    const uint32_t *indices, const float *values, size_t count, const float *steps, float *matrix, size_t width);

#endif
