#if defined(__x86_64__)
#define SUFFIX avx2
#define NAME "avx2"
#define LANES 8
#define TILE_ROWS 6
#define HAS_FMA 1
#define FMA(a, b, c) __builtin_elementwise_fma((a), (b), (c))
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "kernels.inc"
#pragma clang attribute pop
#endif
