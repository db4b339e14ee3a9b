/* datum-write.c -- from a Scheme datum to its canonical print

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later

   Canonical: one datum has one print, and STk, STklos and Guile all read
   it back.  */

#include "datum.h"
#include "buffer.h"
#include "limits.h"
#include "utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The bytes to ask the buffer for at once: most requests fit.  */
#define CHUNK_BYTES 128

struct writer
{
  struct buffer *out;
  uint8_t *at;                  /* where the next byte goes */
  uint8_t *room_end;            /* of the room we have in OUT */
  uint8_t *room;                /* start of it */
  size_t left;                  /* bytes of the limit beyond the room */
  unsigned depth;
};

static enum datum_status write_datum (struct writer *writer, SCM datum);

/* --- Bytes ------------------------------------------------------------ */

/* What is left of the limit.  */
static size_t
left (const struct writer *writer)
{
  return writer->left + (writer->room_end - writer->at);
}

/* Make the room at least COUNT bytes.  */
static enum datum_status
need (struct writer *writer, size_t count)
{
  struct buffer *out = writer->out;
  size_t used = writer->at - writer->room;
  size_t rest = left (writer);

  if (count > rest)
    return DATUM_TOO_LONG;
  if (used > 0)
    buffer_grew (out, used);
  if (count < CHUNK_BYTES)
    count = rest < CHUNK_BYTES ? rest : CHUNK_BYTES;
  writer->room = writer->at = writer->room_end = buffer_room (out, count);
  writer->left = rest;
  if (writer->room == NULL)
    return DATUM_NO_MEMORY;
  size_t room = buffer_left (out);
  if (room > rest)
    room = rest;
  writer->room_end += room;
  writer->left -= room;
  return DATUM_OK;
}

static inline enum datum_status
put (struct writer *writer, const void *bytes, size_t count)
{
  if ((size_t) (writer->room_end - writer->at) < count)
    {
      enum datum_status status = need (writer, count);
      if (status != DATUM_OK)
        return status;
    }
  memcpy (writer->at, bytes, count);
  writer->at += count;
  return DATUM_OK;
}

static inline enum datum_status
put_byte (struct writer *writer, char byte)
{
  return put (writer, &byte, 1);
}

static enum datum_status
put_text (struct writer *writer, const char *text)
{
  return put (writer, text, strlen (text));
}

/* --- Atoms ------------------------------------------------------------ */

/* The letter behind the backslash, for what isn't written as itself.  */
static const char escape_letters[256] =
{
  ['\\'] = '\\', ['"'] = '"', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
  ['\b'] = 'b',
  /* No reader takes a raw NUL, ours included.  */
  ['\0'] = '0'
};

static enum datum_status
put_escaped (struct writer *writer, const uint8_t *text, size_t size)
{
  const uint8_t *end = text + size;

  while (text < end)
    {
      const uint8_t *plain = text;
      while (plain < end && escape_letters[*plain] == 0)
        plain++;
      enum datum_status status = put (writer, text, plain - text);
      if (status == DATUM_OK && plain < end)
        {
          char escape[2] = { '\\', escape_letters[*plain++] };
          status = put (writer, escape, 2);
        }
      if (status != DATUM_OK)
        return status;
      text = plain;
    }
  return DATUM_OK;
}

static enum datum_status
write_string (struct writer *writer, SCM string)
{
  size_t size;
  enum datum_status status;

  /* Before a copy of it takes memory.  */
  if (scm_c_string_length (string) > left (writer))
    return DATUM_TOO_LONG;
  char *text = scm_to_utf8_stringn (string, &size);
  status = put_byte (writer, '"');
  if (status == DATUM_OK)
    status = put_escaped (writer, (const uint8_t *) text, size);
  free (text);
  if (status == DATUM_OK)
    status = put_byte (writer, '"');
  return status;
}

static enum datum_status
write_symbol (struct writer *writer, SCM symbol)
{
  if (scm_c_symbol_length (symbol) > left (writer))
    return DATUM_TOO_LONG;
  const struct symbol_print *print = datum_print_symbol (symbol);
  if (print == NULL)
    return DATUM_UNPRINTABLE;
  return put (writer, print->bytes, print->size);
}

static enum datum_status
write_character (struct writer *writer, uint32_t character)
{
  const char *name = datum_character_name (character);
  uint8_t bytes[4];
  enum datum_status status = put_text (writer, "#\\");

  if (status != DATUM_OK)
    return status;
  if (name != NULL)
    return put_text (writer, name);
  return put (writer, bytes, utf8_encode (bytes, character) - bytes);
}

/* True iff the exact integer may have IM_NUMBER_CHARACTERS digits: to
   print one of a million takes Guile seconds.  */
static bool
is_short (SCM integer)
{
  return scm_to_size_t (scm_integer_length (integer))
    <= IM_NUMBER_CHARACTERS * 10 / 3 + 1;
}

static enum datum_status
write_number (struct writer *writer, SCM number)
{
  char text[IM_NUMBER_CHARACTERS];
  size_t size;

  if (!scm_is_real (number))
    return DATUM_UNPRINTABLE;
  if (scm_is_true (scm_inexact_p (number)))
    {
      if (!isfinite (scm_to_double (number)))
        return DATUM_UNPRINTABLE;
    }
  else if (!is_short (scm_numerator (number))
           || !is_short (scm_denominator (number)))
    return DATUM_BAD_NUMBER;
  SCM string = scm_number_to_string (number, SCM_UNDEFINED);
  size = scm_c_string_length (string);
  if (size > sizeof text)
    return DATUM_BAD_NUMBER;
  for (size_t i = 0; i < size; i++)
    text[i] = SCM_CHAR (scm_c_string_ref (string, i));
  return put (writer, text, size);
}

static enum datum_status
write_fixnum (struct writer *writer, scm_t_inum number)
{
  char text[24], *at = text + sizeof text;
  scm_t_bits value = number;

  if (number < 0)
    value = -value;
  do
    *--at = '0' + value % 10;
  while ((value /= 10) > 0);
  if (number < 0)
    *--at = '-';
  return put (writer, at, text + sizeof text - at);
}

/* --- What has parts --------------------------------------------------- */

static enum datum_status
write_list (struct writer *writer, SCM list)
{
  enum datum_status status = put_byte (writer, '(');

  for (;;)
    {
      if (status == DATUM_OK)
        status = write_datum (writer, SCM_CAR (list));
      list = SCM_CDR (list);
      if (status != DATUM_OK || !scm_is_pair (list))
        break;
      status = put_byte (writer, ' ');
    }
  if (status == DATUM_OK && !scm_is_eq (list, SCM_EOL))
    {
      status = put_text (writer, " . ");
      if (status == DATUM_OK)
        status = write_datum (writer, list);
    }
  return status == DATUM_OK ? put_byte (writer, ')') : status;
}

static enum datum_status
write_vector (struct writer *writer, SCM vector)
{
  size_t size = SCM_SIMPLE_VECTOR_LENGTH (vector);
  enum datum_status status = put_text (writer, "#(");

  for (size_t i = 0; i < size && status == DATUM_OK; i++)
    {
      if (i > 0)
        status = put_byte (writer, ' ');
      if (status == DATUM_OK)
        status = write_datum (writer, SCM_SIMPLE_VECTOR_REF (vector, i));
    }
  return status == DATUM_OK ? put_byte (writer, ')') : status;
}

static enum datum_status
write_level (struct writer *writer, SCM datum)
{
  enum datum_status status;

  if (writer->depth >= limit_of (LIMIT_NESTING))
    return DATUM_TOO_DEEP;
  writer->depth++;
  if (scm_is_pair (datum))
    status = write_list (writer, datum);
  else
    status = write_vector (writer, datum);
  writer->depth--;
  return status;
}

static enum datum_status
write_datum (struct writer *writer, SCM datum)
{
  if (scm_is_pair (datum))
    return write_level (writer, datum);
  if (scm_is_symbol (datum))
    return write_symbol (writer, datum);
  if (scm_is_string (datum))
    return write_string (writer, datum);
  if (SCM_I_INUMP (datum))
    return write_fixnum (writer, SCM_I_INUM (datum));
  if (scm_is_eq (datum, SCM_EOL))
    {
      /* It is an open parenthesis to who reads it.  */
      if (writer->depth >= limit_of (LIMIT_NESTING))
        return DATUM_TOO_DEEP;
      return put_text (writer, "()");
    }
  if (scm_is_eq (datum, SCM_BOOL_T))
    return put_text (writer, "#t");
  if (scm_is_eq (datum, SCM_BOOL_F))
    return put_text (writer, "#f");
  if (SCM_CHARP (datum))
    return write_character (writer, SCM_CHAR (datum));
  if (scm_is_number (datum))
    return write_number (writer, datum);
  if (scm_is_vector (datum))
    return write_level (writer, datum);
  return DATUM_UNPRINTABLE;
}

enum datum_status
datum_write (struct buffer *out, SCM datum, size_t limit)
{
  size_t size = buffer_size (out);
  struct writer writer = { .out = out, .left = limit };
  enum datum_status status = write_datum (&writer, datum);

  if (status != DATUM_OK)
    buffer_truncate (out, size);
  else if (writer.at > writer.room)
    buffer_grew (out, writer.at - writer.room);
  return status;
}
