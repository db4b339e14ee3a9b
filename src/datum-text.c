/* datum-text.c -- what stands in a string or between bars

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#include "datum.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

static int
hex_digit (uint8_t byte)
{
  uint8_t letter = byte | 0x20;

  if (byte >= '0' && byte <= '9')
    return byte - '0';
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* Store the character that the hexadecimal digits at *FROM, up to a
   semicolon, name.  */
static enum datum_status
unescape_hex (const uint8_t **from, const uint8_t *end, uint8_t **to)
{
  uint32_t character = 0;
  const uint8_t *at = *from;

  for (; at < end && *at != ';'; at++)
    {
      int digit = hex_digit (*at);

      if (digit < 0)
        return DATUM_BAD_SYNTAX;
      character = character << 4 | digit;
      if (character > 0x10ffff)
        return DATUM_BAD_UTF8;
    }
  if (at == end || at == *from)
    return DATUM_BAD_SYNTAX;
  if (character >= 0xd800 && character <= 0xdfff)
    return DATUM_BAD_UTF8;
  *from = at + 1;
  *to = utf8_encode (*to, character);
  return DATUM_OK;
}

/* Store what the escape means whose backslash is before *FROM.  */
static enum datum_status
unescape (const uint8_t **from, const uint8_t *end, uint8_t quote,
          uint8_t **to)
{
  static const char letters[] = "abfnrtv0", meanings[] = "\a\b\f\n\r\t\v";
  uint8_t letter = *(*from)++;
  const char *found;

  if (letter == quote || letter == '\\')
    *(*to)++ = letter;
  else if (quote == '|')
    return DATUM_BAD_SYNTAX;
  else if (letter == 'x')
    return unescape_hex (from, end, to);
  else if (letter != '\n')
    {
      found = memchr (letters, letter, sizeof letters - 1);
      if (found == NULL)
        return DATUM_BAD_SYNTAX;
      *(*to)++ = meanings[found - letters];
    }
  return DATUM_OK;
}

/* Make the string or symbol whose text, known to be UTF-8, that is.  */
static SCM
make_text (const uint8_t *bytes, size_t size, uint8_t quote, bool ascii)
{
  const char *text = (const char *) bytes;

  if (quote == '|')
    return datum_symbol (bytes, size);
  return ascii ? scm_from_latin1_stringn (text, size)
               : scm_from_utf8_stringn (text, size);
}

enum datum_status
datum_read_text (const uint8_t *bytes, size_t size, uint8_t quote,
                 bool ascii, SCM *result)
{
  if (!ascii && !utf8_valid (bytes, size))
    return DATUM_BAD_UTF8;
  *result = make_text (bytes, size, quote, ascii);
  return DATUM_OK;
}

enum datum_status
datum_read_escaped_text (const uint8_t *from, size_t size,
                         uint8_t quote, SCM *result)
{
  /* Before an escaped line break goes, which may stand between the bytes
     of a character.  */
  if (!utf8_valid (from, size))
    return DATUM_BAD_UTF8;

  /* No escape is shorter than what it stands for.  */
  uint8_t *text = malloc (size), *to = text;
  const uint8_t *end = from + size;
  enum datum_status status = DATUM_OK;

  if (text == NULL)
    return DATUM_NO_MEMORY;
  while (from < end && status == DATUM_OK)
    if (*from != '\\')
      *to++ = *from++;
    else
      {
        from++;
        status = unescape (&from, end, quote, &to);
      }
  if (status == DATUM_OK)
    *result = make_text (text, to - text, quote, false);
  free (text);
  return status;
}
