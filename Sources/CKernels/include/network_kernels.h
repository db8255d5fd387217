// What neural networks do between matrix products.
#ifndef CKERNELS_NETWORK_KERNELS_H
#define CKERNELS_NETWORK_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// inputs[i] = (values[i] - means[i]) · scales[i], within ± limit; 0 for NaN.
void ck_standardize(
    const float *values, const float *means, const float *scales, size_t count, float limit, float *inputs);

/// x[r][c] += bias[c], and if `rectify` no less than 0.
void ck_add_bias(float *x, const float *bias, size_t rows, size_t columns, int rectify);

/// gradient[i] = 0 where output[i] is not above 0.
void ck_mask_rectified(float *gradient, const float *output, size_t count);

/// sums[c] = Σ_r x[r][c], in the order of rows.
void ck_column_sums(const float *x, size_t rows, size_t columns, float *sums);

/// A step of Adam (Kingma and Ba 2015) with decoupled weight decay; `rate` and `epsilon` already hold the corrections of
/// the moments' bias.
void ck_adam_step(
    float *weights, float *first, float *second, const float *gradient, size_t count, float rate, float epsilon,
    float decay);

/// The 3 × 3 surroundings (zero outside) of each pixel of an image of height × width × channels: 9 · channels numbers each.
void ck_patches(const float *image, size_t height, size_t width, size_t channels, float *patches);

/// Adds patches back to the pixels that they came from.
void ck_add_patches(const float *patches, size_t height, size_t width, size_t channels, float *image);

/// out[y][x][c] = max(0, the largest of 2 × 2 pixels), places[…] = which of the four, 4 if none is above 0.
void ck_pool(const float *image, size_t height, size_t width, size_t channels, float *out, uint8_t *places);

/// The gradient of ck_pool: 0 but where the largest came from.
void ck_unpool(
    const float *gradient, const uint8_t *places, size_t height, size_t width, size_t channels, float *image);

#endif
