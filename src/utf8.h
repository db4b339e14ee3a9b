/* utf8.h -- the bytes of one character

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Strict UTF-8: what these pass, every decoder takes for the same text.  */

#ifndef IM_UTF8_H
#define IM_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Return the length of the character that begins the SIZE > 0 bytes, or 0
   when that is no UTF-8: overlong, a surrogate, beyond U+10FFFF or cut
   off.  */
size_t utf8_size (const uint8_t *bytes, size_t size);

/* True iff the bytes are characters only.  */
bool utf8_valid (const uint8_t *bytes, size_t size);

/* The code point of a character of that length.  */
uint32_t utf8_decode (const uint8_t *bytes, size_t length);

/* Store a code point below 0x110000 in up to four bytes; return where the
   next one goes.  */
uint8_t *utf8_encode (uint8_t *to, uint32_t character);

#endif /* IM_UTF8_H */
