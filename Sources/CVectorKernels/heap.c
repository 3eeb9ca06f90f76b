#include <malloc.h>

#include "CVectorKernels.h"

void prisma_trim_heap(void) { malloc_trim(0); }
