// Files that the program carries inside itself, so that it needs none beside it: what is in `data`, byte for byte.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// A file's bytes; they live as long as the program.
typedef struct {
    const uint8_t *start;
    size_t count;
} CResource;

/// Emoji in cells of 64 × 64 pixels, row by row: PNG.
CResource resource_emoji_sheet(void);
/// How much each pixel of the sheet hides: PNG, grey.
CResource resource_emoji_alpha(void);
/// What stands in the cells: a line each, in their order.
CResource resource_emoji_index(void);
/// Letters of a few sizes: PNG, grey, 255 where the ink is.
CResource resource_letters(void);
/// Where each letter lies in the picture, and how wide it is.
CResource resource_letters_index(void);
/// ImageNet's thousand classes: synset, tab, names; a line each.
CResource resource_imagenet_classes(void);
/// Which words stand for which emoji.
CResource resource_emoji_rules(void);
