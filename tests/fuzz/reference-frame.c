/* reference-frame.c -- where a datum ends, plainly

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Bytes are looked at in their order and the first mistake decides.  */

#include "reference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 64, LONGEST_NUMBER = 32 };

struct scan
{
  const uint8_t *at, *end;
  bool ended;                   /* nothing follows the last byte */
  int depth;
};

static enum frame_status skip_datum (struct scan *scan);

static bool
is_space (uint8_t byte)
{
  return byte == ' ' || (byte >= 9 && byte <= 13);
}

static bool
is_one_of (uint8_t byte, const char *bytes)
{
  return byte != 0 && strchr (bytes, byte) != NULL;
}

/* May stand inside a bare atom.  */
static bool
is_plain (uint8_t byte)
{
  return byte > ' ' && byte != 0x7f && !is_one_of (byte, "()\"'|;`,\\[]{}");
}

static bool
is_digit (uint8_t byte)
{
  return is_one_of (byte, "0123456789");
}

/* Whether the atom so far has become a number.  */
static bool
is_number (const uint8_t *atom, const uint8_t *end)
{
  if (atom < end && is_one_of (*atom, "+-"))
    atom++;
  if (atom < end && *atom == '.')
    atom++;
  return atom < end && is_digit (*atom);
}

/* Only a delimiter may follow an atom.  */
static enum frame_status
end_atom (const struct scan *scan)
{
  if (scan->at == scan->end)
    return scan->ended ? FRAME_COMPLETE : FRAME_INCOMPLETE;
  return is_space (*scan->at) || is_one_of (*scan->at, "()\"")
         ? FRAME_COMPLETE : FRAME_MALFORMED;
}

static enum frame_status
skip_atom (struct scan *scan)
{
  const uint8_t *start = scan->at;

  for (; scan->at < scan->end && is_plain (*scan->at); scan->at++)
    if (scan->at - start == LONGEST_NUMBER && is_number (start, scan->at))
      return FRAME_NUMBER_TOO_LONG;
  return end_atom (scan);
}

/* The first quotation mark has been taken.  */
static enum frame_status
skip_quoted (struct scan *scan, uint8_t quote)
{
  while (scan->at < scan->end)
    {
      uint8_t byte = *scan->at++;

      if (byte == 0)
        return FRAME_MALFORMED;
      if (byte == quote)
        return FRAME_COMPLETE;
      if (byte == '\\')
        {
          if (scan->at == scan->end)
            break;
          if (*scan->at++ == 0)
            return FRAME_MALFORMED;
        }
    }
  return FRAME_INCOMPLETE;
}

static void
skip_space (struct scan *scan)
{
  while (scan->at < scan->end && is_space (*scan->at))
    scan->at++;
}

/* Take what stands between parentheses; the first has been taken.  */
static enum frame_status
skip_list (struct scan *scan)
{
  enum frame_status status;

  if (scan->depth == DEEPEST)
    return FRAME_TOO_DEEP;
  scan->depth++;
  for (;;)
    {
      skip_space (scan);
      if (scan->at < scan->end && *scan->at == ')')
        break;
      status = skip_datum (scan);
      if (status != FRAME_COMPLETE)
        return status;
    }
  scan->at++;
  scan->depth--;
  return FRAME_COMPLETE;
}

static enum frame_status
skip_quotation (struct scan *scan)
{
  enum frame_status status;

  if (scan->depth == DEEPEST)
    return FRAME_TOO_DEEP;
  scan->depth++;
  status = skip_datum (scan);
  scan->depth--;
  return status;
}

static enum frame_status
skip_hash (struct scan *scan)
{
  if (scan->at == scan->end)
    return FRAME_INCOMPLETE;
  switch (*scan->at++)
    {
    case '(':
      return skip_list (scan);
    case 't': case 'f':
      return end_atom (scan);
    case '\\':
      break;
    default:
      return FRAME_MALFORMED;
    }
  if (scan->at == scan->end)
    return FRAME_INCOMPLETE;
  if (*scan->at < ' ' || *scan->at == 0x7f)
    return FRAME_MALFORMED;
  for (scan->at++; scan->at < scan->end && is_plain (*scan->at);)
    scan->at++;
  return end_atom (scan);
}

static enum frame_status
skip_datum (struct scan *scan)
{
  enum frame_status status;

  skip_space (scan);
  if (scan->at == scan->end)
    return FRAME_INCOMPLETE;
  uint8_t byte = *scan->at;
  if (is_plain (byte) && byte != '#' && byte != ':')
    return skip_atom (scan);
  scan->at++;
  switch (byte)
    {
    case '(':
      return skip_list (scan);
    case '\'':
      return skip_quotation (scan);
    case '#':
      return skip_hash (scan);
    case '"':
      return skip_quoted (scan, byte);
    case '|':
      status = skip_quoted (scan, byte);
      return status == FRAME_COMPLETE ? end_atom (scan) : status;
    default:
      return FRAME_MALFORMED;
    }
}

struct framed
reference_frame (const uint8_t *bytes, size_t size, size_t limit,
                 bool ended)
{
  struct scan scan = { bytes, bytes + size, ended, 0 };

  skip_space (&scan);
  const uint8_t *start = scan.at;
  bool cut = (size_t) (scan.end - start) >= limit && start < scan.end;
  if (cut)
    {
      scan.end = start + limit;
      /* One byte more would be needed to see where an atom ends.  */
      scan.ended = false;
    }
  enum frame_status status = skip_datum (&scan);
  if (status == FRAME_INCOMPLETE && cut)
    status = FRAME_TOO_LONG;
  return (struct framed) { status, start - bytes, scan.at - bytes };
}

void
fuzz_failed (const char *claim, const char *file, int line)
{
  fprintf (stderr, "%s:%d: this does not hold: %s\n", file, line, claim);
  abort ();
}
