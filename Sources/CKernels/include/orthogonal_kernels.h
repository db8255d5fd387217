// Products and triangular systems of tall matrices with few columns, in double precision.
#ifndef CKERNELS_ORTHOGONAL_KERNELS_H
#define CKERNELS_ORTHOGONAL_KERNELS_H

#include <stddef.h>

/// sums[i · width + j] += Σ row[i] · row[j] for j ≤ i, row after row: the same with every instruction set.
/// `scratch` has room for 4 · width.
void ck_add_gram(const float *rows, size_t count, size_t width, double *scratch, double *sums);

/// Replaces each row x by the y with L · y = x, for a lower triangle L that is given by columns: below its diagonal,
/// columns[i · width + j] is L[j][i]. Where the diagonal is 0, so is y. The same with every instruction set. `scratch` has
/// room for 4 · width.
void ck_solve_lower(
    float *rows, size_t count, size_t width, const double *columns, const double *diagonal, double *scratch);

#endif
