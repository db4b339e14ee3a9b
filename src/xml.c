/* xml.c -- the lines of the older, XML-like version of the protocol

   Copyright (C) 2026 The Guile-IM authors
   SPDX-License-Identifier: LGPL-3.0-or-later  */

#define _GNU_SOURCE             /* memmem */

#include "xml.h"

#include "buffer.h"
#include "utf8.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static const struct { const char *open, *close; } tags[XML_FIELDS] = {
  { "<command>", "</command>" },
  { "<from>", "</from>" },
  { "<to>", "</to>" },
  { "<data>", "</data>" },
};

/* Where TAG stands first in REST, or NULL.  */
static const uint8_t *
find (struct slice rest, const char *tag)
{
  return memmem (rest.bytes, rest.size, tag, strlen (tag));
}

static void
skip (struct slice *rest, size_t count)
{
  rest->bytes += count;
  rest->size -= count;
}

int
xml_parse (const uint8_t *line, size_t size, struct slice fields[XML_FIELDS])
{
  struct slice rest = { line, size };

  if (!utf8_valid (line, size))
    return -EINVAL;
  if (size > 0 && line[size - 1] == '\r')
    rest.size--;
  for (int i = 0; i < XML_FIELDS; i++)
    {
      if (find (rest, tags[i].open) != rest.bytes)
        return -EINVAL;
      skip (&rest, strlen (tags[i].open));
      const uint8_t *end = find (rest, tags[i].close);
      if (end == NULL)
        return -EINVAL;
      fields[i] = (struct slice) { rest.bytes, end - rest.bytes };
      skip (&rest, fields[i].size + strlen (tags[i].close));
    }
  return rest.size == 0 ? 0 : -EINVAL;
}

static bool
fits (struct slice field, const char *close)
{
  return field.size == 0
         || (memchr (field.bytes, '\n', field.size) == NULL
             && memchr (field.bytes, '\r', field.size) == NULL
             && find (field, close) == NULL);
}

static int
append_text (struct buffer *out, const char *text)
{
  return buffer_append (out, text, strlen (text));
}

int
xml_append (struct buffer *out, const struct slice fields[XML_FIELDS])
{
  size_t before = buffer_size (out);
  int status = 0;

  for (int i = 0; i < XML_FIELDS; i++)
    if (!fits (fields[i], tags[i].close))
      return -EILSEQ;
  for (int i = 0; i < XML_FIELDS && status == 0; i++)
    if ((status = append_text (out, tags[i].open)) == 0
        && (status = buffer_append (out, fields[i].bytes,
                                    fields[i].size)) == 0)
      status = append_text (out, tags[i].close);
  if (status == 0)
    status = append_text (out, "\n");
  if (status < 0)
    buffer_truncate (out, before);
  return status;
}
