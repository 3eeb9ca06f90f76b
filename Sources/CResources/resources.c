#include "CResources.h"

// `#embed` is C23's; clang takes it in every mode. A directive cannot come out of a macro, hence the repetition.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t emoji_sheet[] = {
#embed "data/emoji.png"
};
static const uint8_t emoji_alpha[] = {
#embed "data/emoji-alpha.png"
};
static const uint8_t emoji_index[] = {
#embed "data/emoji.txt"
};
static const uint8_t emoji_rules[] = {
#embed "data/emoji-rules.txt"
};
static const uint8_t letters[] = {
#embed "data/letters.png"
};
static const uint8_t letters_index[] = {
#embed "data/letters.txt"
};
static const uint8_t imagenet_classes[] = {
#embed "data/imagenet.tsv"
};

#define RESOURCE(name) \
    CResource resource_##name(void) { return (CResource){name, sizeof name}; }

RESOURCE(emoji_sheet)
RESOURCE(emoji_alpha)
RESOURCE(emoji_index)
RESOURCE(emoji_rules)
RESOURCE(letters)
RESOURCE(letters_index)
RESOURCE(imagenet_classes)
