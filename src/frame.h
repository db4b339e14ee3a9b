/* frame.h -- where one datum ends in a stream of bytes

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Nothing separates two requests on the wire, so the reader must know
   which byte is the last of one.  A frame looks at each byte once, keeps
   what it knows between two calls, and refuses what is too long, too deep
   or outside the datum subset as soon as it sees it.  What the datum
   means, and whether it is whole (escapes, UTF-8, dots, the syntax of
   numbers), is the business of datum_read.  */

#ifndef IM_FRAME_H
#define IM_FRAME_H

#include <stddef.h>
#include <stdint.h>

enum frame_status
{
  FRAME_INCOMPLETE,             /* more bytes are needed */
  FRAME_COMPLETE,               /* from frame_start to frame_end */
  FRAME_TOO_LONG,               /* it can't end within the limit */
  FRAME_TOO_DEEP,               /* IM_DATUM_DEPTH */
  FRAME_NUMBER_TOO_LONG,        /* IM_NUMBER_CHARACTERS */
  FRAME_MALFORMED               /* no datum of the subset begins so */
};

/* What a byte is between two data: the one lexical table, which the
   reader of data uses too.  From LEX_ATOM on it may also stand inside a
   bare atom; only a space, a parenthesis or a string may end that.  */
enum lexeme
{
  LEX_BAD, LEX_SPACE, LEX_OPEN, LEX_CLOSE, LEX_STRING, LEX_QUOTE, LEX_BAR,
  LEX_ATOM, LEX_HASH, LEX_COLON, LEX_SIGN, LEX_DOT, LEX_DIGIT
};

extern const uint8_t frame_lexemes[256];

/* All zero is a fresh frame.  Offsets count from the first unread byte of
   the stream; 32 bits, because every idle client has one of these.  */
struct frame
{
  uint64_t quotations;          /* bit N: level N is a quotation */
  uint32_t start;               /* of the datum, or of what is unscanned */
  uint32_t scanned;             /* bytes looked at */
  uint8_t depth;                /* open parentheses and quotations */
  uint8_t state;                /* of the lexer */
  uint8_t characters;           /* of the number at hand */
  uint8_t status;               /* the last result */
};

/* Forget everything: the next byte is the first of a datum.  */
void frame_reset (struct frame *frame);

/* Go on scanning.  BYTES is the first unread byte of the stream, the same
   at each call though it may have moved in memory, and SIZE is how many
   are there now.  LIMIT bounds the bytes of the datum, with the delimiter
   that ends a bare atom and without leading white space.  The result does
   not depend on how the bytes were cut; once it isn't FRAME_INCOMPLETE it
   stays until frame_reset.  When it is FRAME_INCOMPLETE and frame_start
   is SIZE, no datum has begun.  */
enum frame_status frame_scan (struct frame *frame, const uint8_t *bytes,
                              size_t size, size_t limit);

/* The stream has ended: its end delimits a bare atom.  Return
   FRAME_COMPLETE, a former failure, or FRAME_INCOMPLETE when a datum is
   unfinished or none has begun.  */
enum frame_status frame_at_end_of_input (struct frame *frame);

/* Return how many bytes of leading white space the caller must consume
   now; offsets count from behind them afterwards.  Called after each
   FRAME_INCOMPLETE it keeps endless white space from filling a buffer.  */
size_t frame_drop_space (struct frame *frame);

/* Where the datum begins.  */
static inline size_t
frame_start (const struct frame *frame)
{
  return frame->start;
}

/* One past the last byte of a complete datum.  */
static inline size_t
frame_end (const struct frame *frame)
{
  return frame->scanned;
}

#endif /* IM_FRAME_H */
