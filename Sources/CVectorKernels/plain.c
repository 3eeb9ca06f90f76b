#define SUFFIX plain
#define NAME "plain"
#define LANES 4
#define TILE_ROWS 6
#define FMA(a, b, c) ((a) * (b) + (c))
#include "kernels.inc"
