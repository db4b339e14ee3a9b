/* utf8.c -- the bytes of one character

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "utf8.h"

size_t
utf8_size (const uint8_t *bytes, size_t size)
{
  uint8_t first = bytes[0];
  uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

  if (first < 0x80)
    return 1;
  if (first < 0xc2 || first > 0xf4 || size < length
      || bytes[1] < low || bytes[1] > high)
    return 0;
  for (size_t i = 2; i < length; i++)
    if ((bytes[i] & 0xc0) != 0x80)
      return 0;
  return length;
}

bool
utf8_valid (const uint8_t *bytes, size_t size)
{
  size_t length;

  for (size_t at = 0; at < size; at += length)
    {
      length = utf8_size (bytes + at, size - at);
      if (length == 0)
        return false;
    }
  return true;
}

uint32_t
utf8_decode (const uint8_t *bytes, size_t length)
{
  static const uint8_t mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
  uint32_t character = bytes[0] & mask[length];

  for (size_t i = 1; i < length; i++)
    character = character << 6 | (bytes[i] & 0x3f);
  return character;
}

uint8_t *
utf8_encode (uint8_t *to, uint32_t character)
{
  int more = character < 0x80 ? 0 : character < 0x800 ? 1
    : character < 0x10000 ? 2 : 3;
  static const uint8_t lead[] = { 0, 0xc0, 0xe0, 0xf0 };

  *to++ = lead[more] | character >> (6 * more);
  while (more-- > 0)
    *to++ = 0x80 | (character >> (6 * more) & 0x3f);
  return to;
}
