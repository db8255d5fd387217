// C kernels: one header a family, all included here.
#ifndef CKERNELS_H
#define CKERNELS_H

#include "bitpacking.h"
#include "checksum.h"
#include "text_scoring.h"

#endif
