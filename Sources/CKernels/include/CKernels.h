// C kernels: one header a family, all included here.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "bit_distances.h"
#include "bitpacking.h"
#include "checksum.h"
#include "code_distances.h"
#include "code_rows.h"
#include "elementwise.h"
#include "float_distances.h"
#include "half_distances.h"
#include "instruction_set.h"
#include "matrix_product.h"
#include "network_kernels.h"
#include "nibble_distances.h"
#include "orthogonal_kernels.h"
#include "page_lookup.h"
#include "posting_tail.h"
#include "sparse_kernels.h"
#include "term_marks.h"
#include "text_scoring.h"
#include "tree_kernels.h"
#include "vector_rows.h"

#endif
