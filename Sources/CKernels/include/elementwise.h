// Exponentials and logarithms of many numbers. The operations are fixed and none is fused, so that results do not depend
// on the processor.
#ifndef CKERNELS_ELEMENTWISE_H
#define CKERNELS_ELEMENTWISE_H

#include <stddef.h>

/// x[i] = e^x[i], to about 2 units in the last place; x below -87 gives e^-87, above 88 e^88. NaN stays NaN.
void ck_exp(float *x, size_t count);

/// x[i] = ln x[i] for normal positive x, to about 2 units in the last place; smaller x counts as the smallest normal.
void ck_log(float *x, size_t count);

#endif
