/* datum-read.c -- from bytes to a Scheme datum

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   A recursive descent whose depth IM_DATUM_DEPTH bounds.  Scheme objects
   live on the C stack only, where the collector sees them.  */

#include "datum.h"
#include "frame.h"
#include "limits.h"
#include "utf8.h"

#include <stdbool.h>

struct reader
{
  const uint8_t *at;
  const uint8_t *end;
  unsigned depth;
};

static enum datum_status read_datum (struct reader *reader, SCM *result);

/* Read what stands between two QUOTEs; the first has been taken.  */
static enum datum_status
read_quoted (struct reader *reader, uint8_t quote, SCM *result)
{
  const uint8_t *start = reader->at, *at = start, *end = reader->end;
  bool escaped = false;
  uint8_t bits = 0;

  for (; at < end && *at != quote; at++)
    {
      bits |= *at;
      if (*at == '\\')
        {
          escaped = true;
          if (++at == end)
            return DATUM_BAD_SYNTAX;
        }
      if (*at == '\0')
        return DATUM_BAD_SYNTAX;
    }
  if (at == end)
    return DATUM_BAD_SYNTAX;
  reader->at = at + 1;
  if (escaped)
    return datum_read_escaped_text (start, at - start, quote, result);
  return datum_read_text (start, at - start, quote, bits < 0x80, result);
}

/* --- Bare atoms ------------------------------------------------------- */

static bool
at_delimiter (const struct reader *reader)
{
  if (reader->at == reader->end)
    return true;
  switch (frame_lexemes[*reader->at])
    {
    case LEX_SPACE:
    case LEX_OPEN:
    case LEX_CLOSE:
    case LEX_STRING:
      return true;
    default:
      return false;
    }
}

/* Take what may stand inside a bare atom, up to the delimiter behind.  */
static enum datum_status
take_atom (struct reader *reader)
{
  while (reader->at < reader->end
         && frame_lexemes[*reader->at] >= LEX_ATOM)
    reader->at++;
  return at_delimiter (reader) ? DATUM_OK : DATUM_BAD_SYNTAX;
}

/* A lone dot is for read_list: it is no datum.  */
static enum datum_status
read_atom (struct reader *reader, SCM *result)
{
  const uint8_t *start = reader->at;
  enum datum_status status = take_atom (reader);
  size_t size = reader->at - start;

  if (status != DATUM_OK)
    return status;
  if (datum_begins_like_number (start, size))
    return datum_read_number (start, size, result);
  if (*start == ':' || (*start == '.' && size == 1))
    return DATUM_BAD_SYNTAX;
  return datum_read_symbol (start, size, result);
}

/* Read what follows `#\'.  */
static enum datum_status
read_character (struct reader *reader, SCM *result)
{
  const uint8_t *start = reader->at;
  size_t left = reader->end - start;
  size_t length = left ? utf8_size (start, left) : 0;

  if (left == 0 || *start < ' ' || *start == 0x7f)
    return DATUM_BAD_SYNTAX;
  if (length == 0)
    return DATUM_BAD_UTF8;
  reader->at += length;
  if (take_atom (reader) != DATUM_OK)
    return DATUM_BAD_SYNTAX;

  size_t size = reader->at - start;
  int32_t character = size == length
    ? (int32_t) utf8_decode (start, length)
    : datum_character_named (start, size);
  if (character < 0)
    return DATUM_BAD_SYNTAX;
  *result = SCM_MAKE_CHAR (character);
  return DATUM_OK;
}

/* --- What has parts --------------------------------------------------- */

static void
skip_space (struct reader *reader)
{
  while (reader->at < reader->end
         && frame_lexemes[*reader->at] == LEX_SPACE)
    reader->at++;
}

/* True iff a dot comes next that stands alone.  */
static bool
at_dot (const struct reader *reader)
{
  struct reader next = { reader->at + 1, reader->end, 0 };

  return *reader->at == '.' && at_delimiter (&next);
}

/* Read the datum behind the dot of a list and the parenthesis behind.  */
static enum datum_status
read_tail (struct reader *reader, SCM *result)
{
  enum datum_status status;

  reader->at++;
  status = read_datum (reader, result);
  if (status != DATUM_OK)
    return status;
  skip_space (reader);
  if (reader->at == reader->end || *reader->at != ')')
    return DATUM_BAD_SYNTAX;
  reader->at++;
  return DATUM_OK;
}

/* Read the elements of a list up to its end; the opening parenthesis has
   been taken.  */
static enum datum_status
read_elements (struct reader *reader, bool vector, SCM *result)
{
  SCM last = SCM_EOL;
  enum datum_status status;

  *result = SCM_EOL;
  for (;;)
    {
      SCM datum = SCM_EOL;

      skip_space (reader);
      if (reader->at == reader->end)
        return DATUM_BAD_SYNTAX;
      if (*reader->at == ')')
        break;
      if (at_dot (reader) && !vector && !scm_is_null (last))
        {
          status = read_tail (reader, &datum);
          if (status == DATUM_OK)
            SCM_SETCDR (last, datum);
          return status;
        }
      status = read_datum (reader, &datum);
      if (status != DATUM_OK)
        return status;
      SCM pair = scm_cons (datum, SCM_EOL);
      if (scm_is_null (last))
        *result = pair;
      else
        SCM_SETCDR (last, pair);
      last = pair;
    }
  reader->at++;
  return DATUM_OK;
}

/* Read a list, a vector or the datum of a quotation; what opens it has
   been taken.  */
static enum datum_status
read_level (struct reader *reader, char opening, SCM *result)
{
  enum datum_status status;

  if (reader->depth >= limit_of (LIMIT_NESTING))
    return DATUM_TOO_DEEP;
  reader->depth++;
  if (opening == '\'')
    status = read_datum (reader, result);
  else
    status = read_elements (reader, opening == '#', result);
  reader->depth--;
  if (status == DATUM_OK && opening == '#')
    *result = scm_vector (*result);
  if (status == DATUM_OK && opening == '\'')
    {
      SCM quote;

      status = datum_read_symbol ((const uint8_t *) "quote", 5, &quote);
      *result = scm_list_2 (quote, *result);
    }
  return status;
}

/* Read what begins with `#', which has been taken.  */
static enum datum_status
read_hash (struct reader *reader, SCM *result)
{
  if (reader->at == reader->end)
    return DATUM_BAD_SYNTAX;
  switch (*reader->at++)
    {
    case '(':
      return read_level (reader, '#', result);
    case '\\':
      return read_character (reader, result);
    case 't':
      *result = SCM_BOOL_T;
      break;
    case 'f':
      *result = SCM_BOOL_F;
      break;
    default:
      return DATUM_BAD_SYNTAX;
    }
  return at_delimiter (reader) ? DATUM_OK : DATUM_BAD_SYNTAX;
}

static enum datum_status
read_bars (struct reader *reader, SCM *result)
{
  enum datum_status status = read_quoted (reader, '|', result);

  if (status != DATUM_OK)
    return status;
  return at_delimiter (reader) ? DATUM_OK : DATUM_BAD_SYNTAX;
}

static enum datum_status
read_datum (struct reader *reader, SCM *result)
{
  skip_space (reader);
  if (reader->at == reader->end)
    return DATUM_BAD_SYNTAX;
  switch (frame_lexemes[*reader->at])
    {
    case LEX_OPEN:
    case LEX_QUOTE:
      return read_level (reader, *reader->at++, result);
    case LEX_STRING:
      reader->at++;
      return read_quoted (reader, '"', result);
    case LEX_BAR:
      reader->at++;
      return read_bars (reader, result);
    case LEX_HASH:
      reader->at++;
      return read_hash (reader, result);
    case LEX_CLOSE:
    case LEX_BAD:
      return DATUM_BAD_SYNTAX;
    default:
      return read_atom (reader, result);
    }
}

enum datum_status
datum_read (const uint8_t *bytes, size_t size, SCM *result)
{
  struct reader reader = { bytes, bytes + size, 0 };
  SCM datum = SCM_UNDEFINED;
  enum datum_status status = read_datum (&reader, &datum);

  if (status != DATUM_OK)
    return status;
  skip_space (&reader);
  if (reader.at != reader.end)
    return DATUM_BAD_SYNTAX;
  *result = datum;
  return DATUM_OK;
}
