// Rows of 16-bit codes as numbers.
#ifndef CKERNELS_CODE_ROWS_H
#define CKERNELS_CODE_ROWS_H

#include <stddef.h>
#include <stdint.h>

/// `to[i] += factor * codes[i]`, rounded twice: the same with every instruction set.
void ck_add_codes16(const int16_t *codes, float factor, float *to, size_t count);

#endif
