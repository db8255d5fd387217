// Products of single-precision matrices, in tiles.
#ifndef CKERNELS_MATRIX_PRODUCT_H
#define CKERNELS_MATRIX_PRODUCT_H

#include <stddef.h>
#include <stdint.h>

/// The tile of an instruction set, which the processor must have: `rows` by `columns` of the result, at most 16 by 32.
/// All that is packed and multiplied together takes the same set.
void ck_tile_shape(int set, size_t *rows, size_t *columns);

/// Packs rows 0 ..< rows of A, for `depth` of its columns, in strips of a tile's rows: for each strip, column after column,
/// the strip's rows (0 beyond the last). Element (i, p) is at a[i · row_stride + p · column_stride].
void ck_pack_rows(
    int set, const float *a, size_t row_stride, size_t column_stride, size_t rows, size_t depth, float *packed);

/// Packs columns of B likewise: for each strip of a tile's columns, row after row, the strip's columns.
void ck_pack_columns(
    int set, const float *b, size_t row_stride, size_t column_stride, size_t depth, size_t columns, float *packed);

/// C = A · B (C += A · B if `add`) for a block of rows and a packed one of columns of equal depth. The rows are packed if
/// `a_stride` is 0; else they are read as they are, element (i, p) at a[i · a_stride + p], which is faster for few columns.
/// Every element is summed in the order of depth, with fused multiply-add where the processor has it: how the matrices
/// are cut, and whether the rows are packed, changes nothing.
void ck_multiply_block(
    int set, const float *a, size_t a_stride, const float *columns_packed, size_t rows, size_t columns, size_t depth,
    int add, float *c, size_t c_stride);

#endif
