/* frame.c -- where one datum ends in a stream of bytes

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "frame.h"
#include "limits.h"

#include <stdbool.h>

/* LEX_BAD are the control characters, NUL too, and ; ` , \ [ ] { }: no
   datum of the subset has one outside of strings, bars and characters.  */
const uint8_t frame_lexemes[256] =
{
  [' '] = LEX_SPACE, ['\t' ... '\r'] = LEX_SPACE,
  ['('] = LEX_OPEN, [')'] = LEX_CLOSE,
  ['"'] = LEX_STRING, ['\''] = LEX_QUOTE, ['|'] = LEX_BAR,
  ['#'] = LEX_HASH, [':'] = LEX_COLON, ['.'] = LEX_DOT,
  ['+'] = LEX_SIGN, ['-'] = LEX_SIGN, ['0' ... '9'] = LEX_DIGIT,
  ['a' ... 'z'] = LEX_ATOM, ['A' ... 'Z'] = LEX_ATOM,
  ['!'] = LEX_ATOM, ['$'] = LEX_ATOM, ['%'] = LEX_ATOM,
  ['&'] = LEX_ATOM, ['*'] = LEX_ATOM, ['/'] = LEX_ATOM,
  ['<' ... '@'] = LEX_ATOM, ['^'] = LEX_ATOM, ['_'] = LEX_ATOM,
  ['~'] = LEX_ATOM, [0x80 ... 0xff] = LEX_ATOM
};

enum
{
  BETWEEN,                      /* zero: a fresh frame */
  AFTER_SIGN,                   /* + or -, may become a number */
  AFTER_DOT,                    /* ., +. or -., likewise */
  IN_NUMBER,
  IN_ATOM,
  AT_ATOM_END,                  /* #t, |x|: only a delimiter may follow */
  AFTER_HASH,
  AT_CHARACTER,                 /* #\: whatever follows belongs to it */
  IN_STRING, STRING_ESCAPE,
  IN_BARS, BARS_ESCAPE
};

_Static_assert (IM_DATUM_DEPTH <= 64, "frame.quotations has 64 bits");
_Static_assert (IM_NUMBER_CHARACTERS < UINT8_MAX,
                "frame.characters has 8 bits");

void
frame_reset (struct frame *frame)
{
  *frame = (struct frame) { 0 };
}

/* A datum has ended, and with it the quotations it is the datum of.  */
static enum frame_status
end_datum (struct frame *frame)
{
  frame->state = BETWEEN;
  while (frame->depth > 0
         && frame->quotations >> (frame->depth - 1) & 1)
    frame->depth--;
  return frame->depth == 0 ? FRAME_COMPLETE : FRAME_INCOMPLETE;
}

static enum frame_status
open_level (struct frame *frame, bool quotation)
{
  uint64_t bit = UINT64_C (1) << (frame->depth % 64);

  if (frame->depth >= limit_of (LIMIT_NESTING))
    return FRAME_TOO_DEEP;
  if (quotation)
    frame->quotations |= bit;
  else
    frame->quotations &= ~bit;
  frame->depth++;
  frame->state = BETWEEN;
  return FRAME_INCOMPLETE;
}

static enum frame_status
close_level (struct frame *frame)
{
  if (frame->depth == 0
      || frame->quotations >> (frame->depth - 1) & 1)
    return FRAME_MALFORMED;
  frame->depth--;
  return end_datum (frame);
}

static enum frame_status
enter (struct frame *frame, uint8_t state)
{
  frame->state = state;
  return FRAME_INCOMPLETE;
}

static enum frame_status
enter_number (struct frame *frame, uint8_t state)
{
  frame->characters = 1;
  return enter (frame, state);
}

/* Take one byte between two data.  */
static enum frame_status
begin_datum (struct frame *frame, uint8_t byte)
{
  switch (frame_lexemes[byte])
    {
    case LEX_SPACE:
      return FRAME_INCOMPLETE;
    case LEX_OPEN:
      return open_level (frame, false);
    case LEX_CLOSE:
      return close_level (frame);
    case LEX_QUOTE:
      return open_level (frame, true);
    case LEX_STRING:
      return enter (frame, IN_STRING);
    case LEX_BAR:
      return enter (frame, IN_BARS);
    case LEX_HASH:
      return enter (frame, AFTER_HASH);
    case LEX_ATOM:
      return enter (frame, IN_ATOM);
    case LEX_SIGN:
      return enter_number (frame, AFTER_SIGN);
    case LEX_DOT:
      return enter_number (frame, AFTER_DOT);
    case LEX_DIGIT:
      return enter_number (frame, IN_NUMBER);
    default:                    /* a keyword begins with a colon */
      return FRAME_MALFORMED;
    }
}

/* Take the byte behind `#'.  */
static enum frame_status
scan_hash (struct frame *frame, uint8_t byte)
{
  switch (byte)
    {
    case '(':
      return open_level (frame, false);
    case 't':
    case 'f':
      return enter (frame, AT_ATOM_END);
    case '\\':
      return enter (frame, AT_CHARACTER);
    default:
      return FRAME_MALFORMED;
    }
}

/* An atom ends before the byte at hand, if that is a delimiter.  */
static enum frame_status
end_atom (struct frame *frame, uint8_t byte)
{
  switch (frame_lexemes[byte])
    {
    case LEX_SPACE:
    case LEX_OPEN:
    case LEX_CLOSE:
    case LEX_STRING:
      return end_datum (frame);
    default:
      return FRAME_MALFORMED;
    }
}

/* Take the second or third character of what may become a number.  */
static enum frame_status
scan_number_start (struct frame *frame, uint8_t byte)
{
  frame->scanned++;
  frame->characters++;
  if (frame_lexemes[byte] == LEX_DIGIT)
    return enter (frame, IN_NUMBER);
  if (frame_lexemes[byte] == LEX_DOT && frame->state == AFTER_SIGN)
    return enter (frame, AFTER_DOT);
  return enter (frame, IN_ATOM);
}

static enum frame_status
scan_number (struct frame *frame, const uint8_t *bytes, size_t stop)
{
  for (; frame->scanned < stop; frame->scanned++)
    {
      if (frame_lexemes[bytes[frame->scanned]] < LEX_ATOM)
        return end_atom (frame, bytes[frame->scanned]);
      if (frame->characters >= limit_of (LIMIT_NUMBER_CHARACTERS))
        return FRAME_NUMBER_TOO_LONG;
      frame->characters++;
    }
  return FRAME_INCOMPLETE;
}

static enum frame_status
scan_atom (struct frame *frame, const uint8_t *bytes, size_t stop)
{
  size_t at = frame->scanned;

  while (at < stop && frame_lexemes[bytes[at]] >= LEX_ATOM)
    at++;
  frame->scanned = at;
  return at < stop ? end_atom (frame, bytes[at]) : FRAME_INCOMPLETE;
}

/* Take the inside of a string or of bars, up to QUOTE or a backslash.  */
static enum frame_status
scan_quoted (struct frame *frame, const uint8_t *bytes, size_t stop,
             uint8_t quote)
{
  /* Most bytes of most messages are looked at here: one test for each.  */
  static const uint8_t ends[256]
    = { ['\0'] = 3, ['\\'] = 3, ['"'] = 1, ['|'] = 2 };
  uint8_t mine = quote == '"' ? 1 : 2;
  size_t at = frame->scanned;

  while (at < stop && !(ends[bytes[at]] & mine))
    at++;
  if (at == stop)
    {
      frame->scanned = at;
      return FRAME_INCOMPLETE;
    }
  frame->scanned = at + 1;
  if (bytes[at] == '\0')
    return FRAME_MALFORMED;
  if (bytes[at] == '\\')
    return enter (frame, frame->state + 1);
  return quote == '"' ? end_datum (frame) : enter (frame, AT_ATOM_END);
}

/* Take at least one byte, or end an atom before it.  */
static enum frame_status
scan_some (struct frame *frame, const uint8_t *bytes, size_t stop)
{
  uint8_t byte = bytes[frame->scanned];

  switch (frame->state)
    {
    case BETWEEN:
      frame->scanned++;
      return begin_datum (frame, byte);
    case IN_ATOM:
      return scan_atom (frame, bytes, stop);
    case IN_STRING:
      return scan_quoted (frame, bytes, stop, '"');
    case IN_BARS:
      return scan_quoted (frame, bytes, stop, '|');
    case IN_NUMBER:
      return scan_number (frame, bytes, stop);
    case AFTER_SIGN:
    case AFTER_DOT:
      return frame_lexemes[byte] < LEX_ATOM
        ? end_atom (frame, byte) : scan_number_start (frame, byte);
    case AT_ATOM_END:
      return end_atom (frame, byte);
    case AFTER_HASH:
      frame->scanned++;
      return scan_hash (frame, byte);
    case AT_CHARACTER:
      frame->scanned++;
      return byte < ' ' || byte == 0x7f
        ? FRAME_MALFORMED : enter (frame, IN_ATOM);
    default:                    /* STRING_ESCAPE, BARS_ESCAPE */
      frame->scanned++;
      return byte == '\0'
        ? FRAME_MALFORMED : enter (frame, frame->state - 1);
    }
}

enum frame_status
frame_scan (struct frame *frame, const uint8_t *bytes, size_t size,
            size_t limit)
{
  enum frame_status status = frame->status;

  if (status != FRAME_INCOMPLETE)
    return status;
  if (size > UINT32_MAX)
    size = UINT32_MAX;
  if (frame->depth == 0 && frame->state == BETWEEN)
    {
      while (frame->scanned < size
             && frame_lexemes[bytes[frame->scanned]] == LEX_SPACE)
        frame->scanned++;
      frame->start = frame->scanned;
    }
  if (frame->scanned >= size)
    return FRAME_INCOMPLETE;

  size_t stop = size - frame->start > limit ? frame->start + limit : size;
  while (frame->scanned < stop && status == FRAME_INCOMPLETE)
    status = scan_some (frame, bytes, stop);
  /* Nothing more is needed to know that it is too long: a buffer that
     holds just the limit would never get the next byte.  */
  if (status == FRAME_INCOMPLETE && frame->scanned - frame->start >= limit)
    status = FRAME_TOO_LONG;
  return frame->status = status;
}

enum frame_status
frame_at_end_of_input (struct frame *frame)
{
  if (frame->status == FRAME_INCOMPLETE && frame->state >= AFTER_SIGN
      && frame->state <= AT_ATOM_END)
    frame->status = end_datum (frame);
  return frame->status;
}

size_t
frame_drop_space (struct frame *frame)
{
  size_t count = frame->start;

  frame->scanned -= count;
  frame->start = 0;
  return count;
}
